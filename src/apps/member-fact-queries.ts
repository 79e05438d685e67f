/**
 * SQL of the facts that a claim mapping can tell and no token carries by itself. Said once: the token path asks it for apps that have
 * such a mapping, and the preview asks it inside a tenant.
 */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { appRefusal } from './access-queries.ts'

export interface MemberFactsRow {
  readonly subdomain: string
  readonly employee_number: string | null
  readonly title: string | null
  /** Codes: of the primary unit, and of the nearest unit of each kind from there upwards. */
  readonly primary_unit: string | null
  readonly facility: string | null
  readonly department: string | null
  readonly team: string | null
}

const nearest = (kind: 'facility' | 'department' | 'team') => `(select a.code from unit a where a.tenant_id = m.tenant_id and a.kind = '${kind}' and a.code = any(u.code_path)
    order by array_position(u.code_path, a.code) desc limit 1) as ${kind}`

/** Of the membership `m` that the condition behind it names. */
export const memberFacts = `select t.subdomain, m.employee_number, m.title, u.code as primary_unit, ${nearest('facility')}, ${nearest('department')}, ${nearest('team')}
  from membership m join tenant t on t.id = m.tenant_id
  left join lateral (select one.code, one.code_path from membership_unit mu join unit one on one.tenant_id = mu.tenant_id and one.id = mu.unit_id
    where mu.tenant_id = m.tenant_id and mu.membership_id = m.id order by mu.is_primary desc, one.code limit 1) u on true`

export async function findMemberFacts(trx: TenantTrx, membershipId: string): Promise<MemberFactsRow | undefined> {
  const found = await sql<MemberFactsRow>`${sql.raw(memberFacts)} where m.tenant_id = ${trx.tenantId} and m.id = ${membershipId}`.execute(trx.query)
  return found.rows[0]
}

export interface PersonFactsRow {
  readonly tenant_name: string
  readonly role: string
  readonly groups: string[]
  readonly account_id: string
  readonly email: string | null
  readonly name: string
  readonly family_name: string | null
  readonly given_name: string | null
  /** Why the app would not let this member in, or null. */
  readonly refusal: string | null
}

/** What tokens say of a member by themselves, and whether the app lets them in; their language is not the tenant's to know. */
export async function findPersonFacts(trx: TenantTrx, membershipId: string, clientId: string): Promise<PersonFactsRow | undefined> {
  const found = await sql<PersonFactsRow>`select t.name as tenant_name, r.name as role, m.groups, m.account_id, p.email, p.display_name as name, p.family_name, p.given_name,
      case when m.status <> 'active' or t.status <> 'active' or p.status <> 'active' then 'not_active' else ${sql.raw(appRefusal)} end as refusal
    from membership m join tenant t on t.id = m.tenant_id join role r on r.tenant_id = m.tenant_id and r.id = m.role_id join account p on p.id = m.account_id
    left join client c on c.id = ${clientId} where m.tenant_id = ${trx.tenantId} and m.id = ${membershipId}`.execute(trx.query)
  return found.rows[0]
}
