/**
 * How people name things on the command line: a tenant by its subdomain, an account by address, staff number or id.
 * A name that nobody has is a wrong call, told in one line.
 */
import { findAccountByEmail, findAccountById, findSignInByStaffNumber } from '../accounts/queries.ts'
import { parseIdentifier } from '../accounts/identifier.ts'
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
  const account = await findAccount(databases, name)
  if (account === undefined) throw new UsageError(`There is no account ${name}: \`tegata account list\` shows them; a staff number is named with its tenant, S-0142@sakura.`)
  return account.id
}

async function findAccount({ engine }: Databases, name: string): Promise<{ readonly id: string } | undefined> {
  const identifier = parseIdentifier(name)
  if (identifier.kind === 'email') return findAccountByEmail(engine, identifier.email)
  if (identifier.kind !== 'staff_number' || identifier.subdomain === null) return findAccountById(engine, name)
  return findSignInByStaffNumber(engine, { number: identifier.number, subdomain: identifier.subdomain })
}
