/**
 * How a session is saved: the difference to what this request has read, never the whole, so that two tabs of one browser do not
 * undo each other's sign-ins and a session that ended meanwhile does not come back (protocol.md §9). Pure.
 */
import type { AdapterPayload, ClientAuthorizationState } from 'oidc-provider'
import type { Origin } from '../base/origin.ts'
import type { NewEvent } from '../events/record.ts'
import type { FlushInput } from './flush-parts.ts'
import type { SessionRow } from './queries.ts'

export interface SessionSave {
  readonly uid: string
  readonly idHash: string
  /** What this request has read; undefined for a session that begins now. */
  readonly read: SessionRow | undefined
  readonly payload: AdapterPayload
  readonly ttlSeconds: number
}

export type SessionWrite =
  | { readonly kind: 'unchanged'; readonly events: readonly [] }
  | { readonly kind: 'new'; readonly row: FlushInput['sessions_new'][number]; readonly events: readonly Omit<NewEvent, 'origin'>[] }
  | { readonly kind: 'merge'; readonly row: FlushInput['sessions'][number]; readonly events: readonly Omit<NewEvent, 'origin'>[] }

// Kept in columns, or never kept at all: the cookie's id is a bearer value.
const notInPayload = new Set(['jti', 'authorizations'])
const movesWithTime = new Set(['exp', 'iat'])

export function sessionWrite(save: SessionSave, origin: Origin): SessionWrite {
  const { read, payload } = save
  const accountId = payload.accountId ?? null
  const facts = Object.entries(payload).filter(([key, value]) => !notInPayload.has(key) && value !== undefined)
  if (read === undefined) {
    return {
      kind: 'new',
      row: {
        uid: save.uid, id_hash: save.idHash, account_id: accountId, ip: origin.ip, user_agent: origin.userAgent?.slice(0, 512) ?? null,
        payload: { ...Object.fromEntries(facts), authorizations: payload.authorizations ?? {} }, ttl: save.ttlSeconds,
      },
      events: accountId === null ? [] : [sessionStarted(save.uid, accountId)],
    }
  }
  const before = new Map(Object.entries(read.payload))
  const appsBefore = read.payload.authorizations ?? {}
  const appsNow = payload.authorizations ?? {}
  const now = new Set(facts.map(([key]) => key))
  const appsRemoved = Object.keys(appsBefore).filter((app) => !(app in appsNow))
  const changed = facts.filter(([key, value]) => !movesWithTime.has(key) && differs(before.get(key), value))
  const removed = [...before.keys()].filter((key) => !notInPayload.has(key) && !now.has(key))
  const appsChanged = Object.entries(appsNow).filter(([app, state]) => differs(appsBefore[app], state))
  const same = save.idHash === read.id_hash && changed.length + removed.length + appsChanged.length + appsRemoved.length === 0
  // That a session was used a moment ago needs no second write.
  if (same && read.seen_recently) return { kind: 'unchanged', events: [] }
  return {
    kind: 'merge',
    row: {
      uid: save.uid,
      id_hash: save.idHash,
      account_id: accountId,
      acr: payload.acr ?? null,
      changed: Object.fromEntries(facts.filter(([key, value]) => differs(before.get(key), value))),
      removed,
      apps_changed: Object.fromEntries(appsChanged),
      apps_removed: appsRemoved,
      ttl: save.ttlSeconds,
    },
    events: [
      ...(read.account_id === null && accountId !== null ? [sessionStarted(save.uid, accountId)] : []),
      ...(appsRemoved.length === 0 ? [] : [sessionLeft(save.uid, accountId, Object.fromEntries(appsRemoved.map((app) => [app, appsBefore[app]])))]),
    ],
  }
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}

function sessionStarted(uid: string, accountId: string): Omit<NewEvent, 'origin'> {
  return { type: 'session.started', outcome: 'success', actor: accountId, subject: uid }
}

function sessionLeft(uid: string, accountId: string | null, apps: Readonly<Record<string, ClientAuthorizationState | undefined>>): Omit<NewEvent, 'origin'> {
  return {
    type: 'session.left',
    outcome: 'success',
    actor: accountId,
    subject: uid,
    after: { sub: accountId, clients: Object.entries(apps).map(([app, state]) => ({ client_id: app, sid: state?.sid ?? null })) },
  }
}
