-- Which tenant uses which app, and who in it may; what an app is told instead of our own claims; and secrets that overlap while
-- an app takes over a new one. Without a row an app that is open to every tenant is open to everybody in it.

alter table client
  -- Whether every tenant may use the app, or only those that have a row in tenant_client.
  add column open_to text not null default 'every_tenant' check (open_to in ('every_tenant', 'listed_tenants')),
  -- Declarative: [{"claim": "staffId", "from": "employee_number"}, {"claim": "systemAccess", "value": ["karte"]}].
  add column claim_mapping jsonb not null default '[]',
  -- What a tenant's own machine may do there, from the catalogue of a role's permissions.
  add column permissions text[] not null default '{}',
  -- The secret before the last rotation, good until its time is over.
  add column former_secret_hash text,
  add column former_secret_until timestamptz,
  -- Our own pages sign people in through an app of ours; nobody manages it.
  add column built_in boolean not null default false,
  add check ((former_secret_hash is null) = (former_secret_until is null));

create table tenant_client (
  tenant_id uuid not null references tenant (id) on delete cascade,
  client_id text not null references client (id) on delete cascade,
  -- everyone: all members. assigned: those named in client_assignment. nobody: the tenant does not use the app.
  access text not null check (access in ('everyone', 'assigned', 'nobody')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, client_id)
);
create index tenant_client_client on tenant_client (client_id);

-- By member, by role, or by unit with everything below it.
create table client_assignment (
  tenant_id uuid not null,
  id uuid not null,
  client_id text not null,
  membership_id uuid,
  role_id uuid,
  unit_id uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check (num_nonnulls(membership_id, role_id, unit_id) = 1),
  foreign key (tenant_id, client_id) references tenant_client (tenant_id, client_id) on delete cascade,
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete cascade,
  foreign key (tenant_id, role_id) references role (tenant_id, id) on delete cascade,
  foreign key (tenant_id, unit_id) references unit (tenant_id, id) on delete cascade
);
create unique index client_assignment_once on client_assignment (tenant_id, client_id, membership_id, role_id, unit_id) nulls not distinct;
create index client_assignment_membership on client_assignment (tenant_id, membership_id) where membership_id is not null;
create index client_assignment_role on client_assignment (tenant_id, role_id) where role_id is not null;
create index client_assignment_unit on client_assignment (tenant_id, unit_id) where unit_id is not null;

alter table tenant_client enable row level security;
alter table tenant_client force row level security;
alter table client_assignment enable row level security;
alter table client_assignment force row level security;
create policy tenant_of_setting on tenant_client to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on client_assignment to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy engine on tenant_client to tegata_engine using (true);
create policy engine on client_assignment to tegata_engine using (true);
-- A tenant sees the apps of the platform that it may use, and never which other tenants do.
create policy apps_on_offer on client for select to tegata_tenant
  using (tenant_id is null and not built_in and (open_to = 'every_tenant'
    or exists (select 1 from tenant_client tc where tc.client_id = client.id
      and tc.tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid))));

grant select, insert, update, delete on tenant_client, client_assignment to tegata_tenant;
grant select, insert, update, delete on tenant_client to tegata_engine;
grant select, delete on client_assignment to tegata_engine;
grant select (first_party, open_to, built_in, permissions, updated_at) on client to tegata_tenant;
grant delete on client, api to tegata_engine;
