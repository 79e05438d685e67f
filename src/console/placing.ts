/**
 * Where invited people come to stand, as the forms of invitations and imports ask for it: what can be chosen, and what was.
 * Only roles are offered that whoever acts may give; the commands ask that again.
 */
import type { TenantTrx } from '../base/db.ts'
import { listTenantApps } from '../apps/tenant-queries.ts'
import { grantRefusal } from '../members/membership.ts'
import { listRoles } from '../members/role-queries.ts'
import { listUnits } from '../tenants/unit-queries.ts'
import { placeFields } from '../../views/contract/console-invitations.ts'
import type { PlaceOptions, PlaceValues } from '../../views/invitation-props.ts'
import type { Locale } from '../../views/locale.ts'
import { unitOptions } from './pages-members.ts'
import type { ConsoleVisit } from './visit.ts'

/** More than a platform has apps; whoever looks for another one finds it at the app's own page. */
const mostApps = 100

export async function placeOptions(trx: TenantTrx, { mover }: Pick<ConsoleVisit, 'mover'>): Promise<PlaceOptions> {
  // Whoever is in a hurry gives the role that may do least.
  const roles = (await listRoles(trx)).filter(({ permissions }) => grantRefusal(mover, permissions) === null).toSorted((a, b) => a.permissions.length - b.permissions.length)
  const apps = (await listTenantApps(trx, { after: null, limit: mostApps })).filter(({ status, access }) => status === 'active' && access !== 'nobody')
  return {
    roles: roles.map(({ name }) => ({ value: name, name })),
    units: unitOptions(await listUnits(trx)),
    apps: apps.map(({ id, name }) => ({ value: id, name })),
  }
}

export function noPlace(locale: Locale): PlaceValues {
  return { role: '', unit: '', furtherUnits: [], app: '', locale, reinvite: false }
}

export function placeIn(form: URLSearchParams): PlaceValues {
  const beginning = placeFields.furtherUnit('').name
  return {
    role: form.get(placeFields.role.name) ?? '',
    unit: form.get(placeFields.unit.name) ?? '',
    furtherUnits: [...form.keys()].flatMap((name) => (name.startsWith(beginning) ? [name.slice(beginning.length)] : [])),
    app: form.get(placeFields.app.name) ?? '',
    locale: form.get(placeFields.locale.name) === 'en' ? 'en' : 'ja',
    reinvite: form.has(placeFields.reinvite.name),
  }
}

/** Codes, the primary one first. */
export function unitsOf({ unit, furtherUnits }: PlaceValues): readonly string[] {
  return [...new Set([unit, ...furtherUnits])].filter((code) => code !== '')
}
