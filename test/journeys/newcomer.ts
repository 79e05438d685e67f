/**
 * People and tenants of their own, for journeys that change them: those of the demo are there once, and a file's journeys share them.
 * A newcomer has the demo's password.
 */
import { createAccountIn } from '../../src/accounts/create-account.ts'
import { parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { addMemberIn } from '../../src/members/add-member.ts'
import { firstRoles } from '../../src/members/first-roles.ts'
import { changeSignInRules } from '../../src/tenants/change-sign-in-rules.ts'
import type { SignInRules } from '../../src/tenants/sign-in-rules.ts'
import { createTenant } from '../../src/tenants/create-tenant.ts'
import { findTenantBySubdomain } from '../../src/tenants/queries.ts'
import type { Demo } from '../helpers/demo.ts'

export interface Newcomer {
  readonly accountId: string
  readonly email: string
}

interface Wishes {
  readonly locale?: 'ja' | 'en'
  readonly memberships?: readonly { readonly tenant: string; readonly role: string }[]
}

const bySystem = { actor: null, origin: noOrigin } as const
const onTheStaff = [{ tenant: 'sakura', role: 'STAFF' }] as const
let made = 0

/** On the staff of Sakura, and Japanese, unless told. */
export async function newcomer({ databases }: Demo, { locale = 'ja', memberships = onTheStaff }: Wishes = {}): Promise<Newcomer> {
  made += 1
  const [email, givenName] = [`newcomer-${made}@example.com`, `第${made}`]
  // Hashing is slow on purpose, and everybody in the demo has the same password.
  const { phc } = await databases.engine.selectFrom('factor_password').select('phc').limit(1).executeTakeFirstOrThrow()
  return databases.inEngine(async (trx) => {
    const created = await createAccountIn(trx, { ...bySystem, email, emailVerified: true, familyName: '新人', givenName, locale, phc })
    if (!created.ok) throw new Error(`no newcomer: ${created.reason}`)
    const { accountId } = created
    for (const { tenant, role } of memberships) {
      const found = await findTenantBySubdomain(trx.query, tenant)
      const added = found === undefined ? { ok: false, reason: 'no such tenant' } as const : await addMemberIn(trx, { ...bySystem, tenantId: parseTenantId(found.id), accountId, role })
      if (!added.ok) throw new Error(`no membership in ${tenant}: ${added.reason}`)
    }
    return { accountId, email }
  })
}

/** A clinic; returns its subdomain. */
export async function newTenant({ databases }: Demo, rules: Partial<SignInRules> = {}): Promise<string> {
  made += 1
  const subdomain = `clinic-${made}`
  const created = await createTenant({ databases, firstRoles }, { ...bySystem, name: `第${made}診療所`, subdomain, kind: 'clinic' })
  if (!created.ok) throw new Error(`no tenant: ${created.reason}`)
  const changed = await changeSignInRules({ databases }, { ...bySystem, tenantId: created.tenantId, rules })
  if (!changed.ok) throw new Error(`no rules: ${changed.reason}`)
  return subdomain
}
