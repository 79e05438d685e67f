/**
 * The cast of these rooms' tests, made through the same commands that people use: Alice administers Sakura, Bob is on her
 * staff, Charlie belongs to Midori and gets nothing of Sakura's. One real database and one real password checker per file.
 */
import { createAttempts, type AttemptLimits, type Attempts } from '../../src/accounts/attempts.ts'
import type { CheckPasswordDeps, PasswordAttempt } from '../../src/accounts/check-password.ts'
import { createAccount } from '../../src/accounts/create-account.ts'
import { createHashPool, type HashPool } from '../../src/accounts/hash-pool.ts'
import { createPasswordRules } from '../../src/accounts/password-rules.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { AccountId, MembershipId, TenantId } from '../../src/base/ids.ts'
import { createLogger } from '../../src/base/log.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { addMember } from '../../src/members/add-member.ts'
import { firstRoles } from '../../src/members/first-roles.ts'
import { createTenant } from '../../src/tenants/create-tenant.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'

export const password = 'correct horse battery'
/** One for all tests of a file: it loads its word lists once. */
export const passwords = createPasswordRules()
export const by = { actor: null, origin: noOrigin } as const

export interface Person { readonly accountId: AccountId; readonly membershipId: MembershipId; readonly tenantId: TenantId }

export interface House {
  readonly test: TestDatabase
  readonly hashes: HashPool
  readonly sakura: TenantId
  readonly midori: TenantId
  readonly alice: Person
  readonly bob: Person
  readonly charlie: Person
  close(): Promise<void>
}

/** Throws where a command said no, so that a test's preparation cannot go wrong unseen. */
export async function must<T extends { readonly ok: boolean }>(result: Promise<T>): Promise<Extract<T, { readonly ok: true }>> {
  const answer = await result
  const isOk = (value: T): value is Extract<T, { readonly ok: true }> => value.ok
  if (isOk(answer)) return answer
  throw new Error(`refused: ${JSON.stringify(answer)}`)
}

export async function buildHouse(): Promise<House> {
  const test = await createDatabase()
  const hashes = createHashPool({ workers: 2, queueLimit: 64, log: createLogger({ level: 'silent', debug: false }) })
  const { databases } = test
  const { tenantId: sakura } = await must(createTenant({ databases, firstRoles }, { name: '医療法人さくら会', subdomain: 'sakura', kind: 'hospital_group', units: [{ code: 'nursing', name: '看護部門', kind: 'department' }], ...by }))
  const { tenantId: midori } = await must(createTenant({ databases, firstRoles }, { name: 'みどり整骨院', subdomain: 'midori', kind: 'clinic', ...by }))
  const person = async (name: string, place: { tenantId: TenantId; role: string; employeeNumber: string; units?: string[] }): Promise<Person> => {
    const { accountId } = await must(createAccount({ databases, hashes, passwords }, { email: `${name}@example.com`, emailVerified: true, familyName: '試験', givenName: name, password, ...by }))
    const { membershipId } = await must(addMember({ databases }, { ...place, accountId, ...by }))
    return { accountId, membershipId, tenantId: place.tenantId }
  }
  return {
    test, hashes, sakura, midori,
    alice: await person('alice', { tenantId: sakura, role: 'Admin', employeeNumber: 'S-0001' }),
    bob: await person('bob', { tenantId: sakura, role: 'STAFF', employeeNumber: 'S-0002', units: ['nursing'] }),
    charlie: await person('charlie', { tenantId: midori, role: 'therapist', employeeNumber: 'S-0002' }),
    async close() {
      await hashes.close()
      await test.close()
    },
  }
}

export interface EventLine {
  readonly type: string
  readonly outcome: string
  readonly subject: string | null
  readonly reason: string | null
  readonly tenant_id: string | null
  readonly before: unknown
  readonly after: unknown
  readonly ip: string | null
}

/** What the log says about a subject (null: about nobody), oldest first. */
export async function eventsAbout(test: TestDatabase, subject: string | null): Promise<readonly EventLine[]> {
  return asSuperuser(test.adminUrl, async (admin) => {
    const found = await admin.query<EventLine>(
      'select type, outcome, subject, reason, tenant_id, before, after, host(ip) as ip from event where subject is not distinct from $1 order by id', [subject])
    return found.rows
  })
}

export interface CountedDeps extends CheckPasswordDeps {
  readonly work: string[]
  readonly attempts: Attempts
}

/** The parts that checkPassword needs, with a count of what the password checker was asked to do. */
export function signInDeps(house: Pick<House, 'test' | 'hashes'>, limits?: AttemptLimits): CountedDeps {
  const work: string[] = []
  const { hashes } = house
  return {
    databases: house.test.databases,
    clock: systemClock,
    attempts: createAttempts({ databases: house.test.databases, masterKey: house.test.masterKey, ...(limits === undefined ? {} : { limits }) }),
    work,
    hashes: {
      verify: (phc, text) => (work.push('verify'), hashes.verify(phc, text)),
      verifyDummy: (text) => (work.push('verifyDummy'), hashes.verifyDummy(text)),
      hash: (text) => (work.push('hash'), hashes.hash(text)),
    },
  }
}

/** Moves the failures and locks of a database back in time, as if so many seconds had passed since. */
export async function passTime(test: Pick<TestDatabase, 'adminUrl'>, seconds: number): Promise<void> {
  await asSuperuser(test.adminUrl, (admin) => admin.query('update attempt set expire = expire - $1::bigint', [seconds * 1000]))
}

/** An attempt from `ip`, right password unless told. */
export function attemptBy(identifier: string, ip: string, more: Partial<PasswordAttempt> = {}): PasswordAttempt {
  return { identifier, password, tenantHint: null, deviceId: null, clientId: 'karte', origin: { ip, userAgent: 'test', requestId: null }, ...more }
}
