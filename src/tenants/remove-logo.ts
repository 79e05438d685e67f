/** Takes a tenant's logo away; its pages show the first character of its name again. */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import type { LogoChange } from './replace-logo.ts'
import { deleteLogo, lockSettings } from './settings-queries.ts'

export type LogoRemoval = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

/** False also where there is no logo. */
export function removeLogo(deps: { readonly databases: Databases }, { tenantId, actor, origin }: LogoChange): Promise<LogoRemoval> {
  return deps.databases.inTenant(tenantId, async (trx): Promise<LogoRemoval> => {
    const digest = (await lockSettings(trx)) === undefined ? undefined : await deleteLogo(trx)
    if (digest === undefined) return { ok: false, reason: 'not_found' }
    await record(trx, { type: 'tenant.logo_changed', outcome: 'success', subject: tenantId, actor, origin, before: { digest }, after: { digest: null } })
    return { ok: true }
  })
}
