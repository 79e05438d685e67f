/** SQL of what ends: token families of a membership, a tenant or an app, and rows whose time is over. */
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { appRefusal } from '../apps/access-queries.ts'
import type { EngineTrx, TenantTrx } from '../base/db.ts'

/** Ends every token family of a membership, inside its tenant's transaction. */
export async function deleteGrantsOfMembership(trx: TenantTrx, membershipId: string): Promise<number> {
  const result = await trx.query.deleteFrom('oidc_grant').where('membership_id', '=', membershipId).executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Ends the token families of an app in a tenant whose members may not use it any more, inside the tenant's transaction. */
export async function deleteGrantsWithoutAccess(trx: TenantTrx, clientId: string): Promise<void> {
  await trx.query.deleteFrom('oidc_grant').where('tenant_id', '=', trx.tenantId).where('client_id', '=', clientId)
    .where(sql<boolean>`exists (select 1 from membership m, client c where m.tenant_id = oidc_grant.tenant_id and m.id = oidc_grant.membership_id
      and c.id = oidc_grant.client_id and ${sql.raw(appRefusal)} is not null)`)
    .execute()
}

/** Ends every token family for a tenant, or of an app, or of both, when it is suspended; they do not come back with it. */
export async function deleteGrantsOf(trx: EngineTrx, of: { readonly tenant_id?: string; readonly client_id?: string }): Promise<void> {
  const { tenant_id: tenantId, client_id: clientId } = of
  if (tenantId === undefined && clientId === undefined) throw new Error('say whose token families end')
  await trx.query.deleteFrom('oidc_grant')
    .$if(tenantId !== undefined, (query) => query.where('tenant_id', '=', tenantId ?? ''))
    .$if(clientId !== undefined, (query) => query.where('client_id', '=', clientId ?? ''))
    .execute()
}

/** Removes up to `limit` rows of each kind that have expired; returns how many went. */
export async function deleteExpired(pool: Pool, limit: number): Promise<number> {
  const result = await pool.query<{ n: number }>({
    name: 'delete_expired',
    text: `with artifacts as (delete from oidc_artifact where id in
        (select id from oidc_artifact where expires_at < now() - interval '1 minute' order by expires_at limit $1 for update skip locked) returning 1),
      grants as (delete from oidc_grant where id in
        (select id from oidc_grant where expires_at < now() order by expires_at limit $1 for update skip locked) returning 1),
      orphans as (delete from oidc_grant where id in
        (select g.id from oidc_grant g where not g.offline and g.created_at < now() - interval '1 hour' and g.session_uid is not null
          and not exists (select 1 from session s where s.uid = g.session_uid) limit $1 for update skip locked) returning 1),
      sessions as (delete from session where uid in
        (select uid from session where expires_at < now() order by expires_at limit $1 for update skip locked) returning 1)
      select (select count(*) from artifacts) + (select count(*) from grants) + (select count(*) from orphans)
        + (select count(*) from sessions) as n`,
    values: [limit],
  })
  return result.rows[0]?.n ?? 0
}
