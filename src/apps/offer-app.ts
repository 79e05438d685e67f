/**
 * Lets a tenant use an app that is open to listed tenants only, or takes it away again, by an operator. Taking it away removes the
 * tenant's own list of assigned people and ends its token families for the app.
 */
import type { TenantId } from '../base/ids.ts'
import { record } from '../events/record.ts'
import { deleteOffer, insertOffer, lockClient } from './queries.ts'
import type { Registrant } from './register-client.ts'
import type { AppAccessDeps } from './set-app-access.ts'

export type OfferResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'unknown_tenant' | 'not_for_tenants' | 'already_offered' | 'not_offered' }

export interface Offer extends Registrant {
  readonly clientId: string
  readonly tenantId: TenantId
}

export function offerApp({ databases }: Pick<AppAccessDeps, 'databases'>, { clientId, tenantId, actor, origin }: Offer): Promise<OfferResult> {
  return databases.inEngine(async (trx): Promise<OfferResult> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined) return { ok: false, reason: 'not_found' }
    if (client.built_in || client.tenant_id !== null) return { ok: false, reason: 'not_for_tenants' }
    const offered = await insertOffer(trx, { clientId, tenantId })
    if (offered !== 'offered') return { ok: false, reason: offered }
    await record(trx, { type: 'app.access_changed', outcome: 'success', subject: clientId, clientId, tenantId, actor, origin, before: { access: null }, after: { access: 'everyone' } })
    return { ok: true }
  })
}

export function withdrawApp({ databases, grants }: AppAccessDeps, { clientId, tenantId, actor, origin }: Offer): Promise<OfferResult> {
  return databases.inEngine(async (trx): Promise<OfferResult> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined) return { ok: false, reason: 'not_found' }
    const access = await deleteOffer(trx, { clientId, tenantId })
    if (access === undefined) return { ok: false, reason: 'not_offered' }
    if (client.open_to === 'listed_tenants') await grants.endGrantsOfApp(trx, { clientId, tenantId })
    await record(trx, { type: 'app.access_changed', outcome: 'success', subject: clientId, clientId, tenantId, actor, origin, before: { access }, after: { access: null } })
    return { ok: true }
  })
}
