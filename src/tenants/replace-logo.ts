/** Gives a tenant a logo, drawn anew from what was uploaded, in place of the one before. */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { drawLogo, type LogoRefusal } from './draw-logo.ts'
import { findLogoDigest, lockSettings, upsertLogo } from './settings-queries.ts'

export interface LogoChange {
  readonly tenantId: TenantId
  readonly actor: string | null
  readonly origin: Origin
  readonly expect?: Expectation | undefined
}

export type LogoReplacement =
  | { readonly ok: true; readonly digest: string }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' | LogoRefusal }

export async function replaceLogo(deps: { readonly databases: Databases }, { tenantId, actor, origin, expect, picture }: LogoChange & { readonly picture: Buffer }): Promise<LogoReplacement> {
  // Slow, and outside the transaction.
  const drawn = await drawLogo(picture)
  return deps.databases.inTenant(tenantId, async (trx): Promise<LogoReplacement> => {
    if ((await lockSettings(trx)) === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'tenant.logo_changed', subject: tenantId, actor, origin } as const
    const checked = (await isUnexpected(trx, expect)) ? ({ ok: false, reason: 'precondition_failed' } as const) : drawn
    if (!checked.ok) {
      await record(trx, { ...event, outcome: 'refused', reason: checked.reason, after: { bytes: picture.length } })
      return checked
    }
    const { digest, png, width, height } = checked
    const before = await findLogoDigest(trx)
    await upsertLogo(trx, { digest, png, width, height })
    await record(trx, { ...event, outcome: 'success', before: before === undefined ? null : { digest: before }, after: { digest, width, height } })
    return { ok: true, digest }
  })
}
