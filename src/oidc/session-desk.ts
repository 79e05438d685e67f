/**
 * The provider's session as our own pages see it: who is signed in, how freshly, and the way through the policy and back.
 * Invariants: there is no second session system, pages only read this one; where the way back leads is sealed, so nobody can send
 * a person anywhere but to a path that one of our pages has asked for.
 */
import type Provider from 'oidc-provider'
import type { Pool } from 'pg'
import { z } from 'zod'
import { CannotOpen, type MasterKey } from '../base/crypto.ts'
import type { AppContext } from '../http/context.ts'
import { freshSignInSeconds } from '../http/freshness.ts'
import { page, redirect, type PageDoor, type SessionDesk } from '../http/page.ts'
import { requestStateOf } from '../http/request-state.ts'
import { accountClientId, accountReturnPath } from './account-client.ts'
import { meetsOwnDemands, type TrustedDevice } from './assurance.ts'
import { sessionCookieOptions } from './configuration.ts'
import { hasSecondFactor, satisfiesAcr, strongerAcr } from './facts.ts'
import { routes } from './routes.ts'
import { inUnit } from './unit-of-work.ts'

export interface SessionDeskDeps {
  readonly issuer: string
  readonly pool: Pool
  readonly masterKey: MasterKey
  readonly provider: () => Provider
  readonly trustedDevice: TrustedDevice
}

const stateBinding = 'the way back from a sign-in'

export function createSessionDesk(deps: SessionDeskDeps): SessionDesk {
  return {
    read: (ctx) => inUnit(deps.pool, ctx.state.origin, async (unit) => {
      const session = await deps.provider().Session.get(deps.provider().createContext(ctx.req, ctx.res))
      const { accountId, uid, acr = 'aal1', amr = [], loginTs = 0 } = session
      const person = accountId === undefined ? undefined : await unit.person(accountId)
      if (accountId === undefined || person === undefined) return null
      // Between password and second factor there is a session already; it opens nothing, and the policy asks for the rest.
      if (!(await meetsOwnDemands(person, acr, () => deps.trustedDevice(ctx, accountId)))) return null
      return { sessionUid: uid, accountId, acr, amr, authTime: loginTs, hasSecondFactor: hasSecondFactor(person.security) }
    }),
    isFresh: ({ authTime, acr, hasSecondFactor: has }, maxAgeSeconds) =>
      Date.now() / 1000 - authTime <= maxAgeSeconds && satisfiesAcr(acr, has ? 'aal2' : 'aal1'),
    begin(ctx, { returnTo, again, identifier, tenant, acr }) {
      const parameters = authorizeParameters(deps.issuer, { state: sealWay(deps.masterKey, { to: returnTo, ifNot: again === null ? '/' : '/account' }), locale: requestStateOf(ctx.req)?.locale ?? 'ja' })
      if (identifier !== undefined) parameters.set('login_hint', identifier)
      // With the tenant's context in play the policy asks what that tenant asks.
      if (tenant !== undefined) {
        parameters.set('scope', 'openid tenant')
        parameters.set('tenant', tenant)
      }
      if (again !== null) parameters.set('max_age', String(freshSignInSeconds))
      // Named by the app, so that no trusted browser stands in for it.
      const level = acr ?? (again?.hasSecondFactor === true ? 'aal2' : undefined)
      if (level !== undefined) parameters.set('acr_values', level)
      return redirect(`${routes.authorization}?${parameters.toString()}`)
    },
    end(ctx, returnTo) {
      const parameters = new URLSearchParams({
        client_id: accountClientId, post_logout_redirect_uri: `${deps.issuer}${accountReturnPath}`,
        state: sealWay(deps.masterKey, { to: returnTo, ifNot: '/' }), ui_locales: requestStateOf(ctx.req)?.locale ?? 'ja',
      })
      return redirect(`${routes.end_session}?${parameters.toString()}`)
    },
  }
}

/** Raises the session of a request by what has just been proved on a page; it gets a new id (ASVS 7.2.4), its sign-in stays as old as it was. */
export type RaiseSession = (ctx: AppContext, proved: { readonly acr: string; readonly amr: readonly string[] }) => Promise<void>

export function createRaiseSession(deps: Pick<SessionDeskDeps, 'issuer' | 'pool' | 'provider'>): RaiseSession {
  const options = sessionCookieOptions(deps.issuer)
  return (ctx, proved) => inUnit(deps.pool, ctx.state.origin, async () => {
    const provider = deps.provider()
    const { cookies } = provider.createContext(ctx.req, ctx.res)
    const session = await provider.Session.get(provider.createContext(ctx.req, ctx.res))
    if (session.accountId === undefined) return
    session.acr = strongerAcr(session.acr ?? 'aal1', proved.acr)
    session.amr = [...new Set([...(session.amr ?? []), ...proved.amr, 'mfa'])]
    session.resetIdentifier()
    await session.persist()
    // The TLS end may be a proxy: the issuer decides what is secure, not the socket.
    cookies.secure = options.secure
    cookies.set(provider.cookieName('session'), session.jti, { ...options, expires: new Date(session.exp * 1000) })
  })
}

/** Where the provider leads back to after a sign-in or a sign-out, and where people register who come from no app. */
export function ownDoors({ issuer, masterKey }: Pick<SessionDeskDeps, 'issuer' | 'masterKey'>): readonly PageDoor[] {
  return [
    page({
      method: 'GET', path: '/account/return', access: 'public',
      handle: ({ query }) => {
        const way = wayBack(masterKey, query.get('state') ?? '')
        return redirect(query.has('error') ? (way?.ifNot ?? '/') : (way?.to ?? '/account'))
      },
    }),
    page({
      method: 'GET', path: '/register', access: 'public',
      handle: ({ locale }) => {
        const parameters = authorizeParameters(issuer, { state: sealWay(masterKey, { to: '/account', ifNot: '/' }), locale })
        parameters.set('prompt', 'create')
        return redirect(`${routes.authorization}?${parameters.toString()}`)
      },
    }),
  ]
}

function authorizeParameters(issuer: string, { state, locale }: { state: string; locale: string }): URLSearchParams {
  return new URLSearchParams({
    client_id: accountClientId, redirect_uri: `${issuer}${accountReturnPath}`, response_type: 'none', scope: 'openid', state, ui_locales: locale,
  })
}

/** Where to go on, and where to whoever gave up: a stranger to the front page, which asks nothing; a person to their account. */
const wayShape = z.object({ to: z.string(), ifNot: z.string() })
type Way = z.output<typeof wayShape>

function sealWay(masterKey: MasterKey, way: Way): string {
  return masterKey.seal(JSON.stringify(way), stateBinding)
}

function wayBack(masterKey: MasterKey, state: string): Way | null {
  try {
    return wayShape.parse(JSON.parse(masterKey.open(state, stateBinding).toString('utf8')))
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}
