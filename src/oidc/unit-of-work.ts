/**
 * What one request has read and what it will write. Reads of oidc-provider's adapter are answered from the first joined query;
 * writes are held back and go out in one statement that either does all of it or nothing (protocol.md §8).
 * Invariant: nothing of a request is visible to another one before `flush`, and a lost race leaves no trace.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool } from 'pg'
import type { AdapterPayload } from 'oidc-provider'
import type { Origin } from '../base/origin.ts'
import { eventRow, type NewEvent } from '../events/record.ts'
import type { AccountFacts, ConsentFacts, MembershipFacts, TenantFacts } from './facts.ts'
import { flushStatement, type FlushInput } from './flush-parts.ts'
import * as queries from './queries.ts'
import type { GrantRow, PersonRow, SessionRow, TokenRow } from './queries.ts'
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

export class UnitOfWork {
  readonly origin: Origin
  /** The app named by the request, so that the session read can bring its grants along. */
  clientIdHint: string | null
  /** Row key of the interaction that this request resumes; its sign-in says who the browser has proven to be. */
  readonly resumedKey: string | null
  readonly #pool: Pool
  readonly #tokens = new Map<string, Promise<TokenRow | undefined>>()
  readonly #sessionsByHash = new Map<string, Promise<SessionRow | undefined>>()
  readonly #sessionsByUid = new Map<string, SessionRow | undefined>()
  readonly #aliases = new Map<string, string>()
  readonly #grants = new Map<string, GrantRow>()
  readonly #grantLists = new Map<string, readonly GrantRow[]>()
  readonly #accounts = new Map<string, AccountFacts>()
  readonly #people = new Map<string, { person: PersonRow; clientId: string | null }>()
  readonly #tenants = new Map<string, TenantFacts>()
  #writes = emptyInput()
  #sessionSaves = new Map<string, SessionSave>()
  #endedSessions = new Map<string, SessionRow | undefined>()
  #events: NewEvent[] = []
  /** Where a refresh token goes when its family moves to another tenant in this request. */
  readonly moved = new Map<string, string>()

  constructor(pool: Pool, origin: Origin, { clientIdHint = null, resumedKey = null }: { clientIdHint?: string | null; resumedKey?: string | null } = {}) {
    this.#pool = pool
    this.origin = origin
    this.clientIdHint = clientIdHint
    this.resumedKey = resumedKey
  }

  // Reads.

  /** One joined read serves the artifact, its grant, its session, its person and its tenant. */
  token(key: string): Promise<TokenRow | undefined> {
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    const reading = queries.findToken(this.#pool, key).then((row) => {
      if (row?.grant) this.#grants.set(row.grant.id, row.grant)
      if (row?.session) this.#sessionsByUid.set(row.session.uid, row.session)
      if (row?.account) this.#accounts.set(row.account.id, row.account)
      if (row?.tenant) this.#tenants.set(row.tenant.membership_id, row.tenant)
      return row
    })
    this.#tokens.set(key, reading)
    return reading
  }

  session(idHash: string): Promise<SessionRow | undefined> {
    const known = this.#sessionsByHash.get(idHash)
    if (known !== undefined) return known
    const reading = this.#readSession(idHash).then((row) => {
      if (row === undefined) return undefined
      this.#sessionsByUid.set(row.session.uid, row.session)
      if (row.person) this.#meet(row.person, this.clientIdHint)
      for (const grant of row.grants) this.#grants.set(grant.id, grant)
      if (this.clientIdHint !== null) this.#grantLists.set(listKey(row.session.uid, this.clientIdHint), row.grants)
      return row.session
    })
    this.#sessionsByHash.set(idHash, reading)
    return reading
  }

  async #readSession(idHash: string): Promise<queries.SignedInRow | undefined> {
    const resumed = this.resumedKey === null ? undefined : await this.token(this.resumedKey)
    const provenAccountId = resumed?.payload.result?.login?.accountId ?? null
    return queries.findSession(this.#pool, idHash, { clientId: this.clientIdHint, provenAccountId })
  }

  async sessionByUid(uid: string): Promise<SessionRow | undefined> {
    if (!this.#sessionsByUid.has(uid)) this.#sessionsByUid.set(uid, await queries.findSessionByUid(this.#pool, uid))
    return this.#sessionsByUid.get(uid)
  }

  /** A name for a session's cookie id that means something in this request only; a cookie that holds one opens nothing. */
  aliasOf(row: SessionRow): string {
    const alias = `session ${row.uid}`
    this.#aliases.set(alias, row.id_hash)
    return alias
  }

  aliased(id: string): string | undefined {
    return this.#aliases.get(id)
  }

  /** What this request has read of a session; never asks the database, so that a new session costs nothing. */
  sessionAlreadyRead(uid: string): SessionRow | undefined {
    return this.#sessionsByUid.get(uid)
  }

  /** The account of an active person; a token read has brought it along. */
  async account(accountId: string): Promise<AccountFacts | undefined> {
    return this.#accounts.get(accountId) ?? (await this.person(accountId))?.account
  }

  /** An active person with memberships; `consents` are those given to `clientIdHint`. */
  async person(accountId: string): Promise<PersonRow | undefined> {
    const known = this.#people.get(accountId)
    return known?.person ?? this.#readPerson(accountId)
  }

  async memberships(accountId: string): Promise<readonly MembershipFacts[]> {
    return (await this.person(accountId))?.memberships ?? []
  }

  /** What a person has agreed to for an app; read again where the session's read did not know the app yet. */
  async consents(accountId: string, clientId: string): Promise<readonly ConsentFacts[]> {
    const known = this.#people.get(accountId)
    if (known?.clientId === clientId) return known.person.consents
    this.clientIdHint = clientId
    return (await this.#readPerson(accountId))?.consents ?? []
  }

  async #readPerson(accountId: string): Promise<PersonRow | undefined> {
    const clientId = this.clientIdHint
    const person = await queries.findPerson(this.#pool, accountId, clientId)
    if (person !== undefined) this.#meet(person, clientId)
    return person
  }

  #meet(person: PersonRow, clientId: string | null): void {
    this.#people.set(person.account.id, { person, clientId })
    this.#accounts.set(person.account.id, person.account)
  }

  async grant(id: string): Promise<GrantRow | undefined> {
    const known = this.#grants.get(id)
    if (known !== undefined) return known
    const grant = await queries.findGrant(this.#pool, id)
    if (grant !== undefined) this.#grants.set(id, grant)
    return grant
  }

  async grantsOf(sessionUid: string, clientId: string): Promise<readonly GrantRow[]> {
    const key = listKey(sessionUid, clientId)
    const known = this.#grantLists.get(key)
    if (known !== undefined) return known
    const grants = await queries.listGrants(this.#pool, sessionUid, clientId)
    for (const grant of grants) this.#grants.set(grant.id, grant)
    this.#grantLists.set(key, grants)
    return grants
  }

  /** The tenant context of a membership in force; undefined for one that is not. */
  async tenant(membershipId: string): Promise<TenantFacts | undefined> {
    const known = this.#tenants.get(membershipId)
    if (known !== undefined) return known
    const tenant = await queries.findTenantFacts(this.#pool, membershipId)
    if (tenant !== undefined) this.#tenants.set(membershipId, tenant)
    return tenant
  }

  seenOnce(key: string, ttlSeconds: number): Promise<boolean> {
    return queries.insertSeenOnce(this.#pool, key, ttlSeconds)
  }

  // Writes, held back until `flush`.

  /** Names an app that this request is for: what it would give is refused when the app was suspended meanwhile. */
  rely(clientId: string): void {
    if (!this.#writes.clients.includes(clientId)) this.#writes.clients.push(clientId)
  }

  put(row: FlushInput['put'][number]): void {
    this.#writes.put = [...this.#writes.put.filter((known) => known.id !== row.id), row]
    // Later reads of this request see what it has written.
    const payload: AdapterPayload = typeof row.payload === 'object' && row.payload !== null ? { ...row.payload } : {}
    this.#tokens.set(row.id, Promise.resolve({ id: row.id, model: row.model, payload, grant_id: row.grant_id, consumed: null, grant: null, session: null, account: null, tenant: null }))
  }

  consume(key: string, late: boolean): void {
    this.#writes.consume.push({ id: key, grant_id: this.moved.get(key) ?? null, late })
  }

  destroy(key: string): void {
    this.#writes.put = this.#writes.put.filter((known) => known.id !== key)
    this.#writes.destroy.push(key)
    this.#tokens.set(key, Promise.resolve(undefined))
  }

  putGrant(row: FlushInput['grants'][number]): void {
    this.#writes.grants = [...this.#writes.grants.filter((known) => known.id !== row.id), row]
    const payload: AdapterPayload = typeof row.payload === 'object' && row.payload !== null ? { ...row.payload } : {}
    this.#grants.set(row.id, { id: row.id, session_uid: row.session_uid, tenant_id: row.tenant_id, membership_id: row.membership_id, payload })
  }

  revokeTokens(grantId: string): void {
    if (!this.#writes.revoke_tokens.includes(grantId)) this.#writes.revoke_tokens.push(grantId)
  }

  revokeGrant(grantId: string): void {
    if (!this.#writes.revoke_grants.includes(grantId)) this.#writes.revoke_grants.push(grantId)
    this.#writes.grants = this.#writes.grants.filter((known) => known.id !== grantId)
    this.#grants.delete(grantId)
  }

  saveSession(save: SessionSave): void {
    this.#sessionSaves.set(save.uid, save)
  }

  endSession(uid: string): void {
    this.#sessionSaves.delete(uid)
    this.#endedSessions.set(uid, this.#sessionsByUid.get(uid))
    this.#sessionsByUid.set(uid, undefined)
  }

  agree(consent: FlushInput['consents'][number]): void {
    this.#writes.consents.push(consent)
  }

  record(event: Omit<NewEvent, 'origin'>): void {
    this.#events.push({ ...event, origin: this.origin })
  }

  /** After a refusal: what the request would have given is dropped; revocations and events stay (reuse detection writes, then throws). */
  dropGains(): void {
    this.#writes = { ...this.#writes, clients: [], moves: [], consume: [], put: [], grants: [], consents: [] }
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
      await queries.flush(this.#pool, statement, input)
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
    return input
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
    sessions_new: [], sessions: [], sessions_alive: [], sessions_ended: [], consents: [], events: [],
  }
}

function listKey(sessionUid: string, clientId: string): string {
  return `${sessionUid} ${clientId}`
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
