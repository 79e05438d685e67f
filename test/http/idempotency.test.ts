/** A request that is sent again is carried out once: on a real database, which decides between two at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { generateMasterKey, MasterKey } from '../../src/base/crypto.ts'
import { endpoint, refusal, type Authenticate } from '../../src/http/endpoint.ts'
import { createIdempotency } from '../../src/http/idempotency.ts'
import { deleteStaleKeys } from '../../src/http/queries.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { start, type Answer, type Send } from './harness.ts'

let test: TestDatabase
beforeAll(async () => { test = await createDatabase() })
afterAll(() => test.close())

const authenticate: Authenticate = (ctx) =>
  Promise.resolve({ accountId: ctx.get('Authorization'), clientId: 'karte', tenantId: null, membershipId: null, permissions: [], scopes: [], platform: null, breakGlassId: null, authentication: null })

/** What was really done, in order; what is named `slow` waits for `go`. */
let done: string[]
let go: () => void
let gone: Promise<void>
beforeEach(() => {
  done = []
  gone = new Promise((resolve) => { go = resolve })
})

const create = endpoint({
  method: 'POST', path: '/api/v1/things', access: {}, status: 201, idempotent: true, body: z.strictObject({ name: z.string() }), response: z.object({ name: z.string(), secret: z.string() }), summary: 'Makes a thing.',
  async handle({ body: { name } }) {
    done.push(name)
    if (name.startsWith('slow')) await gone
    if (name === 'taken') return refusal(409, 'name_taken')
    if (name === 'fault' && done.length === 1) throw new Error('The disk is full.')
    return { status: 201, body: { name, secret: `secret-${done.length}` }, headers: { Location: `/api/v1/things/${name}` } }
  },
})

async function sendTo(): Promise<Send> {
  const { send } = await start({ doors: [create], authenticate, idempotency: createIdempotency({ databases: test.databases, masterKey }) })
  return send
}
const masterKey = MasterKey.fromText(generateMasterKey('development'))
const asking = (send: Send) => (name: string, key: string | null, who = 'alice') =>
  send('/api/v1/things', { method: 'POST', body: JSON.stringify({ name }), headers: { authorization: who, 'content-type': 'application/json', ...(key === null ? {} : { 'idempotency-key': key }) } })
const reason = ({ status, body }: Answer) => [status, z.looseObject({ reason: z.string() }).parse(JSON.parse(body)).reason]
const sql = (text: string) => asSuperuser(test.adminUrl, (admin) => admin.query(text))

describe('a request with an Idempotency-Key', () => {
  it('is answered again as before, and done once', async () => {
    const ask = asking(await sendTo())
    const [first, again] = [await ask('one', 'k-1'), await ask('one', 'k-1')]
    expect([first.status, again.status, again.body, again.headers.location, again.headers['content-type']]).toEqual([201, 201, first.body, '/api/v1/things/one', first.headers['content-type']])
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed'], done]).toEqual([undefined, 'true', ['one']])
    expect(reason(await ask('taken', 'k-2'))).toEqual(reason(await ask('taken', 'k-2')))
    expect(done).toEqual(['one', 'taken'])
    expect(JSON.stringify((await sql('select * from idempotency_key')).rows)).not.toContain('secret-1')
  })

  it('is its caller’s alone, and of that one request', async () => {
    const ask = asking(await sendTo())
    await ask('two', 'k-3')
    expect((await ask('two', 'k-3', 'bob')).status).toBe(201)
    expect(reason(await ask('other', 'k-3'))).toEqual([422, 'idempotency_key_reused'])
    await ask('two', null)
    expect(done).toEqual(['two', 'two', 'two'])
  })

  it('is carried out once where two come at the same moment', async () => {
    const ask = asking(await sendTo())
    const both = [ask('slow', 'k-4'), ask('slow', 'k-4')]
    const loser = await Promise.race(both)
    expect([reason(loser), loser.headers['retry-after']]).toEqual([[409, 'idempotency_in_progress'], '1'])
    go()
    expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect([(await ask('slow', 'k-4')).headers['idempotency-replayed'], done]).toEqual(['true', ['slow']])
  })

  it('counts anew after a fault of ours, and where the first was cut off', async () => {
    const ask = asking(await sendTo())
    expect([(await ask('fault', 'k-5')).status, (await ask('fault', 'k-5')).status, done]).toEqual([500, 201, ['fault', 'fault']])
    await sql(`update idempotency_key set sealed_answer = null, created_at = now() - interval '30 seconds' where key = 'k-5'`)
    expect(reason(await ask('fault', 'k-5'))).toEqual([409, 'idempotency_in_progress'])
    await sql(`update idempotency_key set created_at = now() - interval '61 seconds' where key = 'k-5'`)
    expect([(await ask('fault', 'k-5')).status, done.length]).toEqual([201, 3])
  })

  it('is forgotten after a day', async () => {
    const ask = asking(await sendTo())
    await ask('old', 'k-6')
    await sql(`update idempotency_key set created_at = now() - interval '25 hours' where key = 'k-6'`)
    await ask('new', 'k-6')
    expect(done).toEqual(['old', 'new'])
    await sql(`update idempotency_key set created_at = now() - interval '25 hours' where key <> 'k-6'`)
    const kept = async () => (await test.databases.engine.selectFrom('idempotency_key').select('key').execute()).map(({ key }) => key)
    expect([await deleteStaleKeys(test.databases.engine, 2), await deleteStaleKeys(test.databases.engine, 100) > 0, await kept()]).toEqual([2, true, ['k-6']])
  })

  it.each(['', ' ', 'é', 'x'.repeat(256)])('is refused with the key %j', async (key) => {
    const answer = await asking(await sendTo())('x', key)
    expect([reason(answer), JSON.parse(answer.body), done]).toMatchObject([[400, 'invalid_request'], { errors: [{ in: 'header', pointer: '/Idempotency-Key' }] }, []])
  })
})
