/**
 * Fills the database with what a tenant of ten thousand members looks like after a quarter of a year, and with a few others beside it.
 * Rows go in as SQL, for nothing here is measured; ids rise as ours do.
 */
import pg from 'pg'
import { newId } from '../../src/base/ids.ts'
import { allPermissions } from '../../src/members/permission.ts'

export interface Crowd {
  readonly tenantId: string
  readonly subdomain: string
  /** One of the many, who is in a unit and has signed in. */
  readonly membershipId: string
  readonly accountId: string
  readonly invitedId: string
  readonly roleId: string
  readonly unitId: string
  readonly unitCode: string
  readonly importId: string
  readonly requestId: string
  readonly staffNumber: string
}

export const adminEmail = 'admin@bench.example'
export const operatorEmail = 'operator@bench.example'

const events = 100_000

/** Of the tenant that is measured `members`; of the others some hundreds and some tens. */
export async function fillCrowd(adminUrl: string, { members, phc }: { readonly members: number; readonly phc: string }): Promise<Crowd> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('begin')
    await insertApps(admin)
    const big = await insertTenant(admin, { subdomain: 'hospital', name: '医療法人ベンチ会', members })
    await insertTenant(admin, { subdomain: 'clinic', name: 'ベンチ整骨院', members: Math.ceil(members / 5) })
    for (let number = 1; number <= 20; number += 1) await insertTenant(admin, { subdomain: `small-${number}`, name: `小さな医院 ${number}`, members: 40 })
    await insertSignedIn(admin)
    await insertEvents(admin)
    await insertMovers(admin, { tenantId: big, phc })
    const importId = await insertList(admin, big)
    await admin.query('commit')
    await admin.query('vacuum analyze')
    return await chosenOf(admin, big, importId)
  } finally {
    await admin.end()
  }
}

async function insertApps(admin: pg.Client): Promise<void> {
  await admin.query(`insert into client (id, name, first_party, metadata) select 'app-' || n, 'Product ' || n, true,
    '{"redirect_uris": ["https://product.example/callback"], "response_types": ["code"], "grant_types": ["authorization_code"]}' from generate_series(1, 30) n`)
}

interface NewTenant {
  readonly subdomain: string
  readonly name: string
  readonly members: number
}

async function insertTenant(admin: pg.Client, { subdomain, name, members }: NewTenant): Promise<string> {
  const tenantId = newId()
  await admin.query(`insert into tenant (id, name, subdomain, seat_limit, created_at) values ($1, $2, $3, $4, now() - interval '400 days')`, [tenantId, name, subdomain, members + 500])
  await admin.query(`insert into role (tenant_id, id, name, permissions) select $1, gen_random_uuid(), name, case when name = 'Admin' then $2::text[] else '{}' end
    from unnest(array['Admin', 'EXECUTIVE', 'DEPARTMENT_HEAD', 'TEAM_LEADER', 'STAFF', 'PATIENT']) name`, [tenantId, allPermissions])
  await insertUnits(admin, tenantId, members)
  await insertMembers(admin, { tenantId, subdomain, members })
  await admin.query(`insert into tenant_client (tenant_id, client_id, access) select $1, 'app-' || n, case when n % 2 = 0 then 'assigned' else 'everyone' end from generate_series(1, 12) n`, [tenantId])
  await admin.query(`insert into client_assignment (tenant_id, id, client_id, membership_id) select $1, gen_random_uuid(), 'app-2', id from membership where tenant_id = $1 order by id limit 300`, [tenantId])
  return tenantId
}

/** Three facilities with ten departments of four teams each; a small tenant has one facility. */
async function insertUnits(admin: pg.Client, tenantId: string, members: number): Promise<void> {
  const facilities = members > 1_000 ? 3 : 1
  const insert = (level: string, parent: string) => admin.query(`
    insert into unit (tenant_id, id, parent_id, kind, code, name, code_path)
    select $1, gen_random_uuid(), p.id, '${level}', concat_ws('-', p.code, n), concat_ws(' ', p.name, '${level}', n), array_append(coalesce(p.code_path, '{}'), concat_ws('-', p.code, n))
    from ${parent}`, [tenantId])
  const children = (kind: string, count: number) => `unit p cross join generate_series(1, ${count}) n where p.tenant_id = $1 and p.kind = '${kind}'`
  await insert('facility', `(select null::uuid as id, 'h' as code, null::text as name, '{}'::text[] as code_path) p cross join generate_series(1, ${facilities}) n`)
  await insert('department', children('facility', 10))
  await insert('team', children('department', 4))
}

const families = ['佐藤 サトウ', '鈴木 スズキ', '高橋 タカハシ', '田中 タナカ', '伊藤 イトウ', '渡辺 ワタナベ', '山本 ヤマモト', '中村 ナカムラ', '小林 コバヤシ', '加藤 カトウ', '吉田 ヨシダ', '山田 ヤマダ']
const givens = ['花子 ハナコ', '健 ケン', '美咲 ミサキ', '大輔 ダイスケ', '翔 ショウ', '葵 アオイ', '陽菜 ヒナ', '蓮 レン', '結衣 ユイ', '悠斗 ユウト', '誠 マコト']

async function insertMembers(admin: pg.Client, { tenantId, subdomain, members }: { readonly tenantId: string; readonly subdomain: string; readonly members: number }): Promise<void> {
  const ids = Array.from({ length: members }, newId)
  await admin.query(`insert into account (id, email, email_verified_at, family_name, given_name, family_name_kana, given_name_kana, display_name, locale, status)
    select id, 'person' || n || '@${subdomain}.example', now(), split_part(f, ' ', 1), split_part(g, ' ', 1), split_part(f, ' ', 2), split_part(g, ' ', 2),
      split_part(f, ' ', 1) || ' ' || split_part(g, ' ', 1), 'ja', case when n % 100 < 7 then 'pending' else 'active' end
    from unnest($1::text[]) with ordinality u(id, n) cross join lateral (select $2::text[] as fs, $3::text[] as gs) names
    cross join lateral (select fs[1 + n % array_length(fs, 1)] as f, gs[1 + n % array_length(gs, 1)] as g) chosen`, [ids, families, givens])
  await admin.query(`insert into factor_totp (account_id, sealed_secret, last_step) select id, 'none', 0 from unnest($1::text[]) with ordinality u(id, n) where n % 100 >= 7 and n % 5 < 2`, [ids])
  await admin.query(`insert into membership (tenant_id, id, account_id, role_id, status, invited_at, joined_at, ended_at, employee_number, title, source, last_seen_on)
    select $1, u.id::uuid, u.id, r.id, case when n % 100 < 7 then 'invited' when n % 100 < 10 then 'suspended' when n % 100 < 15 then 'ended' else 'active' end,
      now() - (n % 300) * interval '1 day', case when n % 100 >= 7 then now() - (n % 290) * interval '1 day' end, case when n % 100 between 10 and 14 then now() end,
      'N-' || lpad(n::text, 5, '0'), '看護師', case when n % 3 = 0 then 'csv' else 'manual' end, case when n % 100 >= 7 and n % 6 > 0 then current_date - (n % 60)::int end
    from unnest($2::text[]) with ordinality u(id, n)
    join role r on r.tenant_id = $1 and r.name = (array['STAFF', 'STAFF', 'STAFF', 'TEAM_LEADER', 'DEPARTMENT_HEAD', 'PATIENT'])[1 + n % 6]`, [tenantId, ids])
  await admin.query(`with places as (select array_agg(id order by code) as ids from unit where tenant_id = $1)
    insert into membership_unit (tenant_id, membership_id, unit_id, is_primary)
    select $1, id::uuid, places.ids[1 + n % array_length(places.ids, 1)], true from unnest($2::text[]) with ordinality u(id, n) cross join places
    union all select $1, id::uuid, places.ids[1 + (n + 7) % array_length(places.ids, 1)], false from unnest($2::text[]) with ordinality u(id, n) cross join places where n % 5 = 0`, [tenantId, ids])
  await admin.query(`insert into invitation (tenant_id, membership_id, token_hash, expires_at, sent_at, sent_count, accepted_at, declined_at, invited_by, locale)
    select $1, m.id, md5(m.id::text), m.invited_at + case when m.status = 'invited' then interval '200 days' else interval '7 days' end, m.invited_at, 1, m.joined_at,
      case when m.joined_at is null and m.status = 'ended' then now() end, (array(select id from membership where tenant_id = $1 and joined_at is not null order by id limit 9))[1 + abs(hashtext(m.id::text)) % 9], 'ja'
    from membership m where m.tenant_id = $1 and abs(hashtext(m.id::text)) % 10 < 7 or m.tenant_id = $1 and m.status = 'invited'`, [tenantId])
}

/** Sessions and the grants of one product, of everybody who was seen lately. */
async function insertSignedIn(admin: pg.Client): Promise<void> {
  await admin.query(`insert into session (uid, id_hash, account_id, payload, ip, user_agent, expires_at, last_seen_at)
    select m.id::text, md5(m.id::text), m.account_id, jsonb_build_object('accountId', m.account_id, 'loginTs', extract(epoch from now())::bigint), '192.0.2.1', 'Mozilla/5.0', now() + interval '5 days', now()
    from membership m where m.status = 'active' and m.last_seen_on > current_date - 30`)
  await admin.query(`insert into oidc_grant (id, session_uid, account_id, client_id, tenant_id, membership_id, payload, expires_at)
    select gen_random_uuid(), s.uid, m.account_id, 'app-1', m.tenant_id, m.id, '{}', now() + interval '5 days' from session s join membership m on m.id::text = s.uid`)
}

/** Ninety days of a log: nine of ten are sign-ins and their tokens, the rest is what people did. */
async function insertEvents(admin: pg.Client): Promise<void> {
  await admin.query(`create temp table crowd on commit drop as select row_number() over (order by random()) as place, tenant_id, id, account_id from membership where status <> 'invited'`)
  await admin.query('create index on crowd (place)')
  await admin.query(`analyze crowd`)
  await admin.query(`insert into event (id, occurred_at, type, outcome, tenant_id, actor, subject, client_id, ip, user_agent, request_id, xid)
    select gen_random_uuid(), now() - n * (interval '90 days' / ${events}), kind.type, case when kind.type = 'sign_in.failed' then 'failure' else 'success' end,
      case when kind.type like 'sign_in%' then null else c.tenant_id end, case when kind.type like 'membership%' then a.account_id else c.account_id end, case when kind.type like 'membership%' then c.id::text when kind.type = 'authorization.granted' then 'app-1' else c.account_id end,
      'app-1', '192.0.2.1', 'Mozilla/5.0', md5((n / 3)::text), '3'::xid8
    from generate_series(1, ${events}) n
    cross join lateral (select (array['authorization.granted', 'token.issued', 'sign_in.succeeded', 'authorization.granted', 'token.issued', 'sign_in.succeeded', 'authorization.granted', 'token.issued', 'sign_in.failed',
      (array['membership.updated', 'membership.role_changed', 'membership.suspended', 'membership.invited', 'tenant.chosen', 'factors.reset'])[1 + (n / 10) % 6]])[1 + n % 10] as type) kind
    join crowd c on c.place = 1 + (n::bigint * 7919) % (select count(*) from crowd)
    -- What is done to members is done by a few.
    join (select tenant_id, min(account_id) as account_id from crowd group by tenant_id) a on a.tenant_id = c.tenant_id`)
}

/** Whoever looks at all this: an administrator of the big tenant, and an operator. */
async function insertMovers(admin: pg.Client, { tenantId, phc }: { readonly tenantId: string; readonly phc: string }): Promise<void> {
  for (const email of [adminEmail, operatorEmail]) {
    const accountId = newId()
    await admin.query(`insert into account (id, email, email_verified_at, family_name, given_name, display_name, locale) values ($1, $2, now(), '手形', '守', '手形 守', 'ja')`, [accountId, email])
    await admin.query('insert into factor_password (account_id, phc) values ($1, $2)', [accountId, phc])
    if (email === operatorEmail) await admin.query(`insert into operator (account_id, role) values ($1, 'owner')`, [accountId])
    else {
      await admin.query(`insert into membership (tenant_id, id, account_id, role_id, status, joined_at) select $1, $2, $3, id, 'active', now() from role where tenant_id = $1 and name = 'Admin'`, [tenantId, newId(), accountId])
    }
  }
}

/** A list of two thousand that was carried out in two waves, and thirty small ones. */
async function insertList(admin: pg.Client, tenantId: string): Promise<string> {
  const importId = newId()
  const lists = [...Array.from({ length: 30 }, newId), importId]
  await admin.query(`insert into member_import (tenant_id, id, name, source, status, headings, mapping, row_count)
    select $1, id, '名簿', 'csv', 'done', '{mail,number}', '{"0": "email", "1": "employee_number"}', 2000 from unnest($2::uuid[]) id`, [tenantId, lists])
  await admin.query(`insert into import_wave (tenant_id, import_id, number, status, starter, started_at, finished_at) select $1, $2, n, 'done', 'command_line', now(), now() from generate_series(1, 2) n`, [tenantId, importId])
  await admin.query(`insert into import_row (tenant_id, import_id, number, wave, fields, status, reason, uses_seat, membership_id)
    select $1, $2, n, 1 + n % 2, array[a.email, m.employee_number], case when n % 20 = 0 then 'refused' else 'invited' end, case when n % 20 = 0 then 'already_member' end, true, case when n % 20 > 0 then m.id end
    from (select row_number() over (order by id) as n, * from membership where tenant_id = $1 and source = 'csv' limit 2000) m join account a on a.id = m.account_id`, [tenantId, importId])
  return importId
}

async function chosenOf(admin: pg.Client, tenantId: string, importId: string): Promise<Crowd> {
  const one = async (statement: string): Promise<Record<string, string>> => {
    const { rows } = await admin.query<Record<string, string>>(statement, [tenantId])
    const [row] = rows
    if (row === undefined) throw new Error(`the crowd has nobody for: ${statement}`)
    return row
  }
  const text = (row: Record<string, string>, name: string) => row[name] ?? ''
  const member = await one(`select m.id, m.account_id, m.employee_number from membership m where m.tenant_id = $1 and m.status = 'active' and m.last_seen_on > current_date - 20 order by m.id offset (select count(*) / 10 from membership where tenant_id = $1) limit 1`)
  const invited = await one(`select m.id from membership m join invitation i on i.tenant_id = m.tenant_id and i.membership_id = m.id where m.tenant_id = $1 and m.status = 'invited' and i.expires_at > now() limit 1`)
  const role = await one(`select id from role where tenant_id = $1 and name = 'STAFF'`)
  const unit = await one(`select id, code from unit where tenant_id = $1 and kind = 'team' order by code limit 1`)
  const event = await one(`select request_id from event where tenant_id = $1 and type = 'membership.updated' order by occurred_at desc offset 3 limit 1`)
  return {
    tenantId, subdomain: 'hospital', membershipId: text(member, 'id'), accountId: text(member, 'account_id'), staffNumber: text(member, 'employee_number'), invitedId: text(invited, 'id'),
    roleId: text(role, 'id'), unitId: text(unit, 'id'), unitCode: text(unit, 'code'), importId, requestId: text(event, 'request_id'),
  }
}
