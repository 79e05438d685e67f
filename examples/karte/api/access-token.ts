/**
 * Judges one access token as any API would (RFC 9068 §4): signed by the issuer's published keys, meant for this API, of the right
 * type, still valid. Knows nothing of the product's sessions, and could run on another machine.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'

/** What the token says about the person. A claim that is not there stays absent; nothing is guessed. */
const payloadSchema = z.object({
  sub: z.string().min(1),
  client_id: z.string().min(1),
  scope: z.string().default('').transform((scope) => scope.split(' ')),
  acr: z.string().optional(),
  auth_time: z.number().optional(),
  tenant_id: z.string().optional(),
  membership_id: z.string().optional(),
  role: z.string().optional(),
  // A token that is bound to a key is worth nothing without the proof of it (RFC 9449 §7.1, RFC 8705 §3), which this API does not take.
  cnf: z.undefined().optional(),
})
export type AccessTokenPayload = z.infer<typeof payloadSchema>

const metadataSchema = z.object({ issuer: z.url(), jwks_uri: z.url() })
interface Published {
  readonly issuer: string
  readonly keys: JWTVerifyGetKey
}
// Only signatures by the issuer's own keys: neither "none" nor an HMAC can pass.
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']
const timeoutMs = 10_000

export class AccessTokenError extends Error {}
/** The issuer's keys cannot be had at the moment: says nothing about the token. */
export class KeysUnreachable extends Error {}

export class AccessTokens {
  readonly #issuer: string
  readonly #audience: string
  #published: Promise<Published> | null = null

  constructor({ issuer, audience }: { issuer: string; audience: string }) {
    this.#issuer = issuer
    this.#audience = audience
  }

  /** Throws AccessTokenError when the token is not a valid access token of our issuer for this API. */
  async verify(token: string): Promise<AccessTokenPayload> {
    const payload = payloadSchema.safeParse(await this.#signedPayload(token, await this.#issuerPublishes()))
    if (!payload.success) throw new AccessTokenError('The access token lacks a claim or is bound to a key.')
    return payload.data
  }

  async #signedPayload(token: string, { issuer, keys }: Published): Promise<unknown> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: this.#audience,
        typ: 'at+jwt',
        algorithms,
        requiredClaims: ['exp', 'iat', 'jti'],
      })
      return payload
    } catch (error) {
      if (saysNothingOfTheToken(error)) throw new KeysUnreachable('The issuer does not show its keys.', { cause: error })
      throw new AccessTokenError(error instanceof errors.JWTExpired ? 'The access token expired.' : 'The access token was not accepted.', { cause: error })
    }
  }

  /** Asked for at first need and again after a failure; jose then keeps the keys and looks again when it meets a new one. */
  #issuerPublishes(): Promise<Published> {
    this.#published ??= readMetadata(this.#issuer).catch((error: unknown) => {
      this.#published = null
      throw new KeysUnreachable('The issuer does not answer.', { cause: error })
    })
    return this.#published
  }
}

async function readMetadata(address: string): Promise<Published> {
  const response = await fetch(`${address.replace(/\/$/, '')}/.well-known/openid-configuration`, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`The issuer answered ${response.status} instead of its metadata.`)
  const { issuer, jwks_uri } = metadataSchema.parse(await response.json())
  if (new URL(issuer).href !== new URL(address).href) throw new Error('The metadata are of another issuer.')
  return { issuer, keys: createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: timeoutMs }) }
}

/** Errors of jose that speak of the token carry a code of their own; a key set that is late, broken or out of reach does not. */
function saysNothingOfTheToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC'
}
