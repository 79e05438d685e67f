/** The page of the person's memberships, and the one that asks once more before they leave; members/leave-tenant.ts decides. */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { leaveTenant } from '../members/leave-tenant.ts'
import { listOwnMemberships, listSoleAdministrations, type OwnMembershipRow } from '../members/own-memberships-queries.ts'
import { accountPaths, type MembershipRow, type TenantsProps } from '../../views/account-props.ts'
import { ConfirmPage } from '../../views/pages/account/confirm.tsx'
import { TenantsPage } from '../../views/pages/account/tenants.tsx'
import { colourOf, initialOf } from '../../views/parts/chip.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

const place = 'tenants'

function leavePath(membershipId: string): string {
  return `${accountPaths.tenants}/${membershipId}/leave`
}

export function tenantPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return [
    ...ownPage(deps, { path: accountPaths.tenants, place }, { freshness: 'any', show: (visit) => showList(deps, visit), take: (visit) => leadOn(deps, visit) }),
    ...ownPage(deps, { path: leavePath(':membership_id'), place }, { freshness: 'any', show: (visit) => ask(deps, visit), take: (visit) => leave(deps, visit) }),
  ]
}

async function showList(deps: SelfServiceDeps, visit: Visit, error?: TenantsProps['error']): Promise<PageResult> {
  const sole = await listSoleAdministrations(deps.databases.engine, visit.accountId)
  const rows = await listLeavable(deps, visit)
  const memberships = rows.map((row) => presentMembership(visit, row, sole.some(({ membership_id }) => membership_id === row.id)))
  const notice = error === undefined ? noticeIn(visit, ['left']) : undefined
  // It may be shown at the address of a membership that is gone.
  const form = { ...visit.page.form, action: accountPaths.tenants }
  return html(TenantsPage({ ...visit.page, form, memberships, notice, error }), { status: statusOf(error) })
}

/** An invitation is answered where it is shown, and what has ended is left already. */
async function listLeavable(deps: SelfServiceDeps, { accountId }: Visit): Promise<readonly OwnMembershipRow[]> {
  return (await listOwnMemberships(deps.databases.engine, accountId)).filter(({ status }) => status === 'active' || status === 'suspended')
}

function presentMembership({ writtenDay, writtenOrNull }: Visit, row: OwnMembershipRow, isLastAdmin: boolean): MembershipRow {
  return {
    membershipId: row.id,
    tenantName: row.tenant_name,
    initial: initialOf(row.tenant_name),
    colour: colourOf(row.tenant_id),
    roleName: row.role,
    units: row.units,
    since: writtenDay(row.joined_at ?? row.created_at),
    until: writtenOrNull(row.valid_until),
    status: statusIn(row),
    staysBecause: isLastAdmin ? 'last_admin' : null,
  }
}

function statusIn({ unusable_because: reason }: OwnMembershipRow): MembershipRow['status'] {
  return reason === null || reason === 'invited' || reason === 'ended' ? 'active' : reason
}

async function leadOn(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const wanted = visit.request.form.get('leave')
  const row = (await listLeavable(deps, visit)).find(({ id }) => id === wanted)
  return row === undefined ? showList(deps, visit, wanted === null ? undefined : 'not_found') : redirect(leavePath(row.id))
}

async function ask(deps: SelfServiceDeps, visit: Visit, error?: 'last_admin'): Promise<PageResult> {
  const row = (await listLeavable(deps, visit)).find(({ id }) => id === visit.request.params['membership_id'])
  if (row === undefined) return showList(deps, visit, 'not_found')
  const sole = await listSoleAdministrations(deps.databases.engine, visit.accountId)
  const lastAdminOf = sole.filter(({ membership_id }) => membership_id === row.id).map(({ tenant_name }) => tenant_name)
  return html(
    ConfirmPage({ ...visit.page, act: { kind: 'leave_tenant', name: row.tenant_name }, cancelUrl: accountPaths.tenants, lastAdminOf, error }),
    { status: statusOf(error) },
  )
}

async function leave(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request } = visit
  const result = await leaveTenant(deps.members, { accountId, membershipId: request.params['membership_id'] ?? '', origin: request.origin })
  if (result.ok) return doneAt(accountPaths.tenants, 'left')
  return result.reason === 'last_admin' ? ask(deps, visit, result.reason) : showList(deps, visit, 'not_found')
}
