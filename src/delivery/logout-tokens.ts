/**
 * Tells apps that a person's session ended: OpenID Connect Back-Channel Logout 1.0. Each app is a job of its own, so one that
 * does not answer holds up nobody; every try is an event.
 * The key that signs is oidc/'s (`sign`), where requests may go guarded-request.ts's.
 */
import { z } from 'zod'
import type { Config } from '../base/config.ts'
import type { Databases } from '../base/db.ts'
import { newId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import { noOrigin } from '../base/origin.ts'
import { task, type Task } from '../events/jobs.ts'
import { record } from '../events/record.ts'
import type { Subscriber } from '../events/subscriber.ts'
import { postForm } from './guarded-request.ts'
import { findClientMetadata } from './queries.ts'

const sessionFacts = z.object({
  sub: z.string().nullish(),
  clients: z.array(z.object({ client_id: z.string(), sid: z.string().nullish() })).default([]),
})

export const logoutTokenSubscriber: Subscriber = {
  name: 'logout_tokens',
  types: ['session.ended', 'session.left'],
  job({ id, after }) {
    const { sub = null, clients } = sessionFacts.parse(after ?? {})
    return clients
      // A logout token names the person, the session, or both (§2.4); without either there is nothing to say.
      .filter(({ sid }) => (sub ?? sid ?? null) !== null)
      .map(({ client_id, sid = null }) => ({
        task: 'send_logout_token',
        payload: { client_id, sid, sub, session_event_id: id },
        key: `logout_token:${id}:${client_id}`,
        maxAttempts: 6,
      }))
  },
}

const logoutJob = z.object({ client_id: z.string(), sid: z.string().nullable(), sub: z.string().nullable(), session_event_id: z.string() })
type LogoutJob = z.output<typeof logoutJob>

const receiver = z.object({ backchannel_logout_uri: z.url(), id_token_signed_response_alg: z.string().default('RS256') })

/** The claims of a logout token; times are seconds since the epoch. */
export interface LogoutClaims {
  readonly [claim: string]: unknown
  readonly iss: string
  readonly aud: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly events: Readonly<Record<string, object>>
  readonly sub?: string
  readonly sid?: string
}

export type SignLogoutToken = (claims: LogoutClaims, header: { readonly typ: string; readonly alg: string }) => Promise<string>

export interface LogoutTokenDeps {
  readonly databases: Databases
  readonly config: Pick<Config, 'issuer' | 'mode'>
  readonly log: Logger
  readonly sign: SignLogoutToken
}

const lifetimeSeconds = 120
const timeoutMs = 5_000

/** The task `send_logout_token`; an app without `backchannel_logout_uri` is passed over. */
export function logoutTokenTask({ databases, config, log, sign }: LogoutTokenDeps): Task {
  const allowPrivate = mayCallPrivate(config)
  return task(logoutJob, async (job, { attempt, signal }) => {
    const found = receiver.safeParse(await findClientMetadata(databases.engine, job.client_id))
    if (!found.success) return
    const { backchannel_logout_uri: url, id_token_signed_response_alg: alg } = found.data
    // Each try has an id of its own: an app that took the first one and answered too late would refuse a repeated `jti`.
    const token = await sign(logoutClaims(job, config.issuer), { typ: 'logout+jwt', alg })
    const reason = await deliver({ url, form: { logout_token: token }, allowPrivate, timeoutMs, signal })
    await databases.inEngine((trx) => record(trx, {
      type: reason === null ? 'logout_token.sent' : 'logout_token.failed',
      outcome: reason === null ? 'success' : 'failure',
      origin: noOrigin,
      subject: job.client_id,
      clientId: job.client_id,
      sid: job.sid,
      reason: reason?.code ?? null,
      after: { session_event_id: job.session_event_id, attempt },
    }))
    if (reason !== null) throw new Error(`the app ${job.client_id} did not take a logout token: ${reason.code}`, { cause: reason.cause })
    log.debug({ client_id: job.client_id }, 'a logout token was taken')
  })
}

function logoutClaims({ client_id: aud, sub, sid }: LogoutJob, iss: string): LogoutClaims {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss, aud, iat, exp: iat + lifetimeSeconds, jti: newId(),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    ...(sub !== null && { sub }),
    ...(sid !== null && { sid }),
  }
}

interface Failure {
  readonly code: string
  readonly cause?: unknown
}

/** Null when the app took the token: 200, or the 204 that some frameworks make of it (§2.8). */
async function deliver(post: Parameters<typeof postForm>[0]): Promise<Failure | null> {
  try {
    const status = await postForm(post)
    return status === 200 || status === 204 ? null : { code: `status_${status}` }
  } catch (cause) {
    return { code: cause instanceof Error && cause.name === 'ForbiddenAddress' ? 'forbidden_address' : 'unreachable', cause }
  }
}

/** Only a trial on this machine calls this machine: in production never, elsewhere when the issuer itself is a loopback address. */
function mayCallPrivate({ issuer, mode }: LogoutTokenDeps['config']): boolean {
  const { hostname } = new URL(issuer)
  return mode !== 'production' && (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname))
}
