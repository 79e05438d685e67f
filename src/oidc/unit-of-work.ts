/**
 * What one request will write, over what it has read: writes are held back and go out in one statement that either does all of
 * it or nothing (protocol.md §8).
 * Invariant: nothing of a request is visible to another one before `flush`, and a lost race leaves no trace.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool } from 'pg'
import type { AdapterPayload } from 'oidc-provider'
import type { Origin } from '../base/origin.ts'
import { eventRow, type NewEvent } from '../events/record.ts'
import { flushStatement, type FlushInput } from './flush-parts.ts'
import { flush, type SessionRow } from './queries.ts'
import { RequestReads, type RequestHints } from './request-reads.ts'
import { sessionWrite, type SessionSave } from './session-merge.ts'

/** A race that this request has lost; `which` says what had changed under its hands. */
export class LostRace extends Error {
  readonly which: 'consumed' | 'client' | 'session' | 'membership'
  constructor(which: LostRace['which']) {
    super(`lost a race: ${which}`)
    this.which = which
  }
}

const raceOfCode = { TG001: 'consumed', TG002: 'client', TG003: 'session', TG004: 'membership' } as const

export class UnitOfWork extends RequestReads {
  readonly origin: Origin
  #writes = emptyInput()
  #sessionSaves = new Map<string, SessionSave>()
  #endedSessions = new Map<string, SessionRow | undefined>()
  readonly #leftSessions = new Set<string>()
  #events: NewEvent[] = []
  /** Where a refresh token goes when its family moves to another tenant in this request. */
  readonly moved = new Map<string, string>()

  constructor(pool: Pool, origin: Origin, hints: RequestHints = {}) {
    super(pool, hints)
    this.origin = origin
  }

  /** Names an app that this request is for: what it would give is refused when the app was suspended meanwhile. */
  rely(clientId: string): void {
    if (!this.#writes.clients.includes(clientId)) this.#writes.clients.push(clientId)
  }

  put(row: FlushInput['put'][number]): void {
    this.#writes.put = [...this.#writes.put.filter((known) => known.id !== row.id), row]
    // Later reads of this request see what it has written.
    const payload: AdapterPayload = typeof row.payload === 'object' && row.payload !== null ? { ...row.payload } : {}
    this.rememberToken(row.id, { id: row.id, model: row.model, payload, grant_id: row.grant_id, consumed: null, grant: null, session: null, account: null, tenant: null, required_acr: 'aal1', trusted_device_days: 0, session_hours: null, seen_today: true })
  }

  consume(key: string, late: boolean): void {
    this.#writes.consume.push({ id: key, grant_id: this.moved.get(key) ?? null, late })
  }

  destroy(key: string): void {
    this.#writes.put = this.#writes.put.filter((known) => known.id !== key)
    this.#writes.destroy.push(key)
    this.rememberToken(key, undefined)
  }

  putGrant(row: FlushInput['grants'][number]): void {
    this.#writes.grants = [...this.#writes.grants.filter((known) => known.id !== row.id), row]
    const payload: AdapterPayload = typeof row.payload === 'object' && row.payload !== null ? { ...row.payload } : {}
    this.rememberGrant({ id: row.id, session_uid: row.session_uid, tenant_id: row.tenant_id, membership_id: row.membership_id, payload })
  }

  revokeTokens(grantId: string): void {
    if (!this.#writes.revoke_tokens.includes(grantId)) this.#writes.revoke_tokens.push(grantId)
  }

  revokeGrant(grantId: string): void {
    if (!this.#writes.revoke_grants.includes(grantId)) this.#writes.revoke_grants.push(grantId)
    this.#writes.grants = this.#writes.grants.filter((known) => known.id !== grantId)
    this.forgetGrant(grantId)
  }

  saveSession(save: SessionSave): void {
    if (!this.#leftSessions.has(save.uid)) this.#sessionSaves.set(save.uid, save)
  }

  /** The session stays as it was, whatever the library saves at the end of this request. */
  leaveSession(uid: string): void {
    this.#leftSessions.add(uid)
  }

  endSession(uid: string): void {
    this.#sessionSaves.delete(uid)
    this.#endedSessions.set(uid, this.sessionAlreadyRead(uid))
    this.forgetSession(uid)
  }

  /** The membership acts for its tenant; the first time in a day is written down. */
  see(membershipId: string): void {
    if (!this.wasSeenToday(membershipId) && !this.#writes.seen.includes(membershipId)) this.#writes.seen.push(membershipId)
  }

  agree(consent: FlushInput['consents'][number]): void {
    this.#writes.consents.push(consent)
  }

  record(event: Omit<NewEvent, 'origin'>): void {
    this.#events.push({ ...event, origin: this.origin })
  }

  /** After a refusal: what the request would have given is dropped; revocations and events stay (reuse detection writes, then throws). */
  dropGains(): void {
    this.#writes = { ...this.#writes, clients: [], moves: [], consume: [], put: [], grants: [], consents: [], seen: [] }
    this.moved.clear()
    this.#sessionSaves.clear()
  }

  /** Writes what has gathered, at once and as a whole; throws `LostRace` and writes nothing when somebody was faster. */
  async flush(): Promise<void> {
    const input = this.#gather()
    this.#reset()
    const statement = flushStatement(input)
    if (statement === null) return
    try {
      await flush(this.pool, statement, input)
    } catch (error) {
      const which = raceOf(error)
      throw which === undefined ? error : new LostRace(which)
    }
  }

  #gather(): FlushInput {
    const input: FlushInput = { ...this.#writes }
    input.moves = [...this.moved].filter(([id]) => !input.consume.some((used) => used.id === id)).map(([id, grant_id]) => ({ id, grant_id }))
    // A grant that no token refers to was only tried on for a question still to be asked.
    input.grants = input.grants.filter((grant) => input.put.some((row) => row.grant_id === grant.id && row.model !== 'Interaction'))
    for (const save of this.#sessionSaves.values()) {
      const write = sessionWrite(save, this.origin)
      if (write.kind === 'new') input.sessions_new = [...input.sessions_new, write.row]
      else if (write.kind === 'unchanged') input.sessions_alive = [...input.sessions_alive, save.uid]
      else input.sessions = [...input.sessions, write.row]
      this.#events.push(...write.events.map((event) => ({ ...event, origin: this.origin })))
    }
    for (const [uid, row] of this.#endedSessions) {
      input.sessions_ended = [...input.sessions_ended, uid]
      this.#events.push({ ...sessionEnded(uid, row), origin: this.origin })
    }
    input.events = this.#events.map(eventRow)
    // An app that was suspended a moment ago gets nothing; a sign-out or a revocation that meets it goes on.
    if (!this.#gives(input)) input.clients = []
    return input
  }

  #gives(input: FlushInput): boolean {
    return input.put.length + input.consents.length > 0 || this.#events.some(({ type }) => type === 'token.issued' || type === 'authorization.granted')
  }

  #reset(): void {
    this.#writes = emptyInput()
    this.moved.clear()
    this.#sessionSaves = new Map()
    this.#endedSessions = new Map()
    this.#events = []
  }
}

function emptyInput(): FlushInput {
  return {
    clients: [], moves: [], consume: [], put: [], destroy: [], grants: [], revoke_tokens: [], revoke_grants: [],
    sessions_new: [], sessions: [], sessions_alive: [], sessions_ended: [], consents: [], seen: [], events: [],
  }
}

function raceOf(error: unknown): LostRace['which'] | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return Object.entries(raceOfCode).find(([code]) => code === error.code)?.[1]
}

/** The event of a session's end, with the apps that are to be told (OIDC Back-Channel Logout). */
export function sessionEnded(uid: string, row: SessionRow | undefined): Omit<NewEvent, 'origin'> {
  const apps = Object.entries(row?.payload.authorizations ?? {})
  return {
    type: 'session.ended',
    outcome: 'success',
    actor: row?.account_id ?? null,
    subject: uid,
    after: { sub: row?.account_id ?? null, clients: apps.map(([clientId, state]) => ({ client_id: clientId, sid: state.sid ?? null })) },
  }
}

const storage = new AsyncLocalStorage<UnitOfWork>()

/** Runs `fn` with its own unit of work; whoever calls decides when to flush. */
export function withUnit<T>(unit: UnitOfWork, fn: () => Promise<T>): Promise<T> {
  return storage.run(unit, fn)
}

/** The unit of work of the running request. */
export function currentUnit(): UnitOfWork {
  const unit = storage.getStore()
  if (unit === undefined) throw new Error('no unit of work is open: wrap the caller in withUnit')
  return unit
}

/** Runs `fn` in a unit of work of its own and writes what it decided when it is done; throws `LostRace` when somebody was faster. */
export function inUnit<T>(pool: Pool, origin: Origin, fn: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  const unit = new UnitOfWork(pool, origin)
  return withUnit(unit, async () => {
    const result = await fn(unit)
    await unit.flush()
    return result
  })
}
