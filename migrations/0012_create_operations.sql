-- Operators inside a tenant only by a time-boxed break-glass that says why; and requests to the API that are sent twice but
-- carried out once.

alter table operator
  -- owner does everything; auditor sees everything and changes nothing.
  add column role text not null default 'owner' check (role in ('owner', 'auditor'));

create table break_glass (
  tenant_id uuid not null references tenant (id) on delete cascade,
  id uuid not null,
  account_id text not null references account (id),
  reason text not null check (length(reason) between 10 and 500),
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  check (expires_at <= started_at + interval '4 hours')
);
create index break_glass_account on break_glass (account_id, expires_at);
alter table break_glass enable row level security;
alter table break_glass force row level security;
create policy tenant_of_setting on break_glass for select to tegata_tenant
  using (tenant_id = (select nullif(current_setting('tegata.tenant_id', true), '')::uuid));
create policy engine on break_glass to tegata_engine using (true);

create table idempotency_key (
  -- Whose key it is: two callers may use the same one.
  caller text not null,
  key text not null,
  -- Of method, path and body: the same key for something else is a mistake that must be told.
  request_hash text not null,
  -- Null while the first request is at work. Sealed, for it may hold a secret that is shown once.
  sealed_answer text,
  created_at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_key_created on idempotency_key (created_at);

grant select, insert, update on break_glass to tegata_engine;
grant select on break_glass to tegata_tenant;
grant select, insert, update, delete on idempotency_key to tegata_engine;
grant update, delete on operator to tegata_engine;

-- The log as a tenant's admins read it, newest first, and its sign-ins by day. The token path's events stay out of the first.
create index event_by_tenant on event (tenant_id, occurred_at desc, id desc)
  where tenant_id is not null and type not in ('token.issued', 'token.refused', 'authorization.granted');
create index event_sign_ins on event (tenant_id, occurred_at) where type = 'authorization.granted' and tenant_id is not null;

-- The log as operators read it: one kind of event, or what happened in the request whose id somebody reads from a page.
create index event_by_type on event (type, occurred_at desc, id desc)
  where type not in ('token.issued', 'token.refused', 'authorization.granted');
create index event_by_request on event (request_id)
  where request_id is not null and type not in ('token.issued', 'token.refused', 'authorization.granted');

-- Whom an operator looks for, by the beginning of a name, an address or a staff number, whatever order the database sorts text in.
create index account_by_name on account (search_form(display_name) text_pattern_ops);
create index account_by_kana on account (search_form(coalesce(family_name_kana, '') || coalesce(given_name_kana, '')) text_pattern_ops);
create index account_by_email on account (email text_pattern_ops) where email is not null;
create index membership_by_number on membership (employee_number text_pattern_ops) where employee_number is not null;
create index operator_created on operator (created_at, account_id);

-- What a tenant's people did to it, apart from the many sign-ins around it; and the log of one member or one thing, and of one person's acts.
create index event_acts on event (tenant_id, occurred_at desc, id desc)
  where outcome = 'success' and type ~ '^(membership|members|role|unit|tenant|factors|activation|app|client|invitation|import|wave)[.]'
    and type not in ('tenant.chosen', 'invitation.accepted', 'invitation.declined', 'invitation.refused', 'tenant.seat_limit_reached');
create index event_by_tenant_subject on event (tenant_id, subject, occurred_at desc, id desc)
  where tenant_id is not null and type not in ('token.issued', 'token.refused', 'authorization.granted');
create index event_by_tenant_actor on event (tenant_id, actor, occurred_at desc, id desc)
  where tenant_id is not null and type not in ('token.issued', 'token.refused', 'authorization.granted');
