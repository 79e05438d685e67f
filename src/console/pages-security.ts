/** The page of what a tenant asks of its members' sign-in. A change can be looked at before it is made: whom it would hit. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listRoles } from '../members/role-queries.ts'
import { changeSignInRules } from '../tenants/change-sign-in-rules.ts'
import { previewSignInRules } from '../tenants/preview-sign-in-rules.ts'
import { findOwnTenant, type EffectCounts, type TenantRow } from '../tenants/settings-queries.ts'
import { mfaLevels, mfaRules, type RuleChanges } from '../tenants/sign-in-rules.ts'
import { securityFields } from '../../views/contract/console-settings.ts'
import { SecurityPage, type RulePreviewProps, type SecurityFailure, type SecurityValues } from '../../views/pages/console/security.tsx'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'security'
const mostShown = 20

export function securityPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/security', place, permission: 'tenant:update' }, {
    show: (visit) => show(deps, visit), take: (visit) => take(deps, visit), freshness: { GET: 'any', POST: 'fresh' },
  })
}

interface Shown {
  readonly values?: SecurityValues
  readonly preview?: RulePreviewProps
  readonly error?: SecurityFailure
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit, { values, preview, error }: Shown = {}): Promise<PageResult> {
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => ({ tenant: await findOwnTenant(trx), roles: await listRoles(trx) }))
  if (found.tenant === undefined) return nothingHere(deps, visit)
  const registrationRoles = found.roles.filter(({ permissions }) => permissions.length === 0).map(({ name }) => name)
  const notice = error === undefined && preview === undefined ? noticeIn(visit, ['saved']) : undefined
  return html(SecurityPage({ ...visit.page, values: values ?? storedValues(found.tenant), registrationRoles, preview, notice, error }), { status: statusOf(error) })
}

function storedValues(tenant: TenantRow): SecurityValues {
  return {
    mfaRule: tenant.mfa_rule, mfaLevel: tenant.mfa_level, mfaFrom: tenant.mfa_enforced_from === null ? '' : dayInJapan(tenant.mfa_enforced_from),
    trustedDays: String(tenant.trusted_device_days), sessionHours: tenant.session_hours === null ? '' : String(tenant.session_hours),
    passwordSignIn: tenant.password_sign_in, staffNumberSignIn: tenant.staff_number_sign_in,
    passwordDays: tenant.password_max_age_days === null ? '' : String(tenant.password_max_age_days), registrationRole: tenant.registration_role ?? '',
  }
}

/** YYYY-MM-DD, where tenants are. */
function dayInJapan(moment: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(moment)
}

function valuesIn({ request: { form } }: ConsoleVisit): SecurityValues {
  const text = ({ name }: { readonly name: string }) => (form.get(name) ?? '').trim()
  const { mfaRule, mfaLevel, mfaFrom, trustedDays, sessionHours, passwordSignIn, staffNumberSignIn, passwordDays, registrationRole } = securityFields
  return {
    mfaRule: text(mfaRule), mfaLevel: text(mfaLevel), mfaFrom: text(mfaFrom), trustedDays: text(trustedDays), sessionHours: text(sessionHours),
    passwordSignIn: form.has(passwordSignIn.name), staffNumberSignIn: form.has(staffNumberSignIn.name), passwordDays: text(passwordDays), registrationRole: text(registrationRole),
  }
}

function rulesOf(values: SecurityValues): RuleChanges {
  return {
    mfaRule: mfaRules.find((rule) => rule === values.mfaRule),
    mfaLevel: mfaLevels.find((level) => level === values.mfaLevel),
    mfaEnforcedFrom: /^\d{4}-\d{2}-\d{2}$/.test(values.mfaFrom) ? startOfDayInJapan(values.mfaFrom) : null,
    trustedDeviceDays: numberIn(values.trustedDays) ?? 0,
    passwordMaxAgeDays: numberIn(values.passwordDays),
    sessionHours: numberIn(values.sessionHours),
    passwordSignIn: values.passwordSignIn,
    staffNumberSignIn: values.staffNumberSignIn,
    registrationRole: values.registrationRole === '' ? null : values.registrationRole,
  }
}

function startOfDayInJapan(day: string): Date | null {
  const moment = new Date(`${day}T00:00:00+09:00`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

/** Null for an empty field; NaN, which no rule takes, for what is no whole number. */
function numberIn(text: string): number | null {
  if (text === '') return null
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
}

async function take(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const values = valuesIn(visit)
  return visit.request.form.get('action') === securityFields.save.value ? save(deps, visit, values) : lookAhead(deps, visit, values)
}

async function lookAhead(deps: ConsoleDeps, visit: ConsoleVisit, values: SecurityValues): Promise<PageResult> {
  const result = await deps.databases.inTenant(visit.tenantId, (trx) => previewSignInRules(trx, rulesOf(values), mostShown))
  if (result.ok) return show(deps, visit, { values, preview: present(result) })
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { values, error: result.reason })
}

function present({ members, must_add_passkey, must_set_up, reminded, first }: EffectCounts): RulePreviewProps {
  return {
    members, counts: { must_add_passkey, must_set_up, reminded },
    first: first.map((one) => ({ membershipId: one.membership_id, name: one.shown_name, factors: one.second_factors, effect: one.effect })),
  }
}

async function save(deps: ConsoleDeps, visit: ConsoleVisit, values: SecurityValues): Promise<PageResult> {
  const result = await changeSignInRules(deps, { tenantId: visit.tenantId, rules: rulesOf(values), actor: visit.mover.accountId, origin: visit.request.origin })
  if (result.ok) return doneAt(visit.pathTo(place), 'saved')
  return result.reason === 'not_found' || result.reason === 'precondition_failed' ? nothingHere(deps, visit) : show(deps, visit, { values, error: result.reason })
}
