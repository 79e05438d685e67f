/** SQL that only the console's pages ask: names and facts of several rooms beside each other. Reads only. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { untilNow } from '../events/audit-queries.ts'
import { isAct } from '../members/tenant-figures-queries.ts'

/** Names of apps, as far as the tenant may see them. */
export async function findAppNames(trx: TenantTrx, clientIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (clientIds.length === 0) return new Map()
  const rows = await trx.query.selectFrom('client').select(['id', 'name']).where('id', 'in', [...new Set(clientIds)]).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export interface TenantState {
  readonly contact: string | null
  readonly mfa_rule: string
  readonly mfa_enforced_from: Date | null
  /** Active members without a second factor whom the tenant's rule asks for one. */
  readonly hit_by_rule: number
  readonly closes_at: Date | null
  readonly created_at: Date
  readonly has_logo: boolean
  readonly units: number
  /** Whether somebody has made or changed a role. */
  readonly roles_touched: boolean
  readonly break_glass_lately: number
  /** Open invitations that expire soon. */
  readonly invitations_expiring: number
}

/** How the tenant is set up, and what was or will be there within so many days. */
export async function getTenantState(trx: TenantTrx, { breakGlassDays, expiringDays }: { readonly breakGlassDays: number; readonly expiringDays: number }): Promise<TenantState> {
  return trx.query
    .selectFrom('tenant')
    .select(['contact', 'mfa_rule', 'mfa_enforced_from', 'closes_at', 'created_at'])
    .select(sql<boolean>`exists (select from tenant_logo l where l.tenant_id = tenant.id)`.as('has_logo'))
    .select(sql<number>`(select count(*) from unit u where u.tenant_id = tenant.id)`.as('units'))
    .select(sql<boolean>`exists (select from event where event.tenant_id = tenant.id and ${isAct}
      and event.type in ('role.created', 'role.updated') and event.actor is not null and event.occurred_at > now() - interval '90 days' and ${untilNow()})`.as('roles_touched'))
    .select(sql<number>`(select count(*) from membership m join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
      where m.tenant_id = tenant.id and m.status = 'active' and m.second_factors = '{}'
        and (tenant.mfa_rule = 'everyone' or (tenant.mfa_rule = 'admins' and cardinality(r.permissions) > 0)))`.as('hit_by_rule'))
    .select(sql<number>`(select count(*) from break_glass b where b.tenant_id = tenant.id and b.started_at > now() - make_interval(days => ${breakGlassDays}::int))`.as('break_glass_lately'))
    .select(sql<number>`(select count(*) from invitation i join membership m on m.tenant_id = i.tenant_id and m.id = i.membership_id
      where i.tenant_id = tenant.id and m.status = 'invited' and i.expires_at > now() and i.expires_at <= now() + make_interval(days => ${expiringDays}::int))`.as('invitations_expiring'))
    .where('tenant.id', '=', trx.tenantId)
    .executeTakeFirstOrThrow()
}
