/** How many requests a caller of the API may send, told in every answer. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint, publicEndpoint, type Authenticate, type Caller } from '../../src/http/endpoint.ts'
import { createRateLimits } from '../../src/http/rate-limit.ts'
import { start, type Answer } from './harness.ts'

const response = z.object({ done: z.literal(true) })
const own = endpoint({ method: 'GET', path: '/api/v1/own', access: { permission: 'member:read' }, response, summary: 'Own.', handle: () => ({ status: 200, body: { done: true } as const }) })
const open = publicEndpoint({ method: 'GET', path: '/api/v1/open', response, summary: 'Open.', handle: () => ({ status: 200, body: { done: true } as const }) })
const callerOf = (accountId: string): Caller => ({ accountId, clientId: 'karte', tenantId: null, membershipId: null, permissions: accountId === 'bob' ? [] : ['member:read'], scopes: [], platform: null, breakGlassId: null, authentication: null })
const authenticate: Authenticate = (ctx) => {
  const name = ctx.get('Authorization')
  return Promise.resolve(name === '' ? { status: 401, reason: 'token_missing' } : callerOf(name))
}
const left = ({ status, headers }: Answer) => [status, headers['ratelimit-limit'], headers['ratelimit-remaining']]

describe('a caller of the API', () => {
  it('hears in every answer how much is left, and when there was too much when it goes on', async () => {
    const refused: string[] = []
    const { send } = await start({ doors: [own, open], authenticate, rateLimits: createRateLimits({ perMinute: 2 }), onRefused: async ({ reason }) => { refused.push(reason) } })
    const as = (name: string, path = '/api/v1/own') => send(path, { headers: { authorization: name } })
    expect(left(await as('alice'))).toEqual([200, '2', '1'])
    expect(left(await as('alice'))).toEqual([200, '2', '0'])
    const full = await as('alice')
    expect(left(full)).toEqual([429, '2', '0'])
    expect(JSON.parse(full.body)).toMatchObject({ status: 429, reason: 'rate_limited' })
    expect([Number(full.headers['retry-after']), Number(full.headers['ratelimit-reset'])]).toEqual([expect.closeTo(60, -1), expect.closeTo(60, -1)])
    // Bob has a number of his own, and once it is used up his refusals fill no log.
    expect([left(await as('bob')), left(await as('bob')), left(await as('bob'))]).toEqual([[403, '2', '1'], [403, '2', '0'], [429, '2', '0']])
    expect(refused).toEqual(['permission_missing', 'permission_missing'])
  })

  it('that nobody knows is counted by its address, whatever it asks for', async () => {
    const { send } = await start({ doors: [own, open], authenticate, rateLimits: createRateLimits({ perMinute: 4 }) })
    expect(left(await send('/api/v1/open'))).toEqual([200, '4', '3'])
    expect(left(await send('/api/v1/own'))).toEqual([401, '4', '2'])
    expect(left(await send('/api/v1/nowhere'))).toEqual([404, '4', '1'])
    expect(left(await send('/api/v1/own', { method: 'DELETE' }))).toEqual([405, '4', '0'])
    const full = await send('/api/v1/nowhere')
    expect([left(full), JSON.parse(full.body)]).toMatchObject([[429, '4', '0'], { reason: 'rate_limited' }])
    expect(left(await send('/elsewhere'))).toEqual([404, undefined, undefined])
  })
})
