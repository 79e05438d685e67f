/**
 * What one request has read: the first joined query answers the later questions of oidc-provider's adapter, so a token costs one
 * round trip with its grant, session, person and tenant (protocol.md §8). Facts are of this moment and live as long as the request.
 */
import type { Pool } from 'pg'
import type { MemberFactsRow } from '../apps/member-fact-queries.ts'
import type { AccountFacts, ConsentFacts, MembershipFacts, TenantFacts } from './facts.ts'
import * as queries from './queries.ts'
import type { GrantRow, PersonRow, SessionRow, TokenRow } from './queries.ts'

export interface RequestHints {
  /** The app named by the request, so that the session read can bring its grants along. */
  readonly clientIdHint?: string | null
  /** Row key of the interaction that this request resumes; its sign-in says who the browser has proven to be. */
  readonly resumedKey?: string | null
}

export class RequestReads {
  clientIdHint: string | null
  protected readonly pool: Pool
  readonly #resumedKey: string | null
  readonly #tokens = new Map<string, Promise<TokenRow | undefined>>()
  readonly #sessionsByHash = new Map<string, Promise<SessionRow | undefined>>()
  readonly #sessionsByUid = new Map<string, SessionRow | undefined>()
  readonly #aliases = new Map<string, string>()
  readonly #grants = new Map<string, GrantRow>()
  readonly #grantLists = new Map<string, readonly GrantRow[]>()
  readonly #accounts = new Map<string, AccountFacts>()
  readonly #people = new Map<string, { person: PersonRow; clientId: string | null }>()
  readonly #tenants = new Map<string, TenantFacts>()
  readonly #memberFacts = new Map<string, Promise<MemberFactsRow | undefined>>()
  readonly #seenToday = new Set<string>()

  constructor(pool: Pool, { clientIdHint = null, resumedKey = null }: RequestHints) {
    this.pool = pool
    this.clientIdHint = clientIdHint
    this.#resumedKey = resumedKey
  }

  /** One joined read serves the artifact, its grant, its session, its person and its tenant. */
  token(key: string): Promise<TokenRow | undefined> {
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    const reading = queries.findToken(this.pool, key).then((row) => {
      if (row?.grant) this.#grants.set(row.grant.id, row.grant)
      if (row?.session) this.#sessionsByUid.set(row.session.uid, row.session)
      if (row?.account) this.#accounts.set(row.account.id, row.account)
      if (row?.tenant) this.#tenants.set(row.tenant.membership_id, row.tenant)
      if (row?.tenant && row.seen_today) this.#seenToday.add(row.tenant.membership_id)
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
    const resumed = this.#resumedKey === null ? undefined : await this.token(this.#resumedKey)
    const { client_id: clientId } = resumed?.payload.params ?? {}
    if (typeof clientId === 'string') this.clientIdHint ??= clientId
    const provenAccountId = resumed?.payload.result?.login?.accountId ?? null
    return queries.findSession(this.pool, idHash, { clientId: this.clientIdHint, provenAccountId })
  }

  async sessionByUid(uid: string): Promise<SessionRow | undefined> {
    if (!this.#sessionsByUid.has(uid)) this.#sessionsByUid.set(uid, await queries.findSessionByUid(this.pool, uid))
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

  /** An active person; `memberships` and `consents` are those for `clientIdHint`. */
  async person(accountId: string): Promise<PersonRow | undefined> {
    const known = this.#people.get(accountId)
    return known?.person ?? this.#readPerson(accountId)
  }

  /** Memberships as they stand for an app; read again where the session's read did not know the app yet. */
  async memberships(accountId: string, clientId: string | null): Promise<readonly MembershipFacts[]> {
    return (await this.#personFor(accountId, clientId))?.memberships ?? []
  }

  /** What a person has agreed to for an app. */
  async consents(accountId: string, clientId: string): Promise<readonly ConsentFacts[]> {
    return (await this.#personFor(accountId, clientId))?.consents ?? []
  }

  async #personFor(accountId: string, clientId: string | null): Promise<PersonRow | undefined> {
    const known = this.#people.get(accountId)
    if (known?.clientId === clientId) return known.person
    this.clientIdHint = clientId
    return this.#readPerson(accountId)
  }

  async #readPerson(accountId: string): Promise<PersonRow | undefined> {
    const clientId = this.clientIdHint
    const person = await queries.findPerson(this.pool, accountId, clientId)
    if (person !== undefined) this.#meet(person, clientId)
    return person
  }

  #meet(person: PersonRow, clientId: string | null): void {
    this.#people.set(person.account.id, { person, clientId })
    this.#accounts.set(person.account.id, person.account)
    for (const membership of person.memberships) if (membership.seen_today) this.#seenToday.add(membership.id)
  }

  /** Whether it is known already that the membership has acted today. */
  protected wasSeenToday(membershipId: string): boolean {
    return this.#seenToday.has(membershipId)
  }

  async grant(id: string): Promise<GrantRow | undefined> {
    const known = this.#grants.get(id)
    if (known !== undefined) return known
    const grant = await queries.findGrant(this.pool, id)
    if (grant !== undefined) this.#grants.set(id, grant)
    return grant
  }

  async grantsOf(sessionUid: string, clientId: string): Promise<readonly GrantRow[]> {
    const key = listKey(sessionUid, clientId)
    const known = this.#grantLists.get(key)
    if (known !== undefined) return known
    const grants = await queries.listGrants(this.pool, sessionUid, clientId)
    for (const grant of grants) this.#grants.set(grant.id, grant)
    this.#grantLists.set(key, grants)
    return grants
  }

  /** The tenant context of a membership in force; undefined for one that is not. */
  async tenant(membershipId: string): Promise<TenantFacts | undefined> {
    const known = this.#tenants.get(membershipId)
    if (known !== undefined) return known
    const tenant = await queries.findTenantFacts(this.pool, membershipId)
    if (tenant !== undefined) this.#tenants.set(membershipId, tenant)
    return tenant
  }

  memberFacts(membershipId: string): Promise<MemberFactsRow | undefined> {
    const reading = this.#memberFacts.get(membershipId) ?? queries.findMemberFacts(this.pool, membershipId)
    this.#memberFacts.set(membershipId, reading)
    return reading
  }

  seenOnce(key: string, ttlSeconds: number): Promise<boolean> {
    return queries.insertSeenOnce(this.pool, key, ttlSeconds)
  }

  // What this request will write is true for its own later reads.

  protected rememberToken(key: string, row: TokenRow | undefined): void {
    this.#tokens.set(key, Promise.resolve(row))
  }

  protected rememberGrant(row: GrantRow): void {
    this.#grants.set(row.id, row)
  }

  protected forgetGrant(id: string): void {
    this.#grants.delete(id)
  }

  protected forgetSession(uid: string): void {
    this.#sessionsByUid.set(uid, undefined)
  }
}

function listKey(sessionUid: string, clientId: string): string {
  return `${sessionUid} ${clientId}`
}
