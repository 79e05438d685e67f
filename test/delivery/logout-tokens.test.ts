/** Logout tokens from the end of a session to an app's own endpoint, over the real relay, job runner and HTTP. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/base/log.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { logoutTokenSubscriber, logoutTokenTask, type SignLogoutToken } from '../../src/delivery/logout-tokens.ts'
import { startJobs, type Jobs } from '../../src/events/jobs.ts'
import { record } from '../../src/events/record.ts'
import { startRelay, type Relay } from '../../src/events/relay.ts'
import { asSuperuser, createDatabase, type TestDatabase } from '../helpers/database.ts'
import { deliver } from '../helpers/deliver.ts'
import { eventually } from '../helpers/eventually.ts'

interface Received { readonly path: string; readonly type: string | undefined; readonly token: string }

const log = createLogger({ level: 'silent', debug: false })
const issuer = 'http://localhost:3000'
let db: TestDatabase
let relay: Relay
let jobs: Jobs
let app: Server
let received: Received[]
let answer: (response: ServerResponse) => void
const keys = await generateKeyPair('ES256')
const sign: SignLogoutToken = (claims, header) => new SignJWT({ ...claims }).setProtectedHeader({ ...header, alg: 'ES256' }).sign(keys.privateKey)

beforeAll(async () => {
  app = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? '', type: request.headers['content-type'], token: new URLSearchParams(body).get('logout_token') ?? '' })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => { app.listen(0, '127.0.0.1', resolve) })
  db = await createDatabase()
  const address = app.address()
  const origin = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  await db.databases.engine.insertInto('client').values([
    { id: 'karte', name: 'Karte', metadata: JSON.stringify({ backchannel_logout_uri: `${origin}/karte`, id_token_signed_response_alg: 'ES256' }) },
    { id: 'koe', name: 'Koe', metadata: JSON.stringify({ backchannel_logout_uri: `${origin}/koe` }) },
    { id: 'quiet', name: 'Has no endpoint', metadata: '{}' },
  ]).execute()
  relay = startRelay({ databases: db.databases, subscribers: [logoutTokenSubscriber], log, pollMs: null })
  await relay.runOnce()
  jobs = await startJobs({ databases: db.databases, log, concurrency: 4, tasks: {
    send_logout_token: logoutTokenTask({ databases: db.databases, config: { issuer, mode: 'test' }, log, sign }),
  } })
})
afterAll(async () => {
  await jobs.stop()
  app.closeAllConnections()
  await new Promise((resolve) => { app.close(resolve) })
  await db.close()
})
beforeEach(() => {
  received = []
  answer = (response) => response.end()
})

const endSession = async (clients: readonly { client_id: string; sid: string | null }[], type: 'session.ended' | 'session.left' = 'session.ended') => {
  await db.databases.inEngine((trx) => record(trx, { type, outcome: 'success', subject: 'session-1', origin: noOrigin, after: { sub: 'alice', clients } }))
  await deliver(relay, 1)
}
const outcomes = async (since: Date) => (await db.databases.engine.selectFrom('event').select(['type', 'client_id', 'reason', 'sid'])
  .where('type', 'like', 'logout_token.%').where('occurred_at', '>=', since).orderBy('id').execute())
const now = async () => (await db.databases.enginePool.query<{ now: Date }>('select now()')).rows[0]?.now ?? new Date(0)
const dueNow = () => asSuperuser(db.adminUrl, (admin) => admin.query(
  `with due as (update job._private_jobs set run_at = now() where locked_at is null) select pg_notify('jobs:insert', '{"count":1}')`))

describe('a logout token', () => {
  it('reaches every app of the session that has an endpoint, and says what the specification asks for', async () => {
    const since = await now()
    await endSession([{ client_id: 'karte', sid: 'sid-karte' }, { client_id: 'koe', sid: 'sid-koe' }, { client_id: 'quiet', sid: 'sid-quiet' }])
    await eventually(() => outcomes(since)).toHaveLength(2)
    expect(received.map(({ path }) => path).sort()).toEqual(['/karte', '/koe'])
    const karte = received.find(({ path }) => path === '/karte')
    expect(karte?.type).toBe('application/x-www-form-urlencoded')
    const jwks = createLocalJWKSet({ keys: [await exportJWK(keys.publicKey)] })
    const { payload, protectedHeader } = await jwtVerify(karte?.token ?? '', jwks, { issuer, audience: 'karte', typ: 'logout+jwt', requiredClaims: ['jti', 'iat', 'exp'] })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({ sub: 'alice', sid: 'sid-karte', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })
    expect(payload).not.toHaveProperty('nonce')
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120)
    expect(await outcomes(since)).toContainEqual({ type: 'logout_token.sent', client_id: 'karte', reason: null, sid: 'sid-karte' })
  })

  it('is also sent when a person leaves one app only', async () => {
    const since = await now()
    await endSession([{ client_id: 'koe', sid: null }], 'session.left')
    await eventually(() => outcomes(since)).toEqual([{ type: 'logout_token.sent', client_id: 'koe', reason: null, sid: null }])
  })

  it('is tried again with a new id when the app refuses it, and holds up no other app', async () => {
    const since = await now()
    answer = (response) => { response.writeHead(received.at(-1)?.path === '/karte' ? 503 : 204).end() }
    await endSession([{ client_id: 'karte', sid: 'a' }, { client_id: 'koe', sid: 'b' }])
    await eventually(() => outcomes(since)).toHaveLength(2)
    expect(await outcomes(since)).toContainEqual({ type: 'logout_token.failed', client_id: 'karte', reason: 'status_503', sid: 'a' })
    expect(await outcomes(since)).toContainEqual({ type: 'logout_token.sent', client_id: 'koe', reason: null, sid: 'b' })
    answer = (response) => response.end()
    await eventually(async () => {
      await dueNow()
      return (await outcomes(since)).length
    }).toBe(3)
    const tokens = received.filter(({ path }) => path === '/karte').map(({ token }) => token)
    expect(new Set(tokens).size).toBe(2)
  })

  it('does not follow a redirect, which could lead anywhere', async () => {
    const since = await now()
    answer = (response) => { response.writeHead(307, { location: '/elsewhere' }).end() }
    await endSession([{ client_id: 'karte', sid: 'a' }])
    await eventually(async () => (await outcomes(since)).map(({ reason }) => reason)).toEqual(['status_307'])
    expect(received.map(({ path }) => path)).toEqual(['/karte'])
    await asSuperuser(db.adminUrl, (admin) => admin.query('delete from job._private_jobs where locked_at is null'))
  })

  it('never calls this machine in production', async () => {
    const since = await now()
    const task = logoutTokenTask({ databases: db.databases, config: { issuer: 'https://id.example.com', mode: 'production' }, log, sign })
    const job = { client_id: 'karte', sid: null, sub: 'alice', session_event_id: 'x' }
    await expect(task(job, { attempt: 1, maxAttempts: 6, signal: new AbortController().signal })).rejects.toThrow('forbidden_address')
    expect(received).toEqual([])
    expect(await outcomes(since)).toEqual([{ type: 'logout_token.failed', client_id: 'karte', reason: 'forbidden_address', sid: null }])
  })
})
