/** The page of those who run the platform. That an owner remains is said by the command. */
import { appointOperator, removeOperator } from '../accounts/appoint-operator.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { operatorFields } from '../../views/contract/admin.ts'
import { OperatorsPage, type OperatorsProps } from '../../views/pages/admin/operators.tsx'
import { accountIdOf } from './account-names.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'
import { listOperatorsAtDesk } from './queries.ts'

export function operatorPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/operators', place: 'operators' }, { show: (visit) => show(deps, visit), take: (visit) => change(deps, visit) })
}

async function show({ databases }: AdminDeps, visit: OperatorVisit, error?: OperatorsProps['error']): Promise<PageResult> {
  const operators = (await listOperatorsAtDesk(databases.engine)).map((row) => ({
    accountId: row.account_id, name: row.display_name, email: row.email, role: row.role === 'owner' ? 'owner' as const : 'auditor' as const, hasSecondFactor: row.second_factors.length > 0,
    since: visit.writtenDay(row.created_at), isSelf: row.account_id === visit.signed.accountId,
  }))
  const notice = error === undefined ? noticeIn(visit, ['appointed', 'role_changed', 'removed']) : undefined
  return html(OperatorsPage({ ...visit.page, operators, notice, error, typedAddress: visit.request.form.get(operatorFields.address.name) ?? '' }), { status: statusOf(error) })
}

async function change(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { form, ctx } = visit.request
  const [owner, auditor, removed] = [operatorFields.makeOwner, operatorFields.makeAuditor, operatorFields.remove].map(({ name }) => form.get(name))
  if (typeof removed === 'string') {
    const result = await removeOperator(deps, { accountId: removed, ...visit.by })
    return result.ok ? doneAt(ctx.path, 'removed') : show(deps, visit, result.reason)
  }
  const isNew = form.get('action') === 'add'
  const accountId = isNew ? await accountIdOf(deps.databases, form.get(operatorFields.address.name)?.trim() ?? '') : (owner ?? auditor)
  if (typeof accountId !== 'string') return show(deps, visit, 'not_found')
  const role = isNew ? form.get(operatorFields.role.name) === 'owner' : typeof owner === 'string'
  const result = await appointOperator(deps, { accountId, role: role ? 'owner' : 'auditor', ...visit.by })
  return result.ok ? doneAt(ctx.path, isNew ? 'appointed' : 'role_changed') : show(deps, visit, result.reason)
}
