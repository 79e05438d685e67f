-- What lists of members show, search and sort by, kept beside the membership so that a page of ten thousand members reads one
-- index; who heads a unit; and the right to help a member who has lost a factor.

-- The form in which names are compared: width and case do not matter, nor do spaces, and hiragana finds katakana.
create function search_form(written text) returns text language sql immutable as $$
  select translate(lower(regexp_replace(normalize(coalesce(written, ''), NFKC), '\s+', '', 'g')),
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ',
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ')
$$;

alter table account
  -- Kinds of factors besides the password, kept by triggers: what a tenant may know of them, for it must not read the factors.
  add column second_factors text[] not null default '{}';

alter table membership
  -- The three are kept by triggers. Whoever has never joined is named as they were invited.
  add column shown_name text not null default '',
  add column sort_name text not null default '' ,
  add column search_text text not null default '',
  -- The last day on which the member acted for this tenant, written at most once a day.
  add column last_seen_on date,
  -- Told once that the membership ran out, so that its end is an event too.
  add column expiry_told_at timestamptz;

create function keep_names_of_member() returns trigger language plpgsql as $$
declare person record;
begin
  select email, display_name, family_name, given_name, family_name_kana, given_name_kana into person from account where id = new.account_id;
  if not found then
    return new;
  end if;
  if new.joined_at is null then
    new.shown_name := coalesce(person.email, person.display_name);
    new.sort_name := search_form(new.shown_name);
    new.search_text := concat_ws(' ', search_form(new.shown_name), search_form(new.employee_number), search_form(new.title));
  else
    new.shown_name := person.display_name;
    new.sort_name := search_form(coalesce(nullif(concat(person.family_name_kana, person.given_name_kana), ''), person.display_name));
    new.search_text := concat_ws(' ', search_form(person.display_name), search_form(concat(person.family_name, person.given_name)),
      search_form(concat(person.family_name_kana, person.given_name_kana)), search_form(person.email), search_form(new.employee_number), search_form(new.title));
  end if;
  return new;
end $$;
create trigger keep_names before insert or update of account_id, joined_at, employee_number, title, search_text on membership
  for each row execute function keep_names_of_member();

create function keep_names_of_account() returns trigger language plpgsql as $$
begin
  -- Whatever is written there, the trigger of the membership writes what is right.
  update membership set search_text = '' where account_id = new.id;
  return null;
end $$;
create trigger keep_names after update of email, display_name, family_name, given_name, family_name_kana, given_name_kana on account
  for each row when ((old.email, old.display_name, old.family_name, old.given_name, old.family_name_kana, old.given_name_kana)
    is distinct from (new.email, new.display_name, new.family_name, new.given_name, new.family_name_kana, new.given_name_kana))
  execute function keep_names_of_account();

create function keep_second_factors() returns trigger language plpgsql as $$
declare person text := case when tg_op = 'DELETE' then old.account_id else new.account_id end;
begin
  update account set second_factors = array_remove(array[
      case when exists (select 1 from factor_passkey f where f.account_id = person) then 'passkey' end,
      case when exists (select 1 from factor_totp f where f.account_id = person) then 'totp' end], null)
    where id = person;
  return null;
end $$;
create trigger keep_second_factors after insert or delete on factor_totp for each row execute function keep_second_factors();
create trigger keep_second_factors after insert or delete on factor_passkey for each row execute function keep_second_factors();

-- As rows stand now. The owner is bound by row-level security too, so the fill-in goes through it with open eyes.
alter table membership no force row level security;
alter table account no force row level security;
alter table role no force row level security;
update membership set search_text = '';
update account set second_factors = array_remove(array[
    case when exists (select 1 from factor_passkey f where f.account_id = account.id) then 'passkey' end,
    case when exists (select 1 from factor_totp f where f.account_id = account.id) then 'totp' end], null);
-- A right that is new with this migration belongs to whoever administers.
update role set permissions = array_append(permissions, 'factor:reset') where 'tenant:admin' = any (permissions) and not 'factor:reset' = any (permissions);
alter table membership force row level security;
alter table account force row level security;
alter table role force row level security;

create index membership_list on membership (tenant_id, sort_name, id);
create index membership_status on membership (tenant_id, status, sort_name, id);
create index membership_joined on membership (tenant_id, joined_at);
create index membership_runs_out on membership (valid_until) where valid_until is not null and expiry_told_at is null;
create index invitation_by_inviter on invitation (tenant_id, invited_by);
create index invitation_expires on invitation (tenant_id, expires_at);

alter table role add column description text check (length(description) <= 300);

-- Whoever heads a unit is in it.
alter table membership_unit add column is_head boolean not null default false;
create index membership_unit_head on membership_unit (tenant_id, unit_id) where is_head;

-- Whoever is going to be erased is no administrator to count on.
grant select (second_factors, delete_after) on account to tegata_tenant;
grant update (expiry_told_at) on membership to tegata_tenant;
-- For the triggers, and for the day on which a member was last seen.
grant update (search_text, last_seen_on, expiry_told_at) on membership to tegata_engine;
grant update on membership_unit to tegata_engine;
