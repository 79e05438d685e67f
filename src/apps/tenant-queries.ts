/** SQL of apps as a tenant sees them: which it uses, who may, and the lists of those that are assigned. */
import { sql } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import { newId } from '../base/ids.ts'
import type { AppAccess, Assignee } from './app-access.ts'

export interface TenantAppRow {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly first_party: boolean
  readonly access: AppAccess
  /** How many lines its list of assigned has. */
  readonly assignments: number
}

/** Apps of the platform that the tenant may use; row-level security leaves out what other tenants have for themselves. */
function tenantApps(trx: TenantTrx) {
  return trx.query
    .selectFrom('client')
    .leftJoin('tenant_client', (join) => join.onRef('tenant_client.client_id', '=', 'client.id').on('tenant_client.tenant_id', '=', trx.tenantId))
    .select(['client.id', 'client.name', 'client.status', 'client.first_party'])
    .select(sql<AppAccess>`coalesce(tenant_client.access, case client.open_to when 'every_tenant' then 'everyone' else 'nobody' end)`.as('access'))
    .select(sql<number>`(select count(*) from client_assignment ca where ca.tenant_id = ${trx.tenantId} and ca.client_id = client.id)`.as('assignments'))
    .where('client.tenant_id', 'is', null)
    .where('client.built_in', '=', false)
}

/** By name, those behind `after` (an id), at most `limit`. */
export async function listTenantApps(trx: TenantTrx, { after, limit }: { after: string | null; limit: number }): Promise<readonly TenantAppRow[]> {
  return tenantApps(trx)
    .$if(after !== null, (query) => query.where(sql<boolean>`(client.name, client.id) > (select a.name, a.id from client a where a.id = ${after})`))
    .orderBy('client.name')
    .orderBy('client.id')
    .limit(limit)
    .execute()
}

export async function findTenantApp(trx: TenantTrx, clientId: string): Promise<TenantAppRow | undefined> {
  return tenantApps(trx).where('client.id', '=', clientId).executeTakeFirst()
}

/** The app as it is for the tenant, kept so until the transaction ends; undefined for one that the tenant may not use. */
export async function lockTenantApp(trx: TenantTrx, clientId: string): Promise<TenantAppRow | undefined> {
  const before = await findTenantApp(trx, clientId)
  if (before === undefined) return undefined
  await trx.query
    .insertInto('tenant_client')
    .values({ tenant_id: trx.tenantId, client_id: clientId, access: before.access })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await trx.query.selectFrom('tenant_client').select('client_id').where('tenant_id', '=', trx.tenantId).where('client_id', '=', clientId).forNoKeyUpdate().execute()
  return findTenantApp(trx, clientId)
}

export async function updateAccess(trx: TenantTrx, clientId: string, access: AppAccess): Promise<void> {
  await trx.query.updateTable('tenant_client').set({ access, updated_at: sql`now()` }).where('tenant_id', '=', trx.tenantId).where('client_id', '=', clientId).execute()
}

export interface AssignmentRow {
  readonly id: string
  readonly membership_id: string | null
  /** The member's name, the role's or the unit's. */
  readonly name: string
  readonly role: string | null
  readonly unit: string | null
}

function assignments(trx: TenantTrx, clientId: string) {
  return trx.query
    .selectFrom('client_assignment as a')
    .leftJoin('membership as m', (join) => join.onRef('m.tenant_id', '=', 'a.tenant_id').onRef('m.id', '=', 'a.membership_id'))
    .leftJoin('role as r', (join) => join.onRef('r.tenant_id', '=', 'a.tenant_id').onRef('r.id', '=', 'a.role_id'))
    .leftJoin('unit as u', (join) => join.onRef('u.tenant_id', '=', 'a.tenant_id').onRef('u.id', '=', 'a.unit_id'))
    .select(['a.id', 'a.membership_id', 'r.name as role', 'u.code as unit'])
    .select(sql<string>`coalesce(m.shown_name, r.name, u.name)`.as('name'))
    .where('a.tenant_id', '=', trx.tenantId)
    .where('a.client_id', '=', clientId)
}

/** In the order in which they were made, those behind `after` (an id), at most `limit`. */
export async function listAssignments(trx: TenantTrx, clientId: string, { after, limit }: { after: string | null; limit: number }): Promise<readonly AssignmentRow[]> {
  return assignments(trx, clientId)
    .$if(after !== null, (query) => query.where('a.id', '>', after ?? ''))
    .orderBy('a.id')
    .limit(limit)
    .execute()
}

export async function findAssignment(trx: TenantTrx, clientId: string, assignmentId: string): Promise<AssignmentRow | undefined> {
  return assignments(trx, clientId).where('a.id', '=', assignmentId).executeTakeFirst()
}

interface AssigneeColumns {
  readonly membership_id?: string
  readonly role_id?: string
  readonly unit_id?: string
}

/** The assignee's row of this tenant, which stays until the transaction ends; undefined when there is none. */
export async function lockAssignee(trx: TenantTrx, assignee: Assignee): Promise<AssigneeColumns | undefined> {
  switch (assignee.kind) {
    case 'member': {
      const row = await trx.query.selectFrom('membership').select('id').where('tenant_id', '=', trx.tenantId).where('id', '=', assignee.membershipId)
        .where('status', '<>', 'ended').forKeyShare().executeTakeFirst()
      return row === undefined ? undefined : { membership_id: row.id }
    }
    case 'role': {
      const row = await trx.query.selectFrom('role').select('id').where('tenant_id', '=', trx.tenantId).where('name', '=', assignee.role).forKeyShare().executeTakeFirst()
      return row === undefined ? undefined : { role_id: row.id }
    }
    case 'unit': {
      const row = await trx.query.selectFrom('unit').select('id').where('tenant_id', '=', trx.tenantId).where('code', '=', assignee.unit).forKeyShare().executeTakeFirst()
      return row === undefined ? undefined : { unit_id: row.id }
    }
  }
}

/** The new line's id; null when the app is assigned so already. */
export async function insertAssignment(trx: TenantTrx, clientId: string, assignee: AssigneeColumns): Promise<string | null> {
  const row = await trx.query
    .insertInto('client_assignment')
    .values({ tenant_id: trx.tenantId, id: newId(), client_id: clientId, ...assignee })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** The apps that one unit was given are the other's from now on, unless it has them; says which moved. */
export async function moveUnitAssignments(trx: TenantTrx, { from, to }: { readonly from: string; readonly to: string }): Promise<readonly string[]> {
  const had = trx.query.selectFrom('client_assignment').select('client_id').where('tenant_id', '=', trx.tenantId).where('unit_id', '=', to)
  const moved = await trx.query.updateTable('client_assignment').set({ unit_id: to })
    .where('tenant_id', '=', trx.tenantId).where('unit_id', '=', from).where('client_id', 'not in', had).returning('client_id').execute()
  return moved.map(({ client_id }) => client_id).sort()
}

/** False when it is gone already. */
export async function deleteAssignment(trx: TenantTrx, clientId: string, assignmentId: string): Promise<boolean> {
  const result = await trx.query.deleteFrom('client_assignment')
    .where('tenant_id', '=', trx.tenantId).where('client_id', '=', clientId).where('id', '=', assignmentId).executeTakeFirst()
  return result.numDeletedRows === 1n
}
