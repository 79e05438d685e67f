/** SQL of a request that names its tenant: whether an app may act there for a member, and whether an operator is inside by break-glass. */
import type { Pool } from 'pg'

export interface NamedTenant {
  readonly id: string
  /** The running break-glass of this account there. */
  readonly break_glass_id: string | null
}

/** The tenant of this id or subdomain, whatever its status. */
export async function findNamedTenant(pool: Pool, named: { readonly id: string | null; readonly subdomain: string; readonly accountId: string | null }): Promise<NamedTenant | undefined> {
  const result = await pool.query<NamedTenant>({
    name: 'named_tenant',
    text: `select t.id, (select b.id from break_glass b where b.tenant_id = t.id and b.account_id = $3 and b.ended_at is null and b.expires_at > now()
        order by b.expires_at desc limit 1) as break_glass_id
      from tenant t where t.id = $1 or t.subdomain = $2`,
    values: [named.id, named.subdomain, named.accountId],
  })
  return result.rows[0]
}

/** Whether the tenant lets this member use the app; by member, by role, or by unit with everything below it where it lists them. */
export async function isAppOpenTo(pool: Pool, { clientId, membershipId }: { readonly clientId: string; readonly membershipId: string }): Promise<boolean> {
  const result = await pool.query<{ open: boolean }>({
    name: 'app_open_to_member',
    text: `select case coalesce(tc.access, case c.open_to when 'every_tenant' then 'everyone' else 'nobody' end)
        when 'everyone' then true
        when 'assigned' then exists (select 1 from client_assignment a where a.tenant_id = m.tenant_id and a.client_id = c.id and (a.membership_id = m.id or a.role_id = m.role_id
          or exists (select 1 from unit au, membership_unit mu join unit u on u.tenant_id = mu.tenant_id and u.id = mu.unit_id
            where au.tenant_id = a.tenant_id and au.id = a.unit_id and mu.tenant_id = m.tenant_id and mu.membership_id = m.id
              and u.code_path[: cardinality(au.code_path)] = au.code_path)))
        else false end as open
      from membership m join client c on c.id = $1 and (c.tenant_id is null or c.tenant_id = m.tenant_id)
      left join tenant_client tc on tc.tenant_id = m.tenant_id and tc.client_id = c.id
      where m.id = $2`,
    values: [clientId, membershipId],
  })
  return result.rows[0]?.open === true
}
