/** The page of one tenant: figures, plan and seats, its state and its end, and the way in for an emergency. */
import { isTenantId, type TenantId } from '../base/ids.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { countSeats } from '../members/seat-queries.ts'
import { getTenantFigures } from '../members/tenant-figures-queries.ts'
import { endGrantsOfTenant } from '../oidc/endings.ts'
import { findRunningBreakGlass } from '../tenants/break-glass-queries.ts'
import { changePlan } from '../tenants/change-plan.ts'
import { closeTenant, usualGraceDays } from '../tenants/close-tenant.ts'
import { endBreakGlass } from '../tenants/end-break-glass.ts'
import { resumeTenant } from '../tenants/resume-tenant.ts'
import { findOwnTenant, type TenantRow } from '../tenants/settings-queries.ts'
import { startBreakGlass, usualMinutes } from '../tenants/start-break-glass.ts'
import { suspendTenant } from '../tenants/suspend-tenant.ts'
import { undoClosing } from '../tenants/undo-closing.ts'
import { consolePath } from '../../views/console-props.ts'
import { tenantFields } from '../../views/contract/admin.ts'
import { TenantPage, type TenantFailure, type TenantNotice } from '../../views/pages/admin/tenant.tsx'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'
import { seatsIn, statusIn } from './pages-tenants.ts'
import { listBreakGlass } from './tenant-queries.ts'

const mostVisits = 20
const notices: readonly TenantNotice[] = ['created', 'plan_saved', 'suspended', 'resumed', 'closing', 'reopened', 'break_glass_ended']

export function tenantPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/tenants/:tenant_id', place: 'tenants' }, {
    show: (visit) => withTenant(deps, visit, (tenant) => show(deps, visit, { tenant })),
    take: (visit) => withTenant(deps, visit, (tenant) => act(deps, visit, tenant)),
  })
}

type Tenant = TenantRow & { readonly tenantId: TenantId }

async function withTenant(deps: AdminDeps, visit: OperatorVisit, answer: (tenant: Tenant) => Promise<PageResult>): Promise<PageResult> {
  const tenantId = visit.param('tenant_id')
  const row = isTenantId(tenantId) ? await deps.databases.inTenant(tenantId, findOwnTenant) : undefined
  return row === undefined || !isTenantId(tenantId) ? nothingHere(deps, visit) : answer({ ...row, tenantId })
}

async function show({ databases }: AdminDeps, visit: OperatorVisit, { tenant, error }: { readonly tenant: Tenant; readonly error?: TenantFailure }): Promise<PageResult> {
  const { tenantId } = tenant
  const { form } = visit.request
  const [figures, visits, inside] = await Promise.all([
    databases.inTenant(tenantId, getTenantFigures), listBreakGlass(databases.engine, tenantId, mostVisits), findRunningBreakGlass(databases.engine, visit.signed.accountId, { id: tenantId }),
  ])
  const typed = ({ name }: { readonly name: string }, otherwise: string) => form.get(name) ?? otherwise
  return html(TenantPage({
    ...visit.page, error, isInside: inside !== undefined,
    tenant: { id: tenantId, name: tenant.name, subdomain: tenant.subdomain, status: statusIn(tenant.status), seatLimit: tenant.seat_limit, closesAt: visit.writtenOrNull(tenant.closes_at) },
    figures: { active: figures.active, invited: figures.invited, suspended: figures.suspended, seatsUsed: figures.seats_used, administrators: figures.administrators, withSecondFactor: figures.with_second_factor },
    typed: {
      plan: typed(tenantFields.plan, tenant.plan ?? ''), seatLimit: typed(tenantFields.seatLimit, tenant.seat_limit?.toString() ?? ''), closeName: typed(tenantFields.closeName, ''),
      graceDays: typed(tenantFields.graceDays, String(usualGraceDays)), reason: typed(tenantFields.reason, ''), minutes: typed(tenantFields.minutes, String(usualMinutes)),
    },
    breakGlass: visits.map((one) => ({
      id: one.id, operatorName: one.operator_name, reason: one.reason, startedAt: visit.written(one.started_at), endsAt: visit.written(one.ended_at ?? one.expires_at), isRunning: one.is_running,
    })),
    notice: error === undefined ? noticeIn(visit, notices) : undefined,
  }), { status: statusOf(error) })
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: TenantFailure | 'not_found' }

async function act(deps: AdminDeps, visit: OperatorVisit, tenant: Tenant): Promise<PageResult> {
  const { tenantId } = tenant
  const change = { tenantId, ...visit.by }
  const grants = { endGrantsOfTenant }
  switch (visit.request.form.get('action')) {
    case 'save_plan':
      return answer(deps, { visit, tenant, notice: 'plan_saved', outcome: await savePlan(deps, visit, tenantId) })
    case 'suspend':
      return answer(deps, { visit, tenant, notice: 'suspended', outcome: await suspendTenant({ ...deps, grants }, change) })
    case 'resume':
      return answer(deps, { visit, tenant, notice: 'resumed', outcome: await resumeTenant(deps, change) })
    case 'close':
      return answer(deps, { visit, tenant, notice: 'closing', outcome: await close(deps, visit, tenant) })
    case 'reopen':
      return answer(deps, { visit, tenant, notice: 'reopened', outcome: await undoClosing(deps, change) })
    case 'start_break_glass':
      return enter(deps, visit, tenant)
    case 'end_break_glass':
      return leave(deps, visit, tenant)
    default:
      return show(deps, visit, { tenant })
  }
}

interface Answered {
  readonly visit: OperatorVisit
  readonly tenant: Tenant
  readonly notice: TenantNotice
  readonly outcome: Outcome
}

function answer(deps: AdminDeps, { visit, tenant, notice, outcome }: Answered): PageResult | Promise<PageResult> {
  if (outcome.ok) return doneAt(visit.request.ctx.path, notice)
  return outcome.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { tenant, error: outcome.reason })
}

function savePlan(deps: AdminDeps, visit: OperatorVisit, tenantId: TenantId): Promise<Outcome> {
  const { form } = visit.request
  const plan = form.get(tenantFields.plan.name)?.trim() ?? ''
  const seatLimit = seatsIn(form.get(tenantFields.seatLimit.name)?.trim() ?? '')
  return changePlan({ ...deps, seats: { countSeats } }, { tenantId, plan: plan === '' ? null : plan, seatLimit, ...visit.by })
}

async function close(deps: AdminDeps, visit: OperatorVisit, { tenantId, name }: Tenant): Promise<Outcome> {
  const { form } = visit.request
  if (form.get(tenantFields.closeName.name)?.trim() !== name) return { ok: false, reason: 'name_mismatch' }
  return closeTenant({ ...deps, grants: { endGrantsOfTenant } }, { tenantId, graceDays: Number(form.get(tenantFields.graceDays.name)), ...visit.by })
}

async function enter(deps: AdminDeps, visit: OperatorVisit, tenant: Tenant): Promise<PageResult> {
  const { form, origin } = visit.request
  const reason = form.get(tenantFields.reason.name) ?? ''
  const result = await startBreakGlass(deps, { tenantId: tenant.tenantId, accountId: visit.signed.accountId, reason, minutes: Number(form.get(tenantFields.minutes.name)), origin })
  if (result.ok) return redirect(consolePath(tenant.subdomain, 'home'))
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { tenant, error: result.reason })
}

async function leave(deps: AdminDeps, visit: OperatorVisit, { tenantId }: Tenant): Promise<PageResult> {
  const inside = await findRunningBreakGlass(deps.databases.engine, visit.signed.accountId, { id: tenantId })
  if (inside !== undefined) await endBreakGlass(deps, { breakGlassId: inside.id, ...visit.by })
  return doneAt(visit.request.ctx.path, 'break_glass_ended')
}
