/** The page of the password. Whoever sees it has just shown who they are, so the old one is not asked for; accounts/change-password.ts decides. */
import { changePassword } from '../accounts/change-password.ts'
import { HashPoolFull } from '../accounts/hash-pool.ts'
import { minimumLength } from '../accounts/password-rules.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type PasswordProps } from '../../views/account-props.ts'
import { PasswordPage } from '../../views/pages/account/password.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { signInName } from './person.ts'
import { doneAt, noticeIn, ownPage, retryAfter, statusOf, type Visit } from './visit.ts'

export function passwordPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.password, place: 'password' }, {
    freshness: 'fresh',
    show: (visit) => show(deps, visit),
    take: (visit) => take(deps, visit),
  })
}

async function show(deps: SelfServiceDeps, visit: Visit, error?: PasswordProps['error']): Promise<PageResult> {
  const { profile, signed } = visit
  return html(PasswordPage({
    ...visit.page,
    username: await signInName(deps.databases.engine, profile),
    minimum: minimumLength(signed.hasSecondFactor),
    scriptUrls: deps.scripts.reveal,
    notice: error === undefined ? noticeIn(visit, ['password_changed']) : undefined,
    error,
  }), { status: statusOf(error), script: 'self' })
}

async function take(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request, signed } = visit
  const password = request.form.get('password') ?? ''
  if (password === '') return show(deps, visit, 'missing_password')
  try {
    const result = await changePassword(deps.accounts, {
      accountId, password, keepSessionUid: signed.sessionUid, keepDeviceId: deps.deviceOf(request.ctx), how: 'self', actor: accountId, origin: request.origin,
    })
    if (result.ok) return doneAt(accountPaths.password, 'password_changed')
    // Somebody else changed the account meanwhile: the page asks anew who this is.
    return result.reason === 'account_changed' ? redirect(accountPaths.password) : await show(deps, visit, result.reason)
  } catch (error) {
    if (!(error instanceof HashPoolFull)) throw error
    retryAfter(visit, error.retryAfterSeconds)
    return show(deps, visit, 'busy')
  }
}
