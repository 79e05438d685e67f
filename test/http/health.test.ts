import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/base/log.ts'
import { createHealth, mayReadMetrics } from '../../src/http/health.ts'
import type { HealthCheck, MetricsAudience } from '../../src/http/health.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { html, page } from '../../src/http/page.ts'
import { h } from 'preact'
import { start } from './harness.ts'

const silent = createLogger({ level: 'silent', debug: false })

interface Wishes { readonly audience?: MetricsAudience; readonly checkMilliseconds?: number; readonly arrived?: () => void }

async function serving(checks: readonly HealthCheck[] = [], { audience = 'this_machine', checkMilliseconds = 20, arrived }: Wishes = {}) {
  const metrics = createMetrics({ hashQueueDepth: () => 7 })
  const health = createHealth({ checks, metrics, log: silent, checkMilliseconds })
  const doors = [page({ method: 'GET', path: '/invitations/:token', access: 'public', handle: () => html(h('p', null)) })]
  const observe: typeof metrics.observe = async (ctx, next) => {
    arrived?.()
    await metrics.observe(ctx, next)
  }
  return { ...await start({ doors, observe, more: (app) => app.use(health.serve(audience)) }), health }
}

const good: HealthCheck = { name: 'database', check: () => Promise.resolve(null) }

describe('/livez', () => {
  it('answers as long as the process does, whatever the checks say', async () => {
    const { send } = await serving([{ name: 'database', check: () => Promise.resolve('down') }])
    expect(await send('/livez')).toMatchObject({ status: 200, body: '{"status":"ok"}', headers: { 'cache-control': 'no-store' } })
    expect((await send('/livez', { method: 'HEAD' })).status).toBe(200)
    expect((await send('/livez', { method: 'POST' })).status).toBe(404)
  })
})

describe('/readyz', () => {
  it('is ready when every check is', async () => {
    const { send } = await serving([good, { ...good, name: 'keys' }])
    expect(await send('/readyz')).toMatchObject({ status: 200, body: '{"status":"ready","checks":{"database":"ok","keys":"ok"}}' })
  })

  const failing: readonly [string, HealthCheck['check']][] = [
    ['says why not', () => Promise.resolve('connection to 10.0.0.5 refused')],
    ['throws', () => Promise.reject(new Error('connection to 10.0.0.5 refused'))],
    ['throws before it waits', () => { throw new Error('10.0.0.5') }],
    ['never answers', () => new Promise(() => {})],
  ]
  it.each(failing)('names the check that %s, and nothing from inside', async (_what, check) => {
    const { send } = await serving([good, { name: 'migrations', check }])
    const answer = await send('/readyz')
    expect(answer).toMatchObject({ status: 503, body: '{"status":"not_ready","checks":{"database":"ok","migrations":"failed"}}' })
    expect(answer.body).not.toContain('10.0.0.5')
  })

  it('runs its checks once for all who ask at the same time', async () => {
    let runs = 0
    let waiting = 10
    const gate = Promise.withResolvers<null>()
    const check = () => {
      runs++
      return gate.promise
    }
    const arrived = () => {
      if (--waiting === 0) gate.resolve(null)
    }
    const { send } = await serving([{ name: 'database', check }], { checkMilliseconds: 10_000, arrived })
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('/readyz')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(runs).toBe(1)
    await send('/readyz')
    expect(runs).toBe(2)
  })

  it('says so when the server is about to stop', async () => {
    const { send, health } = await serving([good])
    health.drain()
    expect(await send('/readyz')).toMatchObject({ status: 503, body: '{"status":"stopping","checks":{}}' })
    expect((await send('/livez')).status).toBe(200)
  })
})

describe('/metrics', () => {
  it('counts requests by door, never by path', async () => {
    const { send } = await serving()
    await send('/invitations/t0ken')
    await send('/wp-login.php')
    await send('/x', { method: 'BREW' }).catch(() => null)
    const { status, headers, body } = await send('/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/plain')
    expect(body).toContain('tegata_http_request_duration_seconds_count{method="GET",door="/invitations/:token",status="2xx"} 1')
    expect(body).toContain('tegata_http_request_duration_seconds_count{method="GET",door="other",status="4xx"} 1')
    expect(body).toContain('tegata_hash_queue_depth 7')
    expect(body).toContain('process_cpu_seconds_total')
    expect(body).not.toMatch(/t0ken|wp-login/)
  })

  const audiences: readonly [MetricsAudience, Record<string, string>, number][] = [
    ['this_machine', {}, 200],
    ['this_machine', { 'X-Forwarded-For': '203.0.113.9' }, 404],
    ['this_machine', { Forwarded: 'for=203.0.113.9' }, 404],
    ['this_machine', { Via: '1.1 proxy' }, 404],
    ['nobody', {}, 404],
    ['everybody', { 'X-Forwarded-For': '203.0.113.9' }, 200],
  ]
  it.each(audiences)('are for %s: with %j the answer is %d', async (audience, headers, status) => {
    const { send } = await serving([], { audience })
    expect((await send('/metrics', { headers })).status).toBe(status)
  })

  it('are kept from every other machine', () => {
    const from = (remoteAddress: string | undefined) => mayReadMetrics('this_machine', { socket: { remoteAddress }, headers: {} })
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(from)).toEqual([true, true, true, true])
    expect(['10.0.0.1', '::ffff:10.0.0.1', '1.127.0.0', '::1234', 'fe80::1', undefined].map(from)).toEqual([false, false, false, false, false, false])
  })
})
