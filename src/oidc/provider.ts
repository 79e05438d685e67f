/**
 * Builds a Provider: stock oidc-provider with our models, adapter and configuration, every request in a unit of work.
 * Invariant: a response leaves only after its writes are in the database; when they are refused, no header of it leaves.
 */
import Provider, { errors, type KoaContextWithOIDC, type TokenEndpointGrantContext } from 'oidc-provider'
import type { Pool } from 'pg'
import { sha256, type MasterKey } from '../base/crypto.ts'
import { noOrigin } from '../base/origin.ts'
import { requestStateOf } from '../http/request-state.ts'
import { createAdapter } from './adapter.ts'
import type { TrustedDevice } from './assurance.ts'
import type { ClientStore } from './client-store.ts'
import { providerConfiguration } from './configuration.ts'
import type { KeyRing } from './keyring.ts'
import { membershipOf } from './claims.ts'
import { shapeModels } from './models.ts'
import type { ProviderPages } from './provider-pages.ts'
import type { References } from './references.ts'
import { routes } from './routes.ts'
import { nameTargetTenant, refuseOutgrown } from './switch-tenant.ts'
import { currentUnit, LostRace, UnitOfWork, withUnit } from './unit-of-work.ts'

export interface ProviderDeps {
  readonly issuer: string
  readonly pool: Pool
  readonly masterKey: MasterKey
  readonly clients: ClientStore
  readonly references: References
  readonly pages: ProviderPages
  readonly trustedDevice: TrustedDevice
}

interface Hooks {
  readonly pages: ProviderPages
  readonly clients: ClientStore
  readonly references: References
}

// `registerGrantType` and `registerResponseMode` run inside the library's constructor, before a field of ours could exist.
const hooksOf = new WeakMap<object, Hooks>()

type NameOrNames = string | readonly string[] | ReadonlySet<string>
type GrantTypeArguments<Params extends object> = [
  name: string, handler: (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>, parameters?: NameOrNames, duplicates?: NameOrNames,
]

type ResponseMode = Parameters<Provider['registerResponseMode']>[1]

/** Stock, but for a parameter of one grant type, the flush inside the grant handlers, and the look of one response mode. */
class TegataProvider extends Provider {
  override registerGrantType<Params extends object>(...[name, handler, parameters, duplicates]: GrantTypeArguments<Params>): void {
    const accepted = new Set(typeof parameters === 'string' ? [parameters] : parameters)
    if (name === 'refresh_token') accepted.add('tenant')
    super.registerGrantType<Params>(name, async (ctx) => {
      const unit = currentUnit()
      try {
        const hooks = hooksOf.get(this)
        if (name === 'refresh_token' && hooks !== undefined) {
          await refuseOutgrown(ctx, hooks)
          await nameTargetTenant(ctx, hooks)
        }
        await handler(ctx)
        recordIssue(ctx, name)
        // Inside the library's error handler and before it says success: a lost race is an ordinary OAuth error.
        await flushOrRefuse(unit)
      } catch (error) {
        unit.dropGains()
        throw error
      }
    }, accepted, duplicates)
  }

  override registerResponseMode(name: string, handler: ResponseMode): void {
    super.registerResponseMode(name, name === 'form_post' ? (ctx, redirectUri, payload) => hooksOf.get(this)?.pages.formPost(ctx, redirectUri, payload) : handler)
  }
}

async function flushOrRefuse(unit: UnitOfWork): Promise<void> {
  try {
    await unit.flush()
  } catch (error) {
    if (!(error instanceof LostRace)) throw error
    if (error.which === 'client') throw new errors.InvalidClient('the app has changed or was suspended')
    throw new errors.InvalidGrant(`lost a race: ${error.which}`)
  }
}

/** A new Provider for one set of keys; takes under a millisecond, so a rotation just builds another (protocol.md §6). */
export function buildProvider(deps: ProviderDeps, keyRing: KeyRing): Provider {
  const provider = new TegataProvider(
    deps.issuer,
    providerConfiguration({ ...deps, keyRing, adapter: createAdapter(deps) }),
  )
  hooksOf.set(provider, deps)
  // Addresses come from ISSUER: the edge has overwritten the forwarded headers with its host and scheme.
  provider.proxy = true
  shapeModels(provider, deps.clients)
  provider.use((ctx, next) => withUnit(unitFor(ctx, deps), async () => {
    try {
      await next()
      await currentUnit().flush()
      deps.pages.dressHandOver(ctx)
    } catch (error) {
      // Nothing has been sent yet: redirect and cookies are taken back before the page for the fault is written.
      for (const name of ['Location', 'Set-Cookie']) ctx.remove(name)
      deps.pages.renderFault(ctx, error)
    }
  }))
  recordRefusals(provider)
  return provider
}

interface Answer {
  readonly req: Parameters<typeof requestStateOf>[0]
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
}

function unitFor(ctx: Answer, deps: ProviderDeps): UnitOfWork {
  const clientId = ctx.query['client_id']
  const uid = ctx.path.startsWith(`${routes.authorization}/`) ? ctx.path.slice(routes.authorization.length + 1) : ''
  return new UnitOfWork(deps.pool, requestStateOf(ctx.req)?.origin ?? noOrigin, {
    clientIdHint: typeof clientId === 'string' ? clientId : null,
    resumedKey: uid === '' ? null : deps.references.key(uid),
  })
}

function recordIssue(ctx: KoaContextWithOIDC, grantType: string): void {
  const { AccessToken, ClientCredentials, Grant, Client } = ctx.oidc.entities
  const unit = currentUnit()
  const token = AccessToken ?? ClientCredentials
  const tenantId = Grant !== undefined && 'tenantId' in Grant && typeof Grant.tenantId === 'string' ? Grant.tenantId : null
  const membershipId = membershipOf(Grant)
  if (membershipId !== undefined) unit.see(membershipId)
  unit.record({
    type: 'token.issued',
    outcome: 'success',
    actor: AccessToken?.accountId ?? Client?.clientId ?? null,
    subject: AccessToken?.grantId ?? null,
    clientId: Client?.clientId ?? null,
    tenantId,
    sid: AccessToken?.sid ?? null,
    after: {
      grant_type: grantType, scope: token?.scope ?? null, audience: token?.aud ?? null, ...tokenName(token),
      membership_id: membershipId ?? null,
    },
  })
}

/** How the log names a token: a JWT by its jti, an opaque one by its row's key, because its jti is the bearer value itself. */
function tokenName(token: { jti: string; resourceServer?: { accessTokenFormat?: string | undefined } | undefined } | undefined): Record<string, string> {
  if (token === undefined) return {}
  return token.resourceServer?.accessTokenFormat === 'jwt' ? { jti: token.jti } : { token_hash: sha256(token.jti) }
}

/** Library events are synchronous and come before the flush, so what they record is written with the rest or not at all. */
function recordRefusals(provider: Provider): void {
  provider.on('authorization.success', (ctx) => {
    const { Grant, Client, Session } = ctx.oidc.entities
    const clientId = Client?.clientId ?? null
    const tenantId = Grant !== undefined && 'tenantId' in Grant && typeof Grant.tenantId === 'string' ? Grant.tenantId : null
    const membershipId = membershipOf(Grant)
    if (membershipId !== undefined) currentUnit().see(membershipId)
    currentUnit().record({
      type: 'authorization.granted', outcome: 'success', actor: Session?.accountId ?? null, subject: clientId, clientId, tenantId,
      sid: clientId === null ? null : (Session?.authorizations?.[clientId]?.sid ?? null),
      after: { scope: ctx.oidc.params?.['scope'] ?? null, acr: Session?.acr ?? null, amr: Session?.amr ?? null, session: Session?.uid ?? null, membership_id: membershipId ?? null },
    })
  })
  provider.on('authorization.error', (ctx, error) => refusal('authorization.refused', ctx, error))
  provider.on('grant.error', (ctx, error) => refusal('token.refused', ctx, error))
  provider.on('grant.revoked', (ctx, grantId) => {
    // At sign-out the session's own event says it.
    if (ctx.oidc.route === 'revocation') revoked(ctx, grantId)
    else if (ctx.oidc.route === 'token') {
      const clientId = ctx.oidc.client?.clientId ?? null
      currentUnit().record({ type: 'token.reuse_detected', outcome: 'refused', actor: clientId, subject: grantId, clientId })
    }
  })
  const destroyed = (token: { jti: string; clientId?: string | undefined }): void => {
    currentUnit().record({ type: 'token.revoked', outcome: 'success', actor: token.clientId ?? null, subject: sha256(token.jti), clientId: token.clientId ?? null })
  }
  provider.on('access_token.destroyed', destroyed)
  provider.on('client_credentials.destroyed', destroyed)
}

function revoked(ctx: KoaContextWithOIDC, grantId: string): void {
  const clientId = ctx.oidc.client?.clientId ?? null
  currentUnit().record({ type: 'token.revoked', outcome: 'success', actor: clientId, subject: grantId, clientId })
}

function refusal(type: 'authorization.refused' | 'token.refused', ctx: KoaContextWithOIDC, error: Error): void {
  const clientId = ctx.oidc.client?.clientId ?? null
  const reason = 'error' in error && typeof error.error === 'string' ? error.error : 'server_error'
  currentUnit().record({ type, outcome: 'refused', actor: ctx.oidc.session?.accountId ?? clientId, subject: clientId, clientId, reason })
}
