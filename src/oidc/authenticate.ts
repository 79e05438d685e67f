/**
 * Who calls our own API: an opaque access token of ours, for our audience, judged as of this moment by the same read that
 * introspection uses, so a suspended membership is out at once.
 * Invariant: nobody acts as an operator without a second factor; what a machine may do stands at its registration.
 */
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Authenticate, Caller, Refusal } from '../http/endpoint.ts'
import type { AppContext } from '../http/context.ts'
import { findCallerFacts, type CallerFacts } from './queries.ts'
import type { TokenRow } from './queries.ts'
import type { References } from './references.ts'
import { inUnit } from './unit-of-work.ts'

/** The audience of tokens for our own API (RFC 8707). */
export function ownApiIdentifier(issuer: string): string {
  return `${issuer}/api/v1`
}

export function createAuthenticate(deps: { pool: Pool; references: References; issuer: string }): Authenticate {
  const audience = ownApiIdentifier(deps.issuer)
  return (ctx) => {
    const value = bearerOf(ctx)
    if (value === undefined) return Promise.resolve(refused('token_missing'))
    return inUnit(deps.pool, ctx.state.origin, async (unit): Promise<Caller | Refusal> => {
      const token = await unit.token(deps.references.key(value))
      if (token === undefined || !livesOn(token)) return refused('token_invalid')
      if (token.payload.aud !== audience) return refused('token_audience')
      // A bound token without its proof is worth nothing (RFC 9449 §7), and this door checks no proofs yet.
      if (token.payload.jkt !== undefined) return refused('token_bound')
      return callerOf(deps.pool, token)
    })
  }
}

function bearerOf(ctx: AppContext): string | undefined {
  return /^Bearer +([A-Za-z0-9_~+/.-]+=*)$/i.exec(ctx.get('Authorization'))?.[1]
}

/** An access token that is bound to a session dies with it. */
function livesOn(token: TokenRow): boolean {
  if (token.model === 'ClientCredentials') return true
  return token.model === 'AccessToken' && (token.payload.expiresWithSession !== true || token.session?.account_id === token.account?.id)
}

async function callerOf(pool: Pool, token: TokenRow): Promise<Caller> {
  const clientId = token.payload.clientId ?? ''
  const common = { clientId, scopes: token.payload.scope?.split(' ') ?? [], breakGlassId: null }
  const accountId = token.account?.id ?? null
  const membershipId = token.tenant?.membership_id ?? null
  const facts = await findCallerFacts(pool, { accountId, membershipId, clientId })
  if (accountId === null) return { ...common, ...machineOf(facts), accountId, membershipId: null, authentication: null }
  const authentication = { ...signInOf(token.payload), strongestAcr: facts.second_factor ? 'aal2' : 'aal1' } as const
  const isStrong = authentication.acr === 'aal2' || authentication.acr === 'phr'
  return {
    ...common, accountId, membershipId, authentication, tenantId: token.tenant?.tenant_id ?? null, permissions: facts.permissions,
    platform: isStrong ? facts.operator : null, mustStepUp: facts.operator !== null && !isStrong,
  }
}

/** A machine of a tenant may do what it was given there; one of the platform what its scopes say. */
function machineOf({ client }: CallerFacts): Pick<Caller, 'tenantId' | 'permissions' | 'platform'> {
  if (client === null) return { tenantId: null, permissions: [], platform: null }
  return { tenantId: client.tenant_id, permissions: client.permissions, platform: client.tenant_id === null ? 'owner' : null }
}

const extraShape = z.object({ acr: z.string().default('aal1'), auth_time: z.number().default(0) })

/** Kept with the access token when it was issued (claims.ts). */
function signInOf(payload: TokenRow['payload']): { acr: string; authTime: number } {
  const { acr, auth_time } = extraShape.parse(payload.extra ?? {})
  return { acr, authTime: auth_time }
}

function refused(reason: string): Refusal {
  // RFC 6750 §3: no error code where no token was sent.
  const challenge = reason === 'token_missing' ? 'Bearer' : `Bearer error="invalid_token", error_description="${reason}"`
  return { status: 401, reason, wwwAuthenticate: challenge }
}
