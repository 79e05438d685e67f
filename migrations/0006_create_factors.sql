-- What people prove themselves with besides a password, the links that are mailed to them, the browsers they are known in,
-- and what a tenant asks of its members' sign-in.

alter table account
  -- Sessions, grants and proofs from before this moment are worth nothing: one row ends everything at once.
  add column not_before timestamptz not null default '1970-01-01T00:00:00Z',
  -- Asked for by the person: after this moment the account is erased; until then they may change their mind.
  add column delete_after timestamptz;
alter table account drop constraint account_status_check;
-- erased: the person asked for it; the row stays as a pseudonym for the events and memberships that speak of it.
alter table account add constraint account_status_check check (status in ('pending', 'active', 'locked', 'disabled', 'erased'));
create index account_delete_after on account (delete_after) where delete_after is not null;

create table factor_totp (
  account_id text primary key references account (id) on delete cascade,
  -- Base32 secret, sealed with the master key and bound to the account.
  sealed_secret text not null,
  -- The last time step (30 s) that was used: a code counts once (RFC 6238 §5.2).
  last_step bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create table factor_recovery_code (
  account_id text not null references account (id) on delete cascade,
  -- HMAC of the code under a key derived from the master key, bound to the account.
  code_hash text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  primary key (account_id, code_hash)
);

create table factor_passkey (
  -- Credential id, base64url (WebAuthn §4).
  id text primary key,
  account_id text not null references account (id) on delete cascade,
  -- COSE public key.
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null,
  -- Model of the authenticator, all zero where it does not say.
  aaguid uuid not null,
  -- Whether it is copied between the person's devices (WebAuthn §6.1.3).
  backed_up boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  -- The counter went backwards: somebody may have a copy of the key.
  clone_suspected_at timestamptz
);
create index factor_passkey_account on factor_passkey (account_id);

-- WebAuthn challenges that have been answered: each answer counts once.
create table spent_challenge (
  hash text primary key,
  expires_at timestamptz not null
);
create index spent_challenge_expires on spent_challenge (expires_at);

-- Links and codes that are sent by mail or handed over by an administrator. Token and code are derived from the id under the
-- master key, so neither this table nor a waiting mail job holds anything that opens something.
create table account_link (
  id uuid primary key,
  token_hash text not null unique,
  -- HMAC of the six digits; null where only the link counts.
  code_hash text,
  code_tries integer not null default 0,
  purpose text not null check (purpose in ('registration', 'password_reset', 'activation', 'address_change', 'address_undo', 'unlock', 'deletion')),
  -- Null for a registration: there is nobody yet.
  account_id text references account (id) on delete cascade,
  -- Where the link goes to; null where an administrator hands it over.
  email text,
  -- The app that the person came from, to lead back there.
  client_id text,
  -- The tenant that a newcomer came for, which makes them a member where it allows that.
  tenant_id uuid references tenant (id) on delete set null,
  locale text check (locale in ('ja', 'en')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index account_link_account on account_link (account_id) where account_id is not null;
create index account_link_expires on account_link (expires_at);
alter table account_link enable row level security;
alter table account_link force row level security;
create policy engine on account_link to tegata_engine using (true);

-- Browsers in which a person has signed in before. Keyed by the hash of a cookie.
create table device (
  account_id text not null references account (id) on delete cascade,
  id_hash text not null,
  user_agent text,
  -- Until then the second factor is not asked for here, where the tenant allows it.
  trusted_until timestamptz,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (account_id, id_hash)
);
create index device_last_seen on device (last_seen_at);

alter table tenant
  -- Whom the tenant asks for a second factor: nobody, members whose role holds a permission of the platform, everybody.
  add column mfa_rule text not null default 'off' check (mfa_rule in ('off', 'admins', 'everyone')),
  -- What it asks for: any second factor (aal2), or one that cannot be phished (phr).
  add column mfa_level text not null default 'aal2' check (mfa_level in ('aal2', 'phr')),
  -- Before this moment members without a factor are reminded and may put it off.
  add column mfa_enforced_from timestamptz,
  -- Days for which a browser may be trusted after a second factor; 0 for never.
  add column trusted_device_days integer not null default 0 check (trusted_device_days between 0 and 90),
  -- Off unless set: NIST SP 800-63B-4 §3.1.1.2 advises against it, the Japanese guideline of 厚労省 asks for it without two factors.
  add column password_max_age_days integer check (password_max_age_days between 1 and 1095),
  -- The role that people get who register by themselves; null where nobody may.
  add column registration_role_id uuid,
  add foreign key (id, registration_role_id) references role (tenant_id, id);
update tenant set mfa_rule = 'everyone', mfa_level = required_acr where required_acr <> 'aal1';
alter table tenant drop column required_acr;

-- Counters are looked up by the place that their keys begin with, whatever order the database sorts text in.
create index attempt_place on attempt (key varchar_pattern_ops);

-- An account's own log of 90 days (`/account/activity`); the token path's events are many, say nothing to a person, and stay out.
create index event_by_subject on event (subject, occurred_at desc)
  where subject is not null and type not in ('token.issued', 'token.refused', 'authorization.granted', 'access.refused');
create index event_by_actor on event (actor, occurred_at desc)
  where actor is not null and type not in ('token.issued', 'token.refused', 'authorization.granted', 'access.refused');

grant select, insert, update, delete on factor_totp, factor_recovery_code, factor_passkey, spent_challenge, account_link, device to tegata_engine;
grant delete on factor_password to tegata_engine;
