/**
 * A client that knows nothing of us but our own description, and sends whatever that allows to every door: as Misaki, who administers
 * Sakura, and as Minoru of Midori, who gets nothing of Sakura's however they ask. Every answer must be one that the description promises.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asSuperuser } from '../helpers/database.ts'
import { tokensFor } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { checkOf, operationsOf, promisedAnswer, readDescription, valuesOf, type Description, type Operation } from './from-schema.ts'

const requestsPerDoor = 10
const doorsAtOnce = 4
/** What JSON Schema has no words for; the description says it in ours. */
const beyondSchema = ['must name a field other than units once', 'only a role can be mapped to other names']
let tegata: Tegata
let description: Description
let operations: readonly Operation[]
/** Who asks; a name that stands in no other tenant. */
const people = { misaki: 'misaki@example.com', minoru: 'minoru@example.com', hanako: 'hanako@example.com', operator: 'operator@example.com' } as const
const tenantOf: Readonly<Record<Who, string | null>> = { misaki: 'sakura', minoru: 'midori', hanako: 'sakura', operator: null }
type Who = keyof typeof people
const tokens = new Map<Who, string>()
/** Ids of Sakura's, by the parameter or member that they may stand in. */
let known: Readonly<Record<string, readonly string[]>>
let secrets: readonly string[]
let before: unknown
/** Tenants as people find them, whatever was changed meanwhile. */
let subdomains: Readonly<Record<string, string>>

const sql = async (text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> => asSuperuser(tegata.database.adminUrl, async (admin) => (await admin.query<Record<string, unknown>>(text, [...values])).rows)
const column = async (text: string) => (await sql(text)).map((row) => String(Object.values(row)[0]))

beforeAll(async () => {
  tegata = await startTegata()
  description = readDescription(await (await fetch(`${tegata.issuer}/api/v1/openapi.json`)).text())
  operations = operationsOf(description)
  await sql('update api set access_token_ttl_seconds = 3600')
  const ofSakura = (table: string, what = 'id') => column(`select ${what} from ${table} x join tenant t on t.id = x.tenant_id where t.subdomain = 'sakura'`)
  const [members, roles, units] = [await ofSakura('membership', 'x.id'), await ofSakura('role', 'x.id'), await ofSakura('unit', 'x.id')]
  const clients = await column('select id from client')
  known = { membership_id: members, cursor: members, invited_by: members, role_id: roles, unit_id: units, parent_id: units, merged_unit_id: units, client_id: clients, 'X-Tenant-ID': ['sakura', 'midori', ...(await column('select id from tenant'))] }
  subdomains = Object.fromEntries((await sql('select id, subdomain from tenant')).map(({ id, subdomain }) => [String(id), String(subdomain)]))
  before = await untouched()
  secrets = [...members, ...roles, ...units, ...(await column(`select id from tenant where subdomain = 'sakura'`)), 'ken@example.com']
})
afterAll(() => tegata.close())

/** Sakura as its members, roles, units and settings stand. */
const untouched = () => Promise.all(['membership', 'role', 'unit', 'tenant_client'].map((table) => sql(`select x.* from ${table} x join tenant t on t.id = x.tenant_id where t.subdomain = 'sakura' order by 1, 2`)))

async function tokenOf(who: Who): Promise<string> {
  const token = tokens.get(who)
  if (token !== undefined) return token
  for (const [id, subdomain] of Object.entries(subdomains)) {
    await sql(`update tenant set subdomain = $2, mfa_rule = 'off', password_sign_in = true, password_max_age_days = null, session_hours = null where id = $1`, [id, subdomain])
  }
  const scopes = [...new Set(operations.flatMap(({ security }) => security.flatMap((one) => Object.values(one).flat())))]
  const api = `${tegata.issuer}/api/v1`
  const app = await tegata.app({ name: `Client of ${who}`, apiScopes: { [api]: scopes } })
  const tenant = tenantOf[who]
  const scope = ['openid', ...(tenant === null ? [] : ['tenant']), ...scopes].join(' ')
  const { accessToken } = await tokensFor(app, tegata.person(), { email: people[who], ...(tenant === null ? {} : { tenant }), scope, parameters: { resource: api } })
  // Operators act with a second factor only; how they show it is told elsewhere.
  if (who === 'operator') await sql(`update oidc_artifact set payload = jsonb_set(payload, '{extra,acr}', '"phr"') where model = 'AccessToken' and client_id = $1`, [app.options.clientId])
  tokens.set(who, accessToken)
  return accessToken
}

/** Whoever lost their session by what they asked for signs in anew. */
async function stillIn(who: Who): Promise<void> {
  const { status } = await fetch(`${tegata.issuer}/api/v1/me`, { headers: { authorization: `Bearer ${await tokenOf(who)}` } })
  if (status === 401) tokens.delete(who)
}

interface Sent { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }

/** Requests that fit the description; ids are often ones that are there. */
function requestsFor(operation: Operation): fc.Arbitrary<Sent> {
  const valueOf = (name: string, schema: Readonly<Record<string, unknown>>) => {
    const ids = name === 'cursor' && schema['format'] !== 'uuid' ? undefined : known[name]
    const values = valuesOf(description, schema).map((value) => String(value))
    return ids === undefined || ids.length === 0 ? values : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: values })
  }
  const of = (place: string) => {
    const found = operation.parameters.filter((parameter) => parameter.in === place)
    return fc.record(Object.fromEntries(found.map(({ name, schema }) => [name, valueOf(name, schema)])), { requiredKeys: found.filter(({ required }) => required === true).map(({ name }) => name) })
  }
  const schema = operation.requestBody?.content['application/json']?.schema
  const body = schema === undefined ? fc.constant(undefined) : valuesOf(description, schema).chain(withKnownIds)
  return fc.record({ path: of('path'), query: of('query'), headers: of('header'), body }).map(({ path, query, headers, body: sent }) => {
    const filled = Object.entries(path).reduce((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)), operation.path)
    const search = new URLSearchParams(query).toString()
    return { path: search === '' ? filled : `${filled}?${search}`, headers, body: sent }
  })
}

/** The same body, with ids that are there in place of made-up ones, now and then. */
function withKnownIds(body: unknown): fc.Arbitrary<unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return fc.constant(body)
  const better = Object.entries(body).map(([name, value]: [string, unknown]) => {
    const ids = known[name === 'membership_ids' ? 'membership_id' : name]
    if (ids === undefined || value === null) return [name, fc.constant(value)] as const
    return [name, fc.oneof(fc.constant(value), Array.isArray(value) ? fc.subarray([...ids], { minLength: 1, maxLength: Math.min(3, ids.length) }) : fc.constantFrom(...ids))] as const
  })
  return fc.record(Object.fromEntries(better))
}

interface Answered { readonly status: number; readonly text: string }

const problem = z.looseObject({ reason: z.string() })
const checks = new Map<unknown, (body: unknown) => string | null>()

/** Sends it and throws where the answer is none that the description promises. */
async function ask(operation: Operation, who: Who, { path, headers, body }: Sent): Promise<Answered> {
  const response = await fetch(tegata.issuer + path, {
    method: operation.method, signal: AbortSignal.timeout(20_000), headers: { ...headers, authorization: `Bearer ${await tokenOf(who)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answered = `${response.status} ${text.slice(0, 600)}`
  if (response.status >= 500) throw new Error(`a fault of ours: ${answered}`)
  const promised = promisedAnswer(description, operation, response.status)
  if (promised === undefined) throw new Error(`a status that nothing speaks of: ${answered}`)
  if (response.headers.get('ratelimit-limit') === null) throw new Error(`no rate limit: ${answered}`)
  const content = z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional().parse(promised['content'])
  if (content === undefined) {
    if (text !== '') throw new Error(`a body where none is promised: ${answered}`)
    return { status: response.status, text }
  }
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const schema = content[type]?.schema
  if (schema === undefined) throw new Error(`another kind of answer: ${type} ${answered}`)
  if (type === 'text/csv') return { status: response.status, text }
  const check = checks.get(schema) ?? checkOf(description, schema)
  checks.set(schema, check)
  const read: unknown = JSON.parse(text)
  const misfit = check(read)
  if (misfit !== null) throw new Error(`an answer that does not fit: ${misfit} ${answered}`)
  // The description said that this fits.
  if (response.status === 400 && /^(?:invalid_request|malformed_body|malformed_url)$/.test(problem.parse(read).reason) && !beyondSchema.some((rule) => text.includes(rule))) throw new Error(`what was allowed is refused: ${answered}`)
  return { status: response.status, text }
}

/** Their own account, which some of these doors end. */
const isOwn = ({ path }: Operation) => path.startsWith('/api/v1/me/')
const sampleOf = (operation: Operation) => fc.sample(requestsFor(operation), { numRuns: requestsPerDoor, seed: 20_261_201 })

async function faultsOf(operation: Operation, who: Who, look: (answer: Answered, sent: Sent) => string | null): Promise<readonly string[]> {
  const faults: string[] = []
  for (const sent of sampleOf(operation)) {
    try {
      const fault = look(await ask(operation, who, sent), sent)
      if (fault !== null) faults.push(`${operation.operationId} ${JSON.stringify(sent)}: ${fault}`)
    } catch (error) {
      faults.push(`${operation.method} ${operation.path} ${JSON.stringify(sent).slice(0, 600)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  await stillIn(who)
  return faults.slice(0, 3)
}

async function faultsOfAll(some: readonly Operation[], who: Who, look: (answer: Answered, sent: Sent) => string | null): Promise<readonly string[]> {
  await tokenOf(who)
  const waiting = [...some]
  const faults: string[] = []
  await Promise.all(Array.from({ length: doorsAtOnce }, async () => {
    for (let operation = waiting.shift(); operation !== undefined; operation = waiting.shift()) faults.push(...(await faultsOf(operation, who, look)))
  }))
  return faults
}

describe('a client made from our description', () => {
  test('finds every operation under a name of its own', () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    expect(operations.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(['getMembers', 'getMember', 'postMemberSuspend', 'putMemberRole', 'getMeProfile']))
  })

  test('gives the member of another tenant nothing, whatever they ask for', { timeout: 240_000 }, async () => {
    const leak = ({ text }: Answered, sent: Sent) => secrets.find((secret) => text.includes(secret) && !JSON.stringify(sent).includes(secret)) ?? null
    expect(await faultsOfAll(operations.filter((one) => !isOwn(one)), 'minoru', leak)).toEqual([])
    expect(await untouched()).toEqual(before)
  })

  test('gets from every door only what is promised', { timeout: 240_000 }, async () => {
    expect(await faultsOfAll(operations.filter((one) => !isOwn(one)), 'misaki', () => null)).toEqual([])
  })

  test('gets from every door only what is promised, as an operator too', { timeout: 240_000 }, async () => {
    expect(await faultsOfAll(operations.filter((one) => !isOwn(one)), 'operator', () => null)).toEqual([])
  })

  test('gets from the doors of an account only what is promised, until the account is gone', { timeout: 240_000 }, async () => {
    expect(await faultsOfAll(operations.filter(isOwn), 'hanako', () => null)).toEqual([])
  })
})
