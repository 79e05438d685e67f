/**
 * How people name things on the command line: a tenant by its subdomain, an account by address or id.
 * A name that nobody has is a wrong call, told in one line.
 */
import { findAccountByEmail, findAccountById } from '../accounts/queries.ts'
import { normaliseEmail } from '../accounts/identifier.ts'
import type { Databases } from '../base/db.ts'
import { parseTenantId, type TenantId } from '../base/ids.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { UsageError } from './fail.ts'

export async function tenantNamed(databases: Databases, subdomain: string): Promise<TenantId> {
  const tenant = await findTenantBySubdomain(databases.engine, subdomain)
  if (tenant === undefined) throw new UsageError(`There is no tenant ${subdomain}: \`tegata tenant list\` shows them.`)
  return parseTenantId(tenant.id)
}

export async function accountNamed(databases: Databases, name: string): Promise<string> {
  const email = normaliseEmail(name)
  const account = email === null ? await findAccountById(databases.engine, name) : await findAccountByEmail(databases.engine, email)
  if (account === undefined) throw new UsageError(`There is no account ${name}: \`tegata account list\` shows them.`)
  return account.id
}
