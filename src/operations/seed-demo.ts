/**
 * Puts into the database what must be there before the first request: our own API always, the demo once.
 * Invariants: safe at every start and from several processes; the demo is all there or not at all (one transaction), and
 * what people changed in it since is left as it is, but for what the example products need: addresses that follow PORT, and scopes.
 */
import type { Config } from '../base/config.ts'
import { sha256, type MasterKey } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { noOrigin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { createAccountIn } from '../accounts/create-account.ts'
import type { HashPool } from '../accounts/hash-pool.ts'
import { insertOperator } from '../accounts/queries.ts'
import { createTenantIn } from '../tenants/create-tenant.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { addMemberIn } from '../members/add-member.ts'
import { firstRoles } from '../members/first-roles.ts'
import { planClient } from '../apps/client.ts'
import { insertApi, lockApi, lockClient, updateApiScopes, updateClient } from '../apps/queries.ts'
import { registerApiIn } from '../apps/register-api.ts'
import { registerPlannedClient } from '../apps/register-client.ts'
import { ownApiIdentifier } from '../oidc/authenticate.ts'
import { demoApi, demoClients, demoPassword, demoPeople, demoTenants, type DemoPerson } from './demo.ts'
import { lockSeeding } from './queries.ts'

const bySystem = { actor: null, origin: noOrigin } as const

/** Scopes of our own API; its tokens are opaque, so they die at once (design §4). */
export const ownApiScopes = [
  'members:read', 'members:write', 'tenant:read', 'tenant:write', 'apps:read', 'apps:write', 'audit:read', 'account:read', 'account:write', 'platform:read', 'platform:write',
] as const

/** Makes our own API known as a resource, or brings its scopes up to this version's. */
export async function ensureOwnApi(deps: { readonly databases: Databases }, config: Pick<Config, 'issuer'>): Promise<void> {
  const identifier = ownApiIdentifier(config.issuer)
  const columns = { identifier, name: 'Tegata', scopes: ownApiScopes, access_token_ttl_seconds: 300, access_token_format: 'opaque' } as const
  await deps.databases.inEngine(async (trx) => {
    if (await insertApi(trx, columns)) return record(trx, { ...bySystem, type: 'api.registered', outcome: 'success', subject: identifier, after: columns })
    return ensureScopes(trx, identifier, ownApiScopes)
  })
}

/** Adds the scopes that an older version did not know; those that somebody else added stay. */
async function ensureScopes(trx: EngineTrx, identifier: string, wanted: readonly string[]): Promise<void> {
  const stored = await lockApi(trx, identifier)
  if (stored === undefined || wanted.every((scope) => stored.scopes.includes(scope))) return
  const scopes = [...new Set([...wanted, ...stored.scopes])]
  await updateApiScopes(trx, identifier, scopes)
  const change = { before: { scopes: stored.scopes }, after: { scopes } }
  await record(trx, { ...bySystem, ...change, type: 'api.registered', outcome: 'success', subject: identifier })
}

export interface SeedDeps {
  readonly databases: Databases
  readonly hashes: Pick<HashPool, 'hash'>
  readonly masterKey: MasterKey
}

/** Seeds the demo where the tenant sakura does not exist yet; returns whether it did. */
export async function seedDemo(deps: SeedDeps, config: Pick<Config, 'port'>): Promise<boolean> {
  const isNew = (await findTenantBySubdomain(deps.databases.engine, 'sakura')) === undefined
  // Hashing is slow on purpose and stays out of the transaction; each account has a salt of its own.
  // One after the other, so that the smallest queue is enough.
  const people: { person: DemoPerson; phc: string }[] = []
  for (const person of isNew ? demoPeople : []) people.push({ person, phc: await deps.hashes.hash(demoPassword) })
  return deps.databases.inEngine(async (trx) => {
    await lockSeeding(trx)
    const seeds = isNew && (await findTenantBySubdomain(trx.query, 'sakura')) === undefined
    if (seeds) {
      const tenants = await seedTenants(trx)
      for (const { person, phc } of people) await seedPerson(trx, { person, phc, tenants })
      await expectOk(registerApiIn(trx, demoApi, bySystem))
    }
    await ensureScopes(trx, demoApi.identifier, demoApi.scopes)
    await seedClients(trx, deps.masterKey, config)
    return seeds
  })
}

type DemoTenants = Readonly<Record<keyof typeof demoTenants, TenantId>>

async function seedTenants(trx: EngineTrx): Promise<DemoTenants> {
  const create = async (subdomain: keyof typeof demoTenants) => {
    const { tenantId } = await expectOk(createTenantIn(trx, firstRoles, { ...demoTenants[subdomain], subdomain, ...bySystem }))
    return tenantId
  }
  return { sakura: await create('sakura'), midori: await create('midori') }
}

async function seedPerson(trx: EngineTrx, { person, phc, tenants }: { person: DemoPerson; phc: string; tenants: DemoTenants }): Promise<void> {
  const { memberships, operator, ...names } = person
  const { accountId } = await expectOk(createAccountIn(trx, { ...names, ...bySystem, emailVerified: true, locale: 'ja', phc }))
  if (operator) await insertOperator(trx, accountId)
  for (const { tenant, ...membership } of memberships) {
    await expectOk(addMemberIn(trx, { ...membership, ...bySystem, tenantId: tenants[tenant], accountId }))
  }
}

async function seedClients(trx: EngineTrx, masterKey: MasterKey, config: Pick<Config, 'port'>): Promise<void> {
  for (const { input, secret } of demoClients(config, masterKey)) {
    const planned = planClient(input)
    if (!planned.ok) throw new Error(`the demo app ${input.name} is not valid: ${planned.problems.join(' ')}`)
    const clientId = input.clientId ?? ''
    const stored = await lockClient(trx, clientId)
    if (stored === undefined) {
      await expectOk(registerPlannedClient(trx, { ...planned.plan, secret }, bySystem))
      continue
    }
    const { metadata } = planned.plan
    if (sameJson(stored.metadata, metadata) && stored.secret_hash === sha256(secret)) continue
    await updateClient(trx, clientId, { metadata, secret_hash: sha256(secret) })
    const change = { before: { metadata: stored.metadata }, after: { metadata } }
    await record(trx, { ...bySystem, ...change, type: 'client.updated', outcome: 'success', subject: clientId, clientId })
  }
}

/** What the demo needs cannot be refused; if it is, the whole transaction goes back. */
async function expectOk<T extends { readonly ok: boolean }>(result: Promise<T>): Promise<T & { readonly ok: true }> {
  const answer = await result
  if (isOk(answer)) return answer
  throw new Error(`the demo could not be seeded: ${'reason' in answer ? String(answer.reason) : 'refused'}`)
}

function isOk<T extends { readonly ok: boolean }>(answer: T): answer is T & { readonly ok: true } {
  return answer.ok
}

/** jsonb gives members back in another order. */
function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)])
}
