-- What oidc-provider stores. Bearer values never reach these tables: rows are keyed by the SHA-256 of the value.

create table session (
  -- Names the session in tokens (never in a cookie) and stays for its whole life.
  uid text primary key,
  -- SHA-256 of the cookie's id, which changes at each sign-in and rise of level.
  id_hash text not null unique,
  -- The id before the last change, accepted for a minute so that a parallel tab is not signed out; never kept over a
  -- change of account or level, which would be session fixation.
  previous_id_hash text unique,
  previous_until timestamptz,
  -- The id before anybody had signed in. For the same minute it still leads here, but only for a request that has itself proven
  -- to be this person: two tabs that sign in at the same moment share one session, and one sign-out ends both.
  anonymous_id_hash text,
  account_id text references account (id) on delete cascade,
  payload jsonb not null,
  ip inet,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_anonymous_id on session (anonymous_id_hash) where anonymous_id_hash is not null;
create index session_account on session (account_id);
create index session_expires on session (expires_at);

-- One token family, one per (session, client, membership). Its id is no bearer value, so it stays readable.
create table oidc_grant (
  id text primary key,
  session_uid text,
  account_id text not null references account (id) on delete cascade,
  client_id text not null references client (id) on delete cascade,
  tenant_id uuid,
  membership_id uuid,
  -- Granted offline_access: lives on after the session has ended (OIDC Core §11).
  offline boolean not null default false,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((tenant_id is null) = (membership_id is null)),
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete cascade
);
create index oidc_grant_session on oidc_grant (session_uid);
create index oidc_grant_account on oidc_grant (account_id);
create index oidc_grant_membership on oidc_grant (tenant_id, membership_id) where membership_id is not null;
create index oidc_grant_client on oidc_grant (client_id);
create index oidc_grant_expires on oidc_grant (expires_at);

-- Codes, tokens, interactions, pushed requests, seen proof ids. A row without its grant is dead: reads join the grant.
create table oidc_artifact (
  id text primary key,
  model text not null,
  payload jsonb not null,
  grant_id text,
  client_id text,
  expires_at timestamptz not null,
  consumed_at timestamptz
);
create index oidc_artifact_grant on oidc_artifact (grant_id) where grant_id is not null;
create index oidc_artifact_expires on oidc_artifact (expires_at);

create table consent (
  account_id text not null references account (id) on delete cascade,
  client_id text not null references client (id) on delete cascade,
  tenant_id uuid,
  membership_id uuid,
  -- OIDC scopes, claims asked for one by one, and scopes per api, as agreed by the person.
  scopes text[] not null default '{}',
  claims text[] not null default '{}',
  resource_scopes jsonb not null default '{}',
  agreed_at timestamptz not null default now(),
  check ((tenant_id is null) = (membership_id is null)),
  foreign key (tenant_id, membership_id) references membership (tenant_id, id) on delete cascade
);
create unique index consent_once on consent (account_id, client_id, membership_id) nulls not distinct;
create index consent_membership on consent (tenant_id, membership_id) where membership_id is not null;
create index consent_client on consent (client_id);

create table signing_key (
  kid text primary key,
  alg text not null check (alg in ('RS256', 'ES256')),
  state text not null check (state in ('next', 'current', 'retired')),
  -- Private JWK, sealed with the master key and bound to its kid.
  sealed_jwk text not null,
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  retired_at timestamptz
);
create unique index signing_key_one_current on signing_key (alg) where state = 'current';
create unique index signing_key_one_next on signing_key (alg) where state = 'next';

alter table oidc_grant enable row level security;
alter table oidc_grant force row level security;
alter table consent enable row level security;
alter table consent force row level security;
create policy engine on oidc_grant to tegata_engine using (true);
create policy engine on consent to tegata_engine using (true);
-- Ending a membership ends its token families in the same transaction.
create policy tenant_of_setting on oidc_grant to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));

grant select, insert, update, delete on session, oidc_grant, oidc_artifact, consent, signing_key to tegata_engine;
grant select (id, tenant_id, membership_id, client_id, session_uid), delete on oidc_grant to tegata_tenant;

-- Ends a statement that has lost a race: everything the statement did is undone, and the code says which race it was.
-- TG001 the value was used already, TG002 the app changed meanwhile, TG003 the session ended meanwhile, TG004 the membership ended meanwhile.
create function refuse_unless(holds boolean, code text) returns boolean language plpgsql as $$
begin
  if holds is not true then
    raise exception 'lost a race' using errcode = code;
  end if;
  return true;
end $$;
