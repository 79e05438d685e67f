/** The page on which a tenant says who it is and where it stands, and by which it is closed. Every change is a command of the tenants room. */
import { html, redirect, refusePage, type PageDoor, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { getTenantFigures } from '../members/tenant-figures-queries.ts'
import { endGrantsOfTenant } from '../oidc/endings.ts'
import { listOwnBreakGlasses, type OwnBreakGlass } from '../tenants/break-glass-queries.ts'
import { changeSubdomain } from '../tenants/change-subdomain.ts'
import { closeTenant, usualGraceDays } from '../tenants/close-tenant.ts'
import { findOwnTenant } from '../tenants/settings-queries.ts'
import { updateSettings } from '../tenants/update-settings.ts'
import { accountPaths } from '../../views/account-props.ts'
import { closingFields, settingsFields } from '../../views/contract/console-settings.ts'
import { consolePath } from '../../views/console-props.ts'
import { SettingsPage, type OperatorVisitRow, type SettingsFailure, type SettingsProps } from '../../views/pages/console/settings.tsx'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'settings'
const mostVisits = 20

export function settingsPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/settings', place, permission: 'tenant:update' }, {
    show: (visit) => show(deps, visit), take: (visit) => take(deps, visit), freshness: { GET: 'any', POST: 'fresh' },
  })
}

interface Shown {
  readonly values?: Partial<SettingsProps['values']>
  readonly graceDays?: string
  readonly error?: SettingsFailure
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit, { values, graceDays, error }: Shown = {}): Promise<PageResult> {
  const found = await deps.databases.inTenant(visit.tenantId, async (trx) => ({
    tenant: await findOwnTenant(trx), figures: await getTenantFigures(trx), visits: await listOwnBreakGlasses(trx, { before: null, limit: mostVisits }),
  }))
  const { tenant, figures, visits } = found
  if (tenant === undefined) return nothingHere(deps, visit)
  const stored = { name: tenant.name, contact: tenant.contact ?? '', invitationDays: String(tenant.invitation_lifetime_days), subdomain: tenant.subdomain }
  const notice = error === undefined ? noticeIn(visit, ['saved', 'subdomain_changed']) : undefined
  return html(SettingsPage({
    ...visit.page, tenantId: tenant.id, values: { ...stored, ...values }, plan: tenant.plan, seats: { used: figures.seats_used, limit: tenant.seat_limit },
    visits: visits.map((one) => presentVisit(visit, one)), mayClose: mayClose(visit), graceDays: graceDays ?? String(usualGraceDays), notice, error,
  }), { status: statusOf(error) })
}

function presentVisit({ written }: ConsoleVisit, { id, reason, started_at: started, expires_at: expires, ended_at: ended, running }: OwnBreakGlass): OperatorVisitRow {
  return { id, reason, startedAt: written(started), endedAt: running ? null : written(ended ?? expires), expiresAt: written(expires) }
}

/** The tenant's own administrators; an operator closes a tenant in their own console. */
function mayClose({ may, mover }: ConsoleVisit): boolean {
  return mover.kind === 'member' && may('tenant:admin')
}

function take(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  switch (visit.request.form.get('action')) {
    case settingsFields.save.value:
      return save(deps, visit)
    case settingsFields.changeSubdomain.value:
      return move(deps, visit)
    case closingFields.close.value:
      return close(deps, visit)
    default:
      return show(deps, visit)
  }
}

async function save({ databases, ...deps }: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const [name, contact, invitationDays] = [settingsFields.name, settingsFields.contact, settingsFields.invitationDays].map(({ name: field }) => form.get(field) ?? '')
  const settings = { name: name ?? '', contact: contact ?? '', invitationLifetimeDays: wholeNumber(invitationDays ?? '') }
  const result = await updateSettings({ databases }, { tenantId, settings, actor: mover.accountId, origin })
  if (result.ok) return doneAt(visit.pathTo(place), 'saved')
  return show({ databases, ...deps }, visit, { values: { name: settings.name, contact: settings.contact, invitationDays: invitationDays ?? '' }, error: failureOf(result.reason) })
}

/** NaN for what is no whole number: the command says what it thinks of that. */
function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** Colours are the branding page's, and a tenant that is gone has no page. */
function failureOf(reason: string): SettingsFailure {
  return reason === 'invalid_contact' || reason === 'invalid_invitation_lifetime' ? reason : 'invalid_name'
}

async function move(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const subdomain = (form.get(settingsFields.subdomain.name) ?? '').trim().toLowerCase()
  const result = await changeSubdomain(deps, { tenantId, subdomain, actor: mover.accountId, origin })
  if (result.ok) return redirect(`${consolePath(subdomain, place)}?done=subdomain_changed`)
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { values: { subdomain }, error: result.reason })
}

/** Whoever closes types the name of what they close; from then on this console is closed to them too. */
async function close(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  if (!mayClose(visit)) return refusePage(generic('permission_missing'))
  const graceDays = form.get(closingFields.graceDays.name) ?? ''
  if ((form.get(closingFields.typedName.name) ?? '').trim() !== visit.page.nav.tenant.name) return show(deps, visit, { graceDays, error: 'name_mismatch' })
  const closing = { tenantId, graceDays: wholeNumber(graceDays), actor: mover.accountId, origin }
  const result = await closeTenant({ databases: deps.databases, grants: { endGrantsOfTenant } }, closing)
  if (result.ok) return redirect(accountPaths.tenants)
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { graceDays, error: result.reason })
}
