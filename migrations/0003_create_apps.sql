-- Relying products (OAuth clients) and the APIs that accept our access tokens.

create sequence client_revision as bigint;
grant usage on sequence client_revision to tegata_engine;

create table client (
  id text primary key check (id ~ '^[\x21-\x7e]{1,255}$'),
  -- Set for a tenant's own machine client: its tokens carry this tenant.
  tenant_id uuid references tenant (id) on delete cascade,
  name text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  -- First-party apps skip consent.
  first_party boolean not null default false,
  -- RFC 7591 metadata in its own spelling, without the secret.
  metadata jsonb not null,
  -- sha256 of a random secret of 256 bits: a stolen dump authenticates nobody.
  secret_hash text,
  -- Rises with every change, so that processes drop what they have cached and token issue refuses an outdated copy.
  revision bigint not null default nextval('client_revision'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index client_by_revision on client (revision);
create index client_tenant on client (tenant_id) where tenant_id is not null;

create table api (
  -- The resource indicator (RFC 8707) and audience of its tokens: an absolute URI without fragment.
  identifier text primary key,
  name text not null,
  scopes text[] not null default '{}',
  access_token_ttl_seconds integer not null default 300 check (access_token_ttl_seconds between 30 and 3600),
  access_token_format text not null default 'jwt' check (access_token_format in ('jwt', 'opaque')),
  revision bigint not null default nextval('client_revision'),
  created_at timestamptz not null default now()
);
create index api_by_revision on api (revision);

create function raise_client_revision() returns trigger language plpgsql as $$
begin
  new.revision := nextval('client_revision');
  return new;
end $$;
create trigger raise_revision before update on client for each row execute function raise_client_revision();
create trigger raise_revision before update on api for each row execute function raise_client_revision();

alter table client enable row level security;
alter table client force row level security;
create policy engine on client to tegata_engine using (true);
create policy tenant_of_setting on client for select to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));

grant select, insert, update on client, api to tegata_engine;
grant select (id, tenant_id, name, status, created_at) on client to tegata_tenant;
