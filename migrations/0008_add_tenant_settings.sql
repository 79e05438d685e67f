-- What a tenant's admins set themselves, what the platform agreed with it, and how it ends: closing is a grace period that can
-- be undone, and a subdomain that was ever used leads nobody else's members astray.

alter table tenant
  -- What the platform calls the tenant's contract; a label, products enforce their own limits.
  add column plan text check (length(plan) between 1 and 50),
  -- To whom somebody turns who is not let in: a name, an address, a telephone number, as the tenant wrote it.
  add column contact text check (length(contact) <= 300),
  -- How long a sign-in counts for this tenant; null for as long as a session lives.
  add column session_hours integer check (session_hours between 1 and 720),
  -- Without it only a passkey will do. A passkey always does: nothing is stronger.
  add column password_sign_in boolean not null default true,
  -- Staff without an address sign in by number, as S-0142@sakura.
  add column staff_number_sign_in boolean not null default true,
  -- Of buttons on the tenant's sign-in page, lower case; null for the platform's own.
  add column accent_color text check (accent_color ~ '^#[0-9a-f]{6}$'),
  -- When a closing tenant and everything in it is deleted.
  add column closes_at timestamptz,
  -- What it is again when closing is undone: whoever was suspended does not come back by it.
  add column status_before_closing text check (status_before_closing in ('active', 'suspended')),
  add check ((status = 'closing') = (closes_at is not null) and (status = 'closing') = (status_before_closing is not null));
create index tenant_closes_at on tenant (closes_at) where closes_at is not null;

-- The picture as this server drew it anew: never the bytes that were uploaded.
create table tenant_logo (
  tenant_id uuid primary key references tenant (id) on delete cascade,
  -- SHA-256 of the picture, which is its public name: an address that is cached for ever and says nothing of the tenant.
  digest text not null,
  png bytea not null,
  width integer not null,
  height integer not null,
  updated_at timestamptz not null default now()
);
create index tenant_logo_digest on tenant_logo (digest);

-- Labels that a tenant once had. Without a foreign key: they stay taken when the tenant is gone, because links and bookmarks stay.
create table former_subdomain (
  subdomain text primary key,
  tenant_id uuid not null,
  replaced_at timestamptz not null default now()
);
create index former_subdomain_tenant on former_subdomain (tenant_id);

alter table tenant_logo enable row level security;
alter table tenant_logo force row level security;
alter table former_subdomain enable row level security;
alter table former_subdomain force row level security;
create policy tenant_of_setting on tenant_logo to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy engine on tenant_logo to tegata_engine using (true);
create policy engine on former_subdomain to tegata_engine using (true);

grant select, insert, update, delete on tenant_logo to tegata_tenant;
grant select on tenant_logo to tegata_engine;
grant select, insert on former_subdomain to tegata_engine;
-- Deleting a tenant that has closed takes everything in it along (cascade); accounts survive.
grant delete on tenant to tegata_engine;
-- Both its units and who stands in them go, in whatever order. Only there is it asked at the end whether somebody is left in a unit that
-- is gone: everywhere else who joins a unit waits for whoever moves it.
alter table membership_unit alter constraint membership_unit_tenant_id_unit_id_fkey deferrable initially immediate;
-- And whoever was only ever invited there has no account any more.
grant delete on account to tegata_engine;
-- Never its status, seats or plan: those are the platform's.
grant update (name, contact, session_hours, password_sign_in, staff_number_sign_in, accent_color, mfa_rule, mfa_level, mfa_enforced_from,
  trusted_device_days, password_max_age_days, registration_role_id, invitation_lifetime_days, updated_at) on tenant to tegata_tenant;
