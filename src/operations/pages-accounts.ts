/** The pages of the people of the platform. What may be done to an account is said by the commands of the accounts and factors rooms. */
import { issueActivation } from '../accounts/issue-activation.ts'
import { findOperator } from '../accounts/operator-queries.ts'
import { resumeAccount } from '../accounts/resume-account.ts'
import { findProfile, lockPerson, type ProfileRow } from '../accounts/self-queries.ts'
import { signOutEverywhere } from '../accounts/session-ending.ts'
import { suspendAccount } from '../accounts/suspend-account.ts'
import { unlockAccount } from '../accounts/unlock-account.ts'
import { listFactors } from '../factors/list-factors.ts'
import { resetFactors } from '../factors/reset-factors.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listOwnMemberships } from '../members/own-memberships-queries.ts'
import { browserLine } from '../self-service/browser-name.ts'
import { AccountPage, type AccountFailure, type AccountNotice, type AccountProps } from '../../views/pages/admin/account.tsx'
import { AccountsPage, accountStatuses, type AccountRow } from '../../views/pages/admin/accounts.tsx'
import { listFoundAccounts, type FoundAccount } from './account-queries.ts'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, listAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'

const accountsPerPage = 50
const longestReason = 200

export function accountPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/accounts', place: 'accounts' }, { show: (visit) => showList(deps, visit) }),
    ...adminPage(deps, { path: '/accounts/:account_id', place: 'accounts' }, { show: (visit) => showOne(deps, visit), take: (visit) => act(deps, visit) }),
  ]
}

async function showList({ databases: { engine }, scripts }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { query } = visit.request
  const search = query.get('search')?.trim().slice(0, 100) ?? ''
  const status = accountStatuses.find((one) => one === query.get('status')) ?? null
  const after = query.get('cursor')
  // One more than is shown tells whether there is another page.
  const rows = await listFoundAccounts(engine, { search: search === '' ? null : search, status, after, limit: accountsPerPage + 1 })
  const shown = rows.slice(0, accountsPerPage)
  return html(AccountsPage({
    ...visit.page, search, status,
    accounts: shown.map((row) => present(visit, row)),
    nextUrl: rows.length > accountsPerPage ? listAt('accounts', { search, status, cursor: shown.at(-1)?.id ?? null }) : null,
    newestUrl: after === null ? null : listAt('accounts', { search, status }),
    scriptUrls: scripts.filters,
  }), { script: 'self' })
}

function present({ writtenDay }: OperatorVisit, row: FoundAccount): AccountRow {
  const { id, display_name: name, email, tenants } = row
  return { id, name, email, tenants, status: statusIn(row.status), secondFactors: (['totp', 'passkey'] as const).filter((kind) => row.second_factors.includes(kind)), isOperator: row.is_operator, createdOn: writtenDay(row.created_at) }
}

function statusIn(status: string): AccountRow['status'] {
  return accountStatuses.find((one) => one === status) ?? 'disabled'
}

interface Shown {
  readonly error?: AccountFailure
  readonly activation?: AccountProps['activation']
}

const notices: readonly AccountNotice[] = ['sessions_ended', 'unlocked', 'locked_down', 'resumed', 'factors_reset']

async function showOne(deps: AdminDeps, visit: OperatorVisit, { error, activation }: Shown = {}): Promise<PageResult> {
  const { databases: { engine }, accounts: { attempts }, scripts } = deps
  const id = visit.param('account_id')
  const profile = await findProfile(engine, id)
  if (profile === undefined || profile.status === 'erased') return nothingHere(deps, visit)
  const [memberships, sessions, factors, operatorRole, password, secondFactor] = await Promise.all([
    listOwnMemberships(engine, id), deps.sessions.list(id), listFactors(engine, id), findOperator(engine, id), attempts.look('password', id), attempts.look('second_factor', id),
  ])
  const lock = ({ failures, lockedUntil }: { readonly failures: number; readonly lockedUntil: Date | null }) => ({ failures, lockedUntil: visit.writtenOrNull(lockedUntil) })
  return html(AccountPage({
    ...visit.page, error, activation,
    account: { ...factsOf(visit, profile), operatorRole: operatorRole ?? null },
    memberships: memberships.map((one) => ({
      id: one.id, tenantId: one.tenant_id, tenantName: one.tenant_name, role: one.role, employeeNumber: one.employee_number,
      status: one.status === 'invited' || one.status === 'active' || one.status === 'suspended' ? one.status : 'ended', joinedOn: one.joined_at === null ? null : visit.writtenDay(one.joined_at),
    })),
    sessions: sessions.map((one) => ({
      uid: one.uid, browser: browserLine(one.userAgent), ip: one.ip, acr: one.acr, signedInAt: visit.written(new Date(one.authTime * 1000)), lastSeenAt: visit.written(one.lastSeenAt),
    })),
    factors: { totpSince: visit.writtenOrNull(factors.totp?.created_at ?? null), passkeys: factors.passkeys.map(({ name }) => name), recoveryCodesLeft: factors.recoveryCodesLeft },
    locks: { password: lock(password), secondFactor: lock(secondFactor) },
    notice: error === undefined ? noticeIn(visit, notices) : undefined,
    scriptUrls: scripts.copy,
  }), { status: statusOf(error), script: 'self' })
}

function factsOf({ written, writtenOrNull }: OperatorVisit, row: ProfileRow): Omit<AccountProps['account'], 'operatorRole'> {
  return {
    id: row.id, name: row.display_name, email: row.email, emailVerified: row.email_verified_at !== null, status: statusIn(row.status), createdAt: written(row.created_at),
    passwordChangedAt: writtenOrNull(row.password_changed_at), deleteAfter: writtenOrNull(row.delete_after),
  }
}

async function act(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const accountId = visit.param('account_id')
  if (await isGone(deps, accountId)) return nothingHere(deps, visit)
  switch (visit.request.form.get('action')) {
    case 'end_sessions':
      await signOut(deps, visit, 'operator')
      return done(visit, 'sessions_ended')
    case 'unlock':
      await unlockAccount(deps.accounts, { accountId, ...visit.by })
      return done(visit, 'unlocked')
    case 'lock_down':
      return lockDown(deps, visit)
    case 'resume': {
      const result = await resumeAccount(deps, { accountId, ...visit.by })
      return result.ok ? done(visit, 'resumed') : result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
    }
    case 'reset_factors':
      return reset(deps, visit)
    case 'activate':
      return activate(deps, visit)
    default:
      return showOne(deps, visit)
  }
}

async function isGone({ databases }: AdminDeps, accountId: string): Promise<boolean> {
  const profile = await findProfile(databases.engine, accountId)
  return profile === undefined || profile.status === 'erased'
}

function done(visit: OperatorVisit, notice: AccountNotice): PageResult {
  return doneAt(visit.request.ctx.path, notice)
}

/** An operator who stops their own account could not undo it. */
function isOwn(visit: OperatorVisit): boolean {
  return visit.param('account_id') === visit.signed.accountId
}

async function lockDown(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  if (isOwn(visit)) return showOne(deps, visit, { error: 'own_account' })
  const result = await suspendAccount(deps.accounts, { accountId: visit.param('account_id'), status: 'locked', ...visit.by })
  if (result.ok) return done(visit, 'locked_down')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
}

async function reset(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const reason = visit.request.form.get('reason')?.trim() ?? ''
  if (isOwn(visit)) return showOne(deps, visit, { error: 'own_account' })
  if (reason === '' || reason.length > longestReason) return showOne(deps, visit, { error: 'reason_missing' })
  await resetFactors(deps.factors, { accountId: visit.param('account_id'), reason, ...visit.by })
  // What was proved with the old factors must not outlive them.
  await signOut(deps, visit, 'factors_reset')
  return done(visit, 'factors_reset')
}

async function activate(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const result = await issueActivation(deps.accounts, { accountId: visit.param('account_id'), ...visit.by })
  if (!result.ok) return result.reason === 'not_found' ? nothingHere(deps, visit) : showOne(deps, visit, { error: result.reason })
  return showOne(deps, visit, { activation: { link: `${deps.issuer}${result.path}`, expiresAt: visit.written(result.expiresAt) } })
}

/** Ends all that was proved before now: sessions, tokens, unfinished sign-ins, known and trusted browsers. */
function signOut({ databases, accounts: { sessions } }: AdminDeps, visit: OperatorVisit, reason: string): Promise<void> {
  const accountId = visit.param('account_id')
  return databases.inEngine(async (trx) => {
    await lockPerson(trx, accountId)
    await signOutEverywhere(trx, sessions, { accountId, reason, ...visit.by })
  })
}
