/** Takes a tenant's logo away; its pages show the first character of its name again. */
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected } from '../http/etag.ts'
import type { LogoChange } from './replace-logo.ts'
import { deleteLogo, lockSettings } from './settings-queries.ts'

export type LogoRemoval = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' }

/** False also where there is no logo. */
export function removeLogo(deps: { readonly databases: Databases }, { tenantId, actor, origin, expect }: LogoChange): Promise<LogoRemoval> {
  return deps.databases.inTenant(tenantId, async (trx): Promise<LogoRemoval> => {
    if ((await lockSettings(trx)) === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.logo_changed', subject: tenantId, actor, origin } as const
    if (await isUnexpected(trx, expect)) {
      await record(trx, { ...event, outcome: 'refused', reason: 'precondition_failed' })
      return { ok: false, reason: 'precondition_failed' }
    }
    const digest = await deleteLogo(trx)
    if (digest === undefined) return { ok: false, reason: 'not_found' }
    await record(trx, { ...event, outcome: 'success', before: { digest }, after: { digest: null } })
    return { ok: true }
  })
}
