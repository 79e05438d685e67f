/**
 * Judges one logout token (OpenID Connect Back-Channel Logout 1.0 §2.6); openid-client leaves this to the product, so jose does it.
 * Invariant: whatever is not exactly a fresh, unused logout token of our issuer for us is refused.
 */
import { decodeProtectedHeader, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const freshSeconds = 180
const toleranceSeconds = 30

const payloadSchema = z.object({
  jti: z.string().min(1),
  sub: z.string().min(1).optional(),
  sid: z.string().min(1).optional(),
  events: z.object({ [logoutEvent]: z.record(z.string(), z.unknown()) }),
  // §2.4: a nonce is prohibited, so that an ID token can never pass for a logout token.
  nonce: z.undefined().optional(),
})

export interface LogoutTokenChecks {
  readonly keys: JWTVerifyGetKey
  readonly issuer: string
  readonly clientId: string
  readonly algorithms: readonly string[]
}

export class LogoutTokenError extends Error {}

export class LogoutTokens {
  /** Every jti seen, with the moment after which its token is too old to be accepted anyway. */
  readonly #seen = new Map<string, number>()

  /** Says whose sessions end. Throws LogoutTokenError when the token is forged, stale, replayed or of another kind. */
  async accept(token: string, checks: LogoutTokenChecks): Promise<{ sub?: string | undefined; sid?: string | undefined }> {
    const payload = payloadSchema.safeParse(await signedPayload(token, checks))
    if (!payload.success) throw new LogoutTokenError('This is not a logout token.')
    const { jti, sub, sid } = payload.data
    if (sub === undefined && sid === undefined) throw new LogoutTokenError('The logout token names neither sub nor sid.')
    this.#useOnce(jti)
    return { sub, sid }
  }

  #useOnce(jti: string): void {
    const now = Date.now()
    for (const [old, untilMs] of this.#seen) if (untilMs < now) this.#seen.delete(old)
    if (this.#seen.has(jti)) throw new LogoutTokenError('The logout token was used before.')
    this.#seen.set(jti, now + (freshSeconds + 2 * toleranceSeconds) * 1000)
  }
}

async function signedPayload(token: string, checks: LogoutTokenChecks): Promise<unknown> {
  try {
    const { typ } = decodeProtectedHeader(token)
    if (typ !== undefined && !/^(application\/)?logout\+jwt$/i.test(typ)) throw new LogoutTokenError('The token is of another type.')
    const { payload } = await jwtVerify(token, checks.keys, {
      issuer: checks.issuer,
      audience: checks.clientId,
      // Only signatures by the issuer's own keys: neither "none" nor an HMAC can pass.
      algorithms: checks.algorithms.filter((name) => /^(RS|PS|ES|Ed)/.test(name)),
      maxTokenAge: freshSeconds,
      clockTolerance: toleranceSeconds,
    })
    return payload
  } catch (error) {
    if (error instanceof LogoutTokenError) throw error
    throw new LogoutTokenError('The logout token was not accepted.', { cause: error })
  }
}
