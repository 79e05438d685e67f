-- Organisations and who belongs to them in which role. Every key starts with the tenant, so neither a unique index nor a
-- foreign key can tell one tenant what another one holds.

create table tenant (
  id uuid primary key,
  name text not null,
  -- A DNS label; it appears in links and picks the tenant at sign-in.
  subdomain text not null unique check (subdomain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  status text not null default 'active' check (status in ('active', 'suspended', 'closing')),
  -- The level of assurance a sign-in for this tenant must have reached (design §4: aal1, aal2, phr).
  required_acr text not null default 'aal1' check (required_acr in ('aal1', 'aal2', 'phr')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table role (
  tenant_id uuid not null references tenant (id) on delete cascade,
  id uuid not null,
  name text not null,
  -- Names from the platform's own catalogue only (members/permission.ts); products keep their own.
  permissions text[] not null default '{}',
  uses_seat boolean not null default true,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table unit (
  tenant_id uuid not null references tenant (id) on delete cascade,
  id uuid not null,
  parent_id uuid,
  kind text not null check (kind in ('facility', 'department', 'team')),
  code text not null,
  name text not null,
  -- Codes from the root down to this unit, kept by the commands that move units, so that a token needs no recursion.
  code_path text[] not null,
  primary key (tenant_id, id),
  unique (tenant_id, code),
  foreign key (tenant_id, parent_id) references unit (tenant_id, id)
);

create table membership (
  tenant_id uuid not null references tenant (id) on delete cascade,
  -- Born with the invitation, never reused, the same through suspend, end and re-invite: products key their rows by it.
  id uuid not null,
  account_id text not null references account (id),
  role_id uuid not null,
  status text not null check (status in ('invited', 'active', 'suspended', 'ended')),
  invited_by uuid,
  invited_at timestamptz,
  joined_at timestamptz,
  ended_at timestamptz,
  -- Both bounds act by themselves: a membership outside them is refused without any job having run.
  valid_from timestamptz,
  valid_until timestamptz,
  employee_number text,
  title text,
  -- Codes of its units and of everything above them, root first: the `groups` claim. Kept by the triggers below, because every
  -- token says it and only a move of units changes it.
  groups text[] not null default '{}',
  source text not null default 'manual' check (source in ('manual', 'csv', 'scim', 'jit')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id),
  foreign key (tenant_id, role_id) references role (tenant_id, id) on delete restrict,
  foreign key (tenant_id, invited_by) references membership (tenant_id, id) on delete set null (invited_by)
);
create unique index membership_employee_number on membership (tenant_id, employee_number) where employee_number is not null;
-- Not unique: UUIDv7 sees to that, and a unique key without the tenant could tell what another tenant holds.
create index membership_by_id on membership (id);
create index membership_account on membership (account_id);
create index membership_role on membership (tenant_id, role_id);

create table membership_unit (
  tenant_id uuid not null,
  membership_id uuid not null,
  unit_id uuid not null,
  is_primary boolean not null default false,
  primary key (tenant_id, membership_id, unit_id),
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete cascade,
  foreign key (tenant_id, unit_id) references unit (tenant_id, id)
);
create unique index membership_unit_primary on membership_unit (tenant_id, membership_id) where is_primary;
create index membership_unit_unit on membership_unit (tenant_id, unit_id);

create function groups_of(tenant uuid, membership uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(code order by depth, code), '{}') from (
    select path.code, min(path.depth) as depth
    from membership_unit mu join unit u on u.tenant_id = mu.tenant_id and u.id = mu.unit_id
    cross join lateral unnest(u.code_path) with ordinality as path(code, depth)
    where mu.tenant_id = tenant and mu.membership_id = membership group by path.code) of_units
$$;
create function keep_groups_of_member() returns trigger language plpgsql as $$
declare changed membership_unit := coalesce(new, old);
begin
  update membership set groups = groups_of(tenant_id, id) where tenant_id = changed.tenant_id and id = changed.membership_id;
  return null;
end $$;
create trigger keep_groups after insert or update or delete on membership_unit for each row execute function keep_groups_of_member();
create function keep_groups_of_unit() returns trigger language plpgsql as $$
begin
  update membership m set groups = groups_of(m.tenant_id, m.id) from membership_unit mu
    where mu.tenant_id = new.tenant_id and mu.unit_id = new.id and m.tenant_id = mu.tenant_id and m.id = mu.membership_id;
  return null;
end $$;
create trigger keep_groups after update of code_path on unit for each row when (old.code_path is distinct from new.code_path) execute function keep_groups_of_unit();

alter table tenant enable row level security;
alter table tenant force row level security;
alter table role enable row level security;
alter table role force row level security;
alter table unit enable row level security;
alter table unit force row level security;
alter table membership enable row level security;
alter table membership force row level security;
alter table membership_unit enable row level security;
alter table membership_unit force row level security;
alter table account enable row level security;
alter table account force row level security;

-- The sub-select lets the planner read the setting once per statement; nullif because a reset setting reads '' and not null.
create policy tenant_of_setting on tenant to tegata_tenant
  using (id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on role to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on unit to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on membership to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy tenant_of_setting on membership_unit to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy members_of_setting on account for select to tegata_tenant
  using (exists (select 1 from membership
    where membership.account_id = account.id
      and membership.tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid)));

create policy engine on tenant to tegata_engine using (true);
create policy engine on role to tegata_engine using (true);
create policy engine on unit to tegata_engine using (true);
create policy engine on membership to tegata_engine using (true);
create policy engine on membership_unit to tegata_engine using (true);
create policy engine on account to tegata_engine using (true);

-- The engine creates tenants with their first roles and members; everything inside a tenant after that is the tenant role's.
grant select, insert, update on tenant to tegata_engine;
grant select, insert on role, unit, membership, membership_unit to tegata_engine;

-- For the triggers, which act as whoever changes a unit or a member's units.
grant update (groups) on membership to tegata_engine, tegata_tenant;

grant select on tenant, role, unit, membership, membership_unit to tegata_tenant;
-- Never the factors, never the lock state: only what a member list shows.
grant select (id, email, display_name, family_name, given_name, family_name_kana, given_name_kana, status) on account to tegata_tenant;
grant update (status, ended_at, updated_at) on membership to tegata_tenant;
