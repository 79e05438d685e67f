-- The one log. Append-only, partitioned by month; without foreign keys, because it outlives what it speaks of.

create table event (
  id uuid not null,
  occurred_at timestamptz not null default now(),
  type text not null,
  outcome text not null check (outcome in ('success', 'failure', 'refused')),
  tenant_id uuid,
  -- Account or client that acted; null for the system itself or somebody unknown.
  actor text,
  -- What it was done to: an account, membership, client, session, key ….
  subject text,
  client_id text,
  sid text,
  reason text,
  before jsonb,
  after jsonb,
  ip inet,
  user_agent text,
  request_id text,
  -- Transaction that wrote it: readers order by it against pg_snapshot_xmin, so a slow transaction loses nothing.
  xid xid8 not null default pg_current_xact_id(),
  primary key (occurred_at, id)
) partition by range (occurred_at);
create index event_by_xid on event (xid, id);
-- Every sign-in and token pays for each index here: the pages that search the log bring theirs with them.

-- Catches what no month has been made for; `tegata migrate` makes the months ahead.
create table event_default partition of event default;

create table event_cursor (
  subscriber text primary key,
  xid xid8 not null default '0',
  event_id uuid not null default '00000000-0000-0000-0000-000000000000',
  updated_at timestamptz not null default now()
);

alter table event enable row level security;
alter table event force row level security;
create policy engine_read on event for select to tegata_engine using (true);
create policy engine_append on event for insert to tegata_engine with check (true);
create policy tenant_of_setting_read on event for select to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting_append on event for insert to tegata_tenant
  with check (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));

grant select, insert on event to tegata_engine, tegata_tenant;
grant select, insert, update on event_cursor to tegata_engine;
