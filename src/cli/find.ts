/**
 * How people name things on the command line: a tenant by its subdomain, an account by address, staff number or id.
 * A name that nobody has is a wrong call, told in one line.
 */
import type { Databases } from '../base/db.ts'
import { parseTenantId, type TenantId } from '../base/ids.ts'
import { accountIdOf } from '../operations/account-names.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { UsageError } from './fail.ts'

export async function tenantNamed(databases: Databases, subdomain: string): Promise<TenantId> {
  const tenant = await findTenantBySubdomain(databases.engine, subdomain)
  if (tenant === undefined) throw new UsageError(`There is no tenant ${subdomain}: \`tegata tenant list\` shows them.`)
  return parseTenantId(tenant.id)
}

export async function accountNamed(databases: Databases, name: string): Promise<string> {
  const accountId = await accountIdOf(databases, name)
  if (accountId === undefined) throw new UsageError(`There is no account ${name}: \`tegata account list\` shows them; a staff number is named with its tenant, S-0142@sakura.`)
  return accountId
}
