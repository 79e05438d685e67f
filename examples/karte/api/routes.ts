/**
 * The JSON API of Karte: a resource server that trusts an access token and nothing else, no cookie and no session.
 * Invariant: whoever may not sign with any sign-in is refused before a stronger one is asked for.
 */
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { permissionsOf } from '../permissions.ts'
import type { Prescriptions } from '../prescriptions.ts'
import { AccessTokenError, KeysUnreachable, type AccessTokenPayload, type AccessTokens } from './access-token.ts'
import { challenge, challengeFor, signingDemand } from './step-up.ts'

export const signingScope = 'prescriptions:sign'

/** Routes under /api. */
export function apiRoutes(accessTokens: AccessTokens, prescriptions: Prescriptions): Router {
  const router = new Router({ prefix: '/api' })

  router.post('/prescriptions/:id/sign', async (ctx) => {
    const caller = await callerOf(ctx, accessTokens)
    if (caller !== null) sign(ctx, caller, prescriptions)
  })

  return router
}

function sign(ctx: Context & { params: Record<string, string> }, caller: AccessTokenPayload, prescriptions: Prescriptions): void {
  if (!caller.scope.includes(signingScope)) {
    ctx.set('www-authenticate', challenge({ error: 'insufficient_scope', error_description: 'The access token does not allow signing', scope: signingScope }))
    return refuse(ctx, 403, 'insufficient_scope')
  }
  const { tenant_id: tenantId, membership_id: membershipId, role } = caller
  if (tenantId === undefined || membershipId === undefined || !permissionsOf(role).includes('prescriptions_sign')) return refuse(ctx, 403, 'role_may_not_sign')
  const id = ctx.params['id'] ?? ''
  if (!prescriptions.list(tenantId).some((one) => one.id === id)) return refuse(ctx, 404, 'not_found')
  const wanted = challengeFor(caller, signingDemand)
  if (wanted !== null) {
    ctx.set('www-authenticate', wanted)
    return refuse(ctx, 401, 'insufficient_user_authentication')
  }
  const signature = prescriptions.sign(tenantId, id, { membershipId, acr: caller.acr ?? '' })
  if (signature === null) return refuse(ctx, 409, 'already_signed')
  ctx.body = { id, signed_at: signature.at.toISOString(), signed_by: signature.membershipId, acr: signature.acr }
}

/** Whom the access token speaks of; null when the request has been answered. */
async function callerOf(ctx: Context, accessTokens: AccessTokens): Promise<AccessTokenPayload | null> {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization')) ?? []
  if (token === undefined) {
    // RFC 6750 §3.1: nothing is said about a token that was not there.
    ctx.set('www-authenticate', challenge({}))
    refuse(ctx, 401, 'not_authenticated')
    return null
  }
  try {
    return await accessTokens.verify(token)
  } catch (error) {
    if (error instanceof KeysUnreachable) refuse(ctx, 503, 'issuer_down')
    else if (error instanceof AccessTokenError) {
      ctx.set('www-authenticate', challenge({ error: 'invalid_token', error_description: error.message }))
      refuse(ctx, 401, 'invalid_token')
    } else throw error
    return null
  }
}

function refuse(ctx: Context, status: number, error: string): void {
  ctx.status = status
  ctx.body = { error }
}
