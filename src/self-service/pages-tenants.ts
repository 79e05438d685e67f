/** The page of the person's memberships and of invitations that wait for them, and the one that asks once more before they leave; members/leave-tenant.ts decides. */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { acceptOwnInvitation, declineOwnInvitation } from '../members/answer-own-invitation.ts'
import { leaveTenant } from '../members/leave-tenant.ts'
import { listOwnInvitations, listOwnMemberships, listSoleAdministrations, type OwnInvitation, type OwnMembershipRow } from '../members/own-memberships-queries.ts'
import { accountPaths, type MembershipRow, type TenantsProps, type WaitingInvitation } from '../../views/account-props.ts'
import { consolePath } from '../../views/console-props.ts'
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
    ...ownPage(deps, { path: accountPaths.tenants, place }, { freshness: 'any', show: (visit) => showList(deps, visit), take: (visit) => act(deps, visit) }),
    ...ownPage(deps, { path: leavePath(':membership_id'), place }, { freshness: 'any', show: (visit) => ask(deps, visit), take: (visit) => leave(deps, visit) }),
  ]
}

async function showList(deps: SelfServiceDeps, visit: Visit, error?: TenantsProps['error']): Promise<PageResult> {
  const sole = await listSoleAdministrations(deps.databases.engine, visit.accountId)
  const rows = await listLeavable(deps, visit)
  const memberships = rows.map((row) => presentMembership(visit, row, sole.some(({ membership_id }) => membership_id === row.id)))
  const notice = error === undefined ? noticeIn(visit, ['left', 'joined', 'declined']) : undefined
  // It may be shown at the address of a membership that is gone.
  const form = { ...visit.page.form, action: accountPaths.tenants }
  const invitations = (await listOwnInvitations(deps.databases.engine, visit.accountId)).map((row) => presentInvitation(visit, row))
  return html(TenantsPage({ ...visit.page, form, invitations, memberships, notice, error }), { status: statusOf(error) })
}

/** An invitation is answered where it is shown, and what has ended is left already. */
async function listLeavable(deps: SelfServiceDeps, { accountId }: Visit): Promise<readonly OwnMembershipRow[]> {
  return (await listOwnMemberships(deps.databases.engine, accountId)).filter(({ status }) => status === 'active' || status === 'suspended')
}

function presentInvitation({ written }: Visit, row: OwnInvitation): WaitingInvitation {
  return {
    membershipId: row.membership_id, tenantName: row.tenant_name, initial: initialOf(row.tenant_name), colour: colourOf(row.tenant_id), roleName: row.role,
    inviterName: row.inviter_name, until: written(row.expires_at),
  }
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
    consoleUrl: row.administers && row.unusable_because === null ? consolePath(row.subdomain, 'home') : null,
    staysBecause: isLastAdmin ? 'last_admin' : null,
  }
}

function statusIn({ unusable_because: reason }: OwnMembershipRow): MembershipRow['status'] {
  return reason === null || reason === 'invited' || reason === 'ended' ? 'active' : reason
}

function act(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { form } = visit.request
  if (form.has('accept')) return answer(deps, visit, 'accept')
  return form.has('decline') ? answer(deps, visit, 'decline') : leadOn(deps, visit)
}

async function answer(deps: SelfServiceDeps, visit: Visit, how: 'accept' | 'decline'): Promise<PageResult> {
  const { accountId, request: { form, origin } } = visit
  const answering = how === 'accept' ? acceptOwnInvitation : declineOwnInvitation
  const result = await answering(deps.accounts, { accountId, membershipId: form.get(how) ?? '', origin })
  if (result.ok) return doneAt(accountPaths.tenants, how === 'accept' ? 'joined' : 'declined')
  return showList(deps, visit, result.reason === 'seat_limit_reached' ? result.reason : 'not_found')
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
