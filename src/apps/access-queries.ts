/**
 * Who may use which app, said once in SQL: the token path's reads and the commands of this room ask the same words.
 * Invariant: without a row an app that is open to every tenant is open to everybody in it; our own pages are never restricted.
 */

/**
 * Why the membership `m` may not use the app `c`, or null. A unit stands for all below it: `m.groups` holds the codes of the
 * member's units and of everything above them.
 */
export const appRefusal = `case when c.id is null or c.built_in then null
  else case coalesce((select tc.access from tenant_client tc where tc.tenant_id = m.tenant_id and tc.client_id = c.id), case c.open_to when 'every_tenant' then 'everyone' end)
    when 'everyone' then null
    when 'assigned' then case when exists (select 1 from client_assignment ca left join unit au on au.tenant_id = ca.tenant_id and au.id = ca.unit_id
      where ca.tenant_id = m.tenant_id and ca.client_id = c.id and (ca.membership_id = m.id or ca.role_id = m.role_id or au.code = any(m.groups))) then null else 'app_not_assigned' end
    else 'app_not_used' end end`
