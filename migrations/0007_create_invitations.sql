-- Links by which people take up a membership they were invited to, how many seats a tenant has, and what the commands around
-- invitations, roles and units may write.

alter table tenant
  -- Days for which an invitation can be taken up, from each time it is sent.
  add column invitation_lifetime_days integer not null default 7 check (invitation_lifetime_days between 1 and 90),
  -- Active members whose role uses a seat; null for as many as there are.
  add column seat_limit integer check (seat_limit >= 0);

create table invitation (
  tenant_id uuid not null,
  -- One per membership: inviting again renews the row.
  membership_id uuid not null,
  -- The token is derived from membership and generation under the master key, so neither this table nor a waiting mail job
  -- holds one; sending again raises the generation, and the link before it is dead.
  generation integer not null default 1,
  token_hash text not null,
  expires_at timestamptz not null,
  -- By mail; null for people without an address, to whom the link is handed over.
  sent_at timestamptz,
  sent_count integer not null default 0,
  -- At most one of the three is set: each is decided by one conditional update.
  accepted_at timestamptz,
  declined_at timestamptz,
  revoked_at timestamptz,
  -- The membership that invited; null for an operator of the platform.
  invited_by uuid,
  -- The app to end in.
  client_id text,
  locale text not null check (locale in ('ja', 'en')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, membership_id),
  unique (tenant_id, token_hash),
  check (num_nonnulls(accepted_at, declined_at, revoked_at) <= 1),
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete cascade,
  foreign key (tenant_id, invited_by) references membership (tenant_id, id) on delete set null (invited_by)
);
-- Whoever opens a link names no tenant. Not unique: see membership_by_id.
create index invitation_token on invitation (token_hash);

alter table invitation enable row level security;
alter table invitation force row level security;
create policy tenant_of_setting on invitation to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy engine on invitation to tegata_engine using (true);

grant select, insert, update on invitation to tegata_engine, tegata_tenant;

-- Inviting makes accounts and accepting belongs to a person: both are the engine's.
grant update (role_id, status, invited_by, invited_at, joined_at, ended_at, valid_from, valid_until, employee_number, title, updated_at)
  on membership to tegata_engine;
grant delete on membership_unit to tegata_engine;

-- Roles, units and the place of a member in them are changed inside the tenant.
grant insert, update, delete on role, unit, membership_unit to tegata_tenant;
grant update (role_id, title, employee_number, valid_from, valid_until) on membership to tegata_tenant;
