/**
 * A refresh with `tenant`: the token family moves to another membership of the same person, without a new sign-in and after
 * re-checking the target tenant's rules (design §4). This only names the target; the flush writes it together with the
 * consumption of the refresh token, so a refused client or proof changes nothing.
 */
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ClientStore } from './client-store.ts'
import { mayRenew } from './assurance.ts'
import { outlived, satisfiesAcr } from './facts.ts'
import { fittingMemberships, requestedTenant } from './membership-choice.ts'
import type { TokenRow } from './queries.ts'
import type { References } from './references.ts'
import { currentUnit } from './unit-of-work.ts'

/** A family lives no longer than the rules it was given under: a tenant that asks for more gets a new sign-in (invalid_grant). */
export async function refuseOutgrown(ctx: KoaContextWithOIDC, { references }: { references: References }): Promise<void> {
  const value = ctx.oidc.params?.['refresh_token']
  if (typeof value !== 'string' || requestedTenant(ctx.oidc.params ?? {}) !== undefined) return
  const token = await currentUnit().token(references.key(value))
  const own = token?.model === 'RefreshToken' && token.payload.clientId === ctx.oidc.client?.clientId
  if (own) refuseWhereOutgrown(token)
}

function refuseWhereOutgrown(token: TokenRow): void {
  if (!mayRenew(token)) throw new errors.InvalidGrant('the tenant asks for a stronger or newer sign-in')
}

export async function nameTargetTenant(ctx: KoaContextWithOIDC, deps: { clients: ClientStore; references: References }): Promise<void> {
  const params = ctx.oidc.params ?? {}
  const tenant = requestedTenant(params)
  const value = params['refresh_token']
  if (tenant === undefined || typeof value !== 'string') return
  const key = deps.references.key(value)
  const unit = currentUnit()
  const token = await unit.token(key)
  // An unknown or foreign token is the stock handler's refusal to make.
  if (token?.model !== 'RefreshToken' || token.account === null || token.payload.clientId !== ctx.oidc.client?.clientId) return
  const memberships = await unit.memberships(token.account.id, token.payload.clientId ?? null)
  const [target] = fittingMemberships(memberships, tenant)
  if (target === undefined) throw new errors.AccessDenied('no membership of this tenant')
  // Naming the tenant that the family is in already is no way around its rules.
  if (target.id === token.grant?.membership_id) {
    refuseWhereOutgrown(token)
    return
  }
  if (outlived(target.rules.session_hours, token.payload.authTime)) {
    throw new errors.CustomOIDCProviderError('interaction_required', 'the tenant asks for a newer sign-in')
  }
  if (target.rules.enforced && !satisfiesAcr(token.payload.acr ?? 'aal1', target.rules.required_acr)) {
    throw new errors.CustomOIDCProviderError('interaction_required', 'the tenant asks for a stronger sign-in')
  }
  const firstParty = (await deps.clients.find(token.payload.clientId ?? ''))?.first_party === true
  unit.moved.set(key, await targetGrant(ctx, token, { ...target, firstParty }))
}

/** The person's grant for (session, app, target membership): an existing one, or one made from what was agreed for it. */
async function targetGrant(
  ctx: KoaContextWithOIDC,
  token: TokenRow,
  target: { readonly id: string; readonly tenant_id: string; readonly firstParty: boolean },
): Promise<string> {
  const unit = currentUnit()
  const clientId = ctx.oidc.client?.clientId ?? ''
  const accountId = token.account?.id ?? ''
  const sessionUid = token.grant?.session_uid ?? ''
  const source = token.grant?.id === undefined ? undefined : await ctx.oidc.provider.Grant.find(token.grant.id)
  if (source === undefined) throw new errors.InvalidGrant('grant not found')
  const { firstParty } = target
  const consent = (await unit.consents(accountId, clientId)).find((given) => given.membership_id === target.id)
  if (!firstParty && consent === undefined) throw new errors.CustomOIDCProviderError('consent_required', 'the person has not agreed for this tenant')
  const known = (await unit.grantsOf(sessionUid, clientId)).find((row) => row.membership_id === target.id)
  const existing = known === undefined ? undefined : await ctx.oidc.provider.Grant.find(known.id)
  const grant = existing ?? new ctx.oidc.provider.Grant({ accountId, clientId })
  if (existing === undefined) Object.assign(grant, { sessionUid, tenantId: target.tenant_id, membershipId: target.id })
  // What the family holds today is what it may hold there; a third-party app no more than was agreed for that tenant.
  const agreed = firstParty ? undefined : new Set(consent?.scopes)
  const scopes = source.getOIDCScope().split(' ').filter((scope) => agreed === undefined || agreed.has(scope))
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '))
  grant.addOIDCClaims(source.getOIDCClaims())
  for (const identifier of Object.keys(source.resources ?? {})) {
    const granted = source.getResourceScope(identifier).split(' ')
    const allowed = firstParty ? granted : granted.filter((scope) => consent?.resource_scopes[identifier]?.includes(scope) === true)
    if (allowed.length > 0) grant.addResourceScope(identifier, allowed.join(' '))
  }
  return grant.save()
}
