/**
 * The product's own sessions: who is signed in here, and which sign-ins are under way.
 * Invariant: the id in the cookie changes whenever the person changes, so a planted cookie is worth nothing.
 * They live in this process and end with it; a real product keeps them in its database.
 */
import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'

/** What the issuer says about a person. A claim that is not there stays absent; nothing is guessed. */
export const claimsSchema = z.object({
  sub: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  tenant_id: z.string().optional(),
  tenant_name: z.string().optional(),
  membership_id: z.string().optional(),
  role: z.string().optional(),
  groups: z.array(z.string()).default([]),
  acr: z.string().optional(),
  amr: z.array(z.string()).default([]),
  auth_time: z.number().optional(),
  sid: z.string().optional(),
})
export type Claims = z.infer<typeof claimsSchema>

export interface Person {
  readonly claims: Claims
  readonly idToken: string
  readonly refreshToken: string | undefined
  /** When the claims should be asked for again; only used by a product that has a refresh token. */
  readonly freshUntilMs: number
  /** For an API; only used by a product that calls one. */
  readonly apiToken: ApiToken | null
}

/** An access token for an API (RFC 8707); it never leaves this process except to that API. */
export interface ApiToken {
  readonly resource: string
  readonly value: string
  readonly untilMs: number
}

export interface Pending {
  readonly codeVerifier: string
  readonly nonce: string
  readonly returnTo: string
  readonly untilMs: number
  /** What the sign-in is for besides signing in, and for whom alone; null for an ordinary one. */
  readonly errand: Errand | null
}

export interface Errand {
  readonly resource: string
  readonly sub: string
  readonly membershipId: string | undefined
  /** How often the sign-in has been stepped up for the same act, this time included. */
  readonly stepUps: number
}

export interface Session {
  readonly id: string
  person: Person | null
  untilMs: number
  /** By state: several tabs may be signing in at the same time. */
  readonly pending: Map<string, Pending>
  /** Errands that have just ended well, by the path that the browser is on its way back to. */
  readonly errandsDone: Map<string, Errand>
  /** The state of the sign-out that is under way at the issuer. */
  signOutState: string | null
}

const signedInMs = 8 * 60 * 60 * 1000
const anonymousMs = 15 * 60 * 1000
const mostSessions = 10_000
const mostPending = 10

export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #cookieName: string
  readonly #secure: boolean

  constructor(options: { cookieName: string; secure: boolean }) {
    this.#cookieName = options.cookieName
    this.#secure = options.secure
  }

  find(ctx: Context): Session | null {
    const session = this.#sessions.get(ctx.cookies.get(this.#cookieName) ?? '')
    return session !== undefined && session.untilMs > Date.now() ? session : null
  }

  findOrBegin(ctx: Context): Session {
    return this.find(ctx) ?? this.#begin(ctx)
  }

  /** Gives the browser a new session id for the given person (or nobody); sign-ins under way in other tabs go on. */
  renew(ctx: Context, person: Person | null): Session {
    const before = this.find(ctx)
    const session = this.#begin(ctx)
    session.person = person
    session.untilMs = Date.now() + (person === null ? anonymousMs : signedInMs)
    if (before === null) return session
    for (const [state, pending] of before.pending) session.pending.set(state, pending)
    for (const [path, errand] of before.errandsDone) session.errandsDone.set(path, errand)
    this.end(before)
    this.#sessions.delete(before.id)
    return session
  }

  remember(session: Session, state: string, pending: Pending): void {
    session.pending.set(state, pending)
    for (const oldest of session.pending.keys()) {
      if (session.pending.size <= mostPending) break
      session.pending.delete(oldest)
    }
  }

  /** Ends the sessions of one sign-in at the issuer (sid), or all of a person (sub alone). */
  endMatching(match: { sub?: string | undefined; sid?: string | undefined }): void {
    for (const session of this.#sessions.values()) {
      const claims = session.person?.claims
      if (claims === undefined) continue
      if (match.sid !== undefined && claims.sid !== match.sid) continue
      if (match.sub !== undefined && claims.sub !== match.sub) continue
      this.end(session)
    }
  }

  /** Signs the person out; a sign-in that is under way in the same browser goes on (it may be why the old one ended). */
  end(session: Session): void {
    session.person = null
    session.untilMs = Date.now() + anonymousMs
  }

  clear(): void {
    this.#sessions.clear()
  }

  #begin(ctx: Context): Session {
    this.#sweep()
    const id = randomBytes(32).toString('base64url')
    const session: Session = { id, person: null, untilMs: Date.now() + anonymousMs, pending: new Map(), errandsDone: new Map(), signOutState: null }
    this.#sessions.set(id, session)
    // The connection may be plain http behind a proxy that ends TLS: BASE_URL decides, not the socket.
    ctx.cookies.secure = this.#secure
    ctx.cookies.set(this.#cookieName, id, { httpOnly: true, sameSite: 'lax', secure: this.#secure, overwrite: true })
    return session
  }

  #sweep(): void {
    for (const session of this.#sessions.values()) {
      const crowded = this.#sessions.size >= mostSessions && session.person === null
      if (crowded || session.untilMs <= Date.now()) this.#sessions.delete(session.id)
    }
  }
}
