/**
 * The links of all people of a wave who have no address, for a sheet that is printed and handed out. Invariants: as with one link,
 * never where there is an address, and none to a role above the mover's own; that they were shown is an event, once a sheet.
 */
import type { MasterKey } from '../base/crypto.ts'
import { record } from '../events/record.ts'
import { invitationPath, invitationToken } from '../members/invitation.ts'
import { grantRefusal } from '../members/membership.ts'
import { no, type ImportDeps, type Refused } from './import.ts'
import type { WaveChange } from './start-wave.ts'
import { findWave, listOpenWithoutAddress } from './wave-queries.ts'

export interface HandOverLink {
  readonly number: number
  readonly membershipId: string
  readonly name: string
  readonly employeeNumber: string | null
  readonly role: string
  readonly path: string
  readonly expiresAt: Date
}

export type WaveLinks = { readonly ok: true; readonly links: readonly HandOverLink[] } | Refused<'not_found'>

export function listWaveLinks({ databases, masterKey }: ImportDeps & { readonly masterKey: MasterKey }, { tenantId, importId, wave, mover, origin }: WaveChange): Promise<WaveLinks> {
  const key = { tenantId, importId, wave }
  return databases.inEngine(async (trx): Promise<WaveLinks> => {
    if ((await findWave(trx.query, key)) === undefined) return no('not_found')
    const rows = (await listOpenWithoutAddress(trx.query, key)).filter(({ permissions }) => grantRefusal(mover, permissions) === null)
    await record(trx, { type: 'import.links_shown', outcome: 'success', tenantId, subject: importId, actor: mover.accountId, origin, after: { wave, links: rows.length } })
    const links = rows.map(({ number, membership_id: membershipId, display_name: name, employee_number: employeeNumber, role, generation, expires_at: expiresAt }) => ({
      number, membershipId, name, employeeNumber, role, expiresAt, path: invitationPath(invitationToken(masterKey, membershipId, generation)),
    }))
    return { ok: true, links }
  })
}
