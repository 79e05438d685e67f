-- People: who can sign in, with what, and how often somebody has tried.
-- The engine signs people in across tenants; the tenant role sees only accounts that hold a membership of its tenant
-- (policy in 0002, once memberships exist).

create table account (
  -- The `sub` of every token: UUIDv7 by default, an imported subject stays as it is (OIDC Core §2: at most 255 ASCII characters).
  id text primary key check (id ~ '^[\x21-\x7e]{1,255}$'),
  -- Normalised (NFKC, lower case); null for staff without an address.
  email text unique check (email = lower(email)),
  email_verified_at timestamptz,
  family_name text,
  given_name text,
  family_name_kana text,
  given_name_kana text,
  display_name text not null,
  locale text check (locale in ('ja', 'en')),
  zoneinfo text not null default 'Asia/Tokyo',
  -- pending: invited, has no factor yet and cannot sign in. locked: by the platform. disabled: for good.
  status text not null default 'active' check (status in ('pending', 'active', 'locked', 'disabled')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table factor_password (
  account_id text primary key references account (id) on delete cascade,
  -- PHC string; argon2id of ours, other imported schemes are verified and rehashed at the next sign-in.
  phc text not null,
  changed_at timestamptz not null default now()
);

create table operator (
  account_id text primary key references account (id) on delete cascade,
  created_at timestamptz not null default now()
);

-- Counters of the rate limiter (rate-limiter-flexible writes them with one upsert, so parallel attempts cannot slip through).
create table attempt (
  -- Purpose and a keyed digest: no address is stored here.
  key varchar(255) primary key,
  points integer not null default 0,
  -- Milliseconds since the epoch.
  expire bigint
);
create index attempt_expire on attempt (expire);

grant select, insert, update on account to tegata_engine;
grant select, insert, update on factor_password to tegata_engine;
-- Insert for the first operators: the demo seeds one, and the command line makes them.
grant select, insert on operator to tegata_engine;
grant select, insert, update, delete on attempt to tegata_engine;
