-- Many people at once: a list that was pasted or uploaded, what was found wrong with each line before anybody was invited, and the
-- waves in which they are invited. A line keeps its outcome, so a run that was cut off goes on where it stopped.

create table member_import (
  tenant_id uuid not null references tenant (id) on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  source text not null check (source in ('csv', 'paste')),
  -- checked: every line was judged and somebody waits. running: one of its waves is under way. done: nobody waits any more.
  status text not null default 'checked' check (status in ('checked', 'running', 'done')),
  -- The heading of each column as it was found, in order; empty texts where the list had none.
  headings text[] not null default '{}',
  -- Which of our fields each column holds: {"0": "email", "2": "employee_number"}.
  mapping jsonb not null default '{}',
  -- What counts where a line says nothing: role, units, app, language, whether removed people come back.
  defaults jsonb not null default '{}',
  row_count integer not null default 0,
  -- The membership that began it; null for an operator of the platform.
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references membership (tenant_id, id) on delete set null (created_by)
);
create index member_import_newest on member_import (tenant_id, created_at desc);

create table import_wave (
  tenant_id uuid not null,
  import_id uuid not null,
  number integer not null check (number > 0),
  status text not null default 'waiting' check (status in ('waiting', 'running', 'done', 'cancelled', 'stopped', 'rolling_back', 'rolled_back')),
  -- Why it stopped by itself: seat_limit_reached, or what the one who started it may not do any more.
  reason text,
  -- Who started it or rolls it back, by whose rights at that moment each of its people is invited or taken back.
  starter text check (starter in ('member', 'machine', 'operator', 'command_line')),
  -- Of a member; null as well once that membership is gone, which stops the wave.
  started_by uuid,
  -- The client of a machine, the account of an operator.
  starter_id text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, import_id, number),
  foreign key (tenant_id, import_id) references member_import (tenant_id, id) on delete cascade,
  foreign key (tenant_id, started_by) references membership (tenant_id, id) on delete set null (started_by)
);
-- Also decides between two that start different waves of one list at the same moment.
create unique index import_wave_under_way on import_wave (tenant_id, import_id) where status in ('running', 'rolling_back');

create table import_row (
  tenant_id uuid not null,
  import_id uuid not null,
  -- Of the list, the heading not counted; a quoted field with a line break makes it differ from the lines of the file.
  number integer not null,
  -- Null until waves are made.
  wave integer,
  -- The fields as they were read, before anything was made of them.
  fields text[] not null,
  -- What somebody wrote over it by hand: {"values": {"email": "hana@example.com"}, "reinvite": true}.
  corrections jsonb not null default '{}',
  status text not null check (status in ('ready', 'refused', 'invited', 'rolled_back')),
  -- Whether its role uses a seat, for the forecast.
  uses_seat boolean not null default false,
  -- Why it was refused, in the words of inviting one by one.
  reason text,
  membership_id uuid,
  primary key (tenant_id, import_id, number),
  foreign key (tenant_id, import_id) references member_import (tenant_id, id) on delete cascade,
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete set null (membership_id)
);
-- No index on wave and status: ten thousand rows of one list are read by its key, and each row is marked by its own.
create index import_row_membership on import_row (tenant_id, membership_id) where membership_id is not null;

alter table member_import enable row level security;
alter table member_import force row level security;
alter table import_wave enable row level security;
alter table import_wave force row level security;
alter table import_row enable row level security;
alter table import_row force row level security;
create policy tenant_of_setting on member_import to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on import_wave to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on import_row to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy engine on member_import to tegata_engine using (true);
create policy engine on import_wave to tegata_engine using (true);
create policy engine on import_row to tegata_engine using (true);

grant select, insert, update, delete on member_import, import_wave, import_row to tegata_tenant;
-- Inviting is the engine's, and a line is marked in the transaction that invites; old lists are swept across tenants.
grant select, update, delete on member_import, import_wave, import_row to tegata_engine;
