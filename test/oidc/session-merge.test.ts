/** A session is saved as the difference to what was read. */
import { describe, expect, test } from 'vitest'
import { noOrigin } from '../../src/base/origin.ts'
import type { SessionRow } from '../../src/oidc/queries.ts'
import { sessionWrite, type SessionSave } from '../../src/oidc/session-merge.ts'

const read: SessionRow = {
  uid: 'u', id_hash: 'h1', account_id: 'alice', seen_recently: false,
  payload: { uid: 'u', accountId: 'alice', acr: 'aal1', loginTs: 1, state: { secret: 's' }, authorizations: { karte: { sid: 'k' }, koe: { sid: 'o' } } },
}
const save = (more: Partial<SessionSave> = {}): SessionSave => ({ uid: 'u', idHash: 'h1', read, payload: structuredClone(read.payload), ttlSeconds: 60, ...more })
const merged = (input: SessionSave) => {
  const write = sessionWrite(input, noOrigin)
  if (write.kind !== 'merge') throw new Error('not a merge')
  return write
}

describe('saving a session', () => {
  test('writes nothing but the difference', () => {
    const { row } = merged(save({ payload: { ...structuredClone(read.payload), loginTs: 2 } }))
    expect(row).toMatchObject({ changed: { loginTs: 2 }, removed: [], apps_changed: {}, apps_removed: [] })
  })

  test('writes nothing at all when nothing changed a moment after the last use', () => {
    expect(sessionWrite(save({ read: { ...read, seen_recently: true }, payload: { ...structuredClone(read.payload), exp: 9 } }), noOrigin).kind).toBe('unchanged')
    expect(sessionWrite(save({ read: { ...read, seen_recently: true }, idHash: 'h2' }), noOrigin).kind).toBe('merge')
    expect(sessionWrite(save(), noOrigin).kind).toBe('merge')
  })

  test('names what went and what came', () => {
    const { state: _state, ...rest } = read.payload
    const { row, events } = merged(save({ payload: { ...rest, authorizations: { koe: { sid: 'o' }, mado: { sid: 'm' } } } }))
    expect(row).toMatchObject({ removed: ['state'], apps_changed: { mado: { sid: 'm' } }, apps_removed: ['karte'] })
    expect(events).toMatchObject([{ type: 'session.left', actor: 'alice', after: { clients: [{ client_id: 'karte', sid: 'k' }] } }])
  })

  test('says who a session of nobody has become', () => {
    const { events } = merged(save({ read: { ...read, account_id: null, payload: { uid: 'u' } } }))
    expect(events).toMatchObject([{ type: 'session.started', actor: 'alice', subject: 'u' }])
  })

  test('never stores the cookie\'s id', () => {
    const write = sessionWrite(save({ read: undefined, payload: { ...read.payload, jti: 'bearer' } }), noOrigin)
    expect(JSON.stringify(write)).not.toContain('bearer')
    expect(write.events).toMatchObject([{ type: 'session.started', subject: 'u' }])
  })
})
