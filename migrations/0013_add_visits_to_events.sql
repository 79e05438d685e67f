-- By which break-glass an operator did it, being no member of the tenant; null for everybody else, and for what the platform does by itself.
-- No foreign key: an event outlives what it speaks of.
alter table event add column break_glass_id uuid;
