/** The JSON doors to invitations and the same on the command line: what they answer, and to whom they answer nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAccount } from '../../src/accounts/create-account.ts'
import type { Caller, EndpointDoor } from '../../src/http/endpoint.ts'
import { acceptAsNewcomer } from '../../src/members/accept-as-newcomer.ts'
import { invitationEndpoints } from '../../src/members/invitation-api.ts'
import { invitationListEndpoints } from '../../src/members/invitation-list-api.ts'
import { invitationToken } from '../../src/members/invitation.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { buildHouse, by, must, password, passwords, type House, type Person } from '../accounts/house.ts'
import { answerOf, runTegata } from '../cli/terminal.ts'
import { start } from '../http/harness.ts'

let house: House
let doors: readonly EndpointDoor[]
const callers = new Map<string, Caller>()

function callerOf(person: Person, permissions: readonly string[], scopes: readonly string[] = ['members:read', 'members:write']): Caller {
  return { accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions, scopes, platform: null, breakGlassId: null, authentication: null }
}

beforeAll(async () => {
  house = await buildHouse()
  const { databases, masterKey } = house.test
  doors = [...invitationListEndpoints({ databases, masterKey }), ...invitationEndpoints({ databases, masterKey, issuer: 'https://id.example.com' })]
  callers.set('alice', callerOf(house.alice, allPermissions))
  callers.set('bob', callerOf(house.bob, []))
  callers.set('inviter', callerOf(house.bob, ['member:read', 'member:invite']))
  callers.set('charlie', callerOf(house.charlie, allPermissions))
  callers.set('no-scope', callerOf(house.alice, allPermissions, []))
  callers.set('no-tenant', { ...callerOf(house.alice, allPermissions), tenantId: null, membershipId: null })
})
afterAll(() => house.close())

async function call(who: string, line: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const [method = '', path = ''] = line.split(' ')
  const { send } = await start({ doors, authenticate: (ctx) => Promise.resolve(callers.get(ctx.get('Authorization')) ?? { status: 401, reason: 'token_invalid' }) })
  const answer = await send(path, {
    method, headers: { authorization: who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: answer.body === '' ? null : JSON.parse(answer.body) }
}

const named = z.looseObject({ membership_id: z.string() })
async function invited(body: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await call('alice', 'POST /api/v1/invitations', { role: 'STAFF', ...body })
  expect(answer).toMatchObject({ status: 201 })
  return named.parse(answer.body).membership_id
}

describe('the doors to invitations', () => {
  it('invite, show, send again and take back', async () => {
    const made = await call('alice', 'POST /api/v1/invitations', { email: 'Dana@example.com', role: 'STAFF', units: ['nursing'], valid_until: '2099-01-01T00:00:00+09:00' })
    expect(made).toMatchObject({ status: 201, body: { state: 'open', email: 'dana@example.com', name: null, role: 'STAFF', units: ['nursing'], invited_by: house.alice.membershipId, sent_count: 1 } })
    const { membership_id: id } = named.parse(made.body)
    expect(await call('alice', `POST /api/v1/invitations/${id}/resend`)).toMatchObject({ status: 200, body: { state: 'open', sent_count: 2 } })
    expect(await call('alice', 'GET /api/v1/invitations?limit=1')).toMatchObject({ status: 200, body: { invitations: [{ membership_id: id, state: 'open' }], next_cursor: null } })
    expect(await call('alice', `POST /api/v1/invitations/${id}/link`)).toMatchObject({ status: 409, body: { reason: 'has_address' } })
    expect(await call('alice', `DELETE /api/v1/invitations/${id}`)).toEqual({ status: 204, body: null })
    expect(await call('alice', 'GET /api/v1/invitations')).toMatchObject({ body: { invitations: [{ membership_id: id, state: 'revoked' }] } })
    expect(await call('alice', 'POST /api/v1/invitations', { email: 'dana@example.com', role: 'STAFF' })).toMatchObject({ status: 409, body: { reason: 'was_removed' } })
    expect(await call('alice', 'POST /api/v1/invitations', { email: 'dana@example.com', role: 'STAFF', reinvite: true })).toMatchObject({ status: 201, body: { membership_id: id, state: 'open' } })
  })

  it('answer the same for an address that has an account and one that has none', async () => {
    const person = { email: 'erin@example.com', emailVerified: true, familyName: '秘', givenName: '密', password, ...by }
    await must(createAccount({ databases: house.test.databases, hashes: house.hashes, passwords }, person))
    const [known, unknown] = [await call('alice', 'POST /api/v1/invitations', { email: 'erin@example.com', role: 'STAFF' }), await call('alice', 'POST /api/v1/invitations', { email: 'nobody@example.com', role: 'STAFF' })]
    const blank = { membership_id: '', email: '', sent_at: '', expires_at: '' }
    expect({ ...named.parse(known.body), ...blank }).toEqual({ ...named.parse(unknown.body), ...blank })
    expect(JSON.stringify(known)).not.toContain('秘')
  })

  it('show the link for people without mail, and it opens', async () => {
    const id = await invited({ employee_number: 'S-0700', family_name: '山', given_name: '田' })
    const token = invitationToken(house.test.masterKey, id, 1)
    expect(await call('alice', `POST /api/v1/invitations/${id}/link`)).toMatchObject({ status: 200, body: { link: `https://id.example.com/invitations/${token}` } })
    const { databases } = house.test
    const result = await acceptAsNewcomer({ databases, hashes: house.hashes, passwords }, {
      token, familyName: '山', givenName: '田', familyNameKana: null, givenNameKana: null, password: 'plum-harbour-lantern-27', locale: 'ja', origin: by.origin,
    })
    expect(result).toMatchObject({ ok: true, membershipId: id })
  })

  it.each([
    [{ role: 'STAFF' }, 400, 'address_or_number_missing'],
    [{ email: 'x', role: 'STAFF' }, 400, 'invalid_email'],
    [{ email: 'fay@example.com', role: 'none' }, 404, 'unknown_role'],
    [{ email: 'fay@example.com' }, 400, 'invalid_request'],
    [{ email: 'fay@example.com', role: 'STAFF', sub: 'x' }, 400, 'invalid_request'],
    [{ email: 'bob@example.com', role: 'STAFF' }, 409, 'already_member'],
  ])('refuse %j', async (body, status, reason) => {
    expect(await call('alice', 'POST /api/v1/invitations', body)).toMatchObject({ status, body: { reason } })
  })

  it('refuse a role above the caller’s own, to give and to look at', async () => {
    expect(await call('inviter', 'POST /api/v1/invitations', { email: 'fay@example.com', role: 'Admin' })).toMatchObject({ status: 403, body: { reason: 'role_above_own' } })
    const id = await invited({ employee_number: 'S-0701', family_name: '上', role: 'Admin' })
    expect(await call('inviter', `POST /api/v1/invitations/${id}/link`)).toMatchObject({ status: 403, body: { reason: 'role_above_own' } })
  })

  it('refuse the anonymous, a member without the right, a token without the scope or tenant; Charlie gets nothing', async () => {
    const id = await invited({ email: 'gus@example.com' })
    for (const door of doors) {
      const line = `${door.method} ${door.path.replace(':membership_id', id)}`
      const body = door.body === undefined ? undefined : door.path.endsWith('/bulk') ? { addresses: ['hal@example.com'], role: 'STAFF' } : { email: 'hal@example.com', role: 'STAFF' }
      expect(await call('nobody', line, body), line).toMatchObject({ status: 401 })
      expect(await call('bob', line, body), line).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
      expect(await call('no-scope', line, body), line).toMatchObject({ status: 403, body: { reason: 'insufficient_scope' } })
      expect(await call('no-tenant', line, body), line).toMatchObject({ status: 403, body: { reason: 'tenant_required' } })
      if (door.path.includes(':')) expect(await call('charlie', line), line).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    }
    expect(await call('charlie', 'GET /api/v1/invitations')).toEqual({ status: 200, body: { invitations: [], total: 0, next_cursor: null } })
  })
})

describe('tegata member', () => {
  const json = async (...line: string[]) => z.looseObject({ ok: z.boolean() }).parse(await answerOf(house, ['member', ...line]))

  it('invites, shows, sends again, hands over and takes back', async () => {
    const made = await json('invite', '--tenant', 'midori', '--role', 'therapist', '--employee-number', 'M-1', '--family-name', '緑')
    const { membership_id: id } = named.parse(made)
    expect(await json('link', id)).toMatchObject({ ok: true, link: expect.stringMatching(/\/invitations\/[\w-]{43}$/) })
    expect(await json('resend', id)).toMatchObject({ ok: true })
    expect(await json('role', id, '--role', 'receptionist')).toEqual({ ok: true, membership_id: id, role: 'receptionist' })
    expect(await json('invitations', '--tenant', 'midori')).toMatchObject({ invitations: [{ membership_id: id, state: 'open', role: 'receptionist', employee_number: 'M-1' }] })
    expect(await json('revoke', id)).toEqual({ ok: true, membership_id: id })
    expect(await runTegata(house, ['member', 'resend', id])).toEqual({ code: 1, out: '', error: 'Refused (not_invited)\n' })
    expect(await json('invite', '--tenant', 'midori', '--role', 'patient', '--email', 'charlie@example.com')).toEqual({ ok: false, reason: 'already_member' })
  })
})
