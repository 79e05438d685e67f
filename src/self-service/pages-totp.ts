/** The page that connects an authenticator app; factors/enrol-totp.ts decides. A typing error shows the same key again. */
import { confirmTotp, resumeTotp, startTotp, type TotpOffer } from '../factors/enrol-totp.ts'
import { listFactors } from '../factors/list-factors.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listOwnMemberships } from '../members/own-memberships-queries.ts'
import { accountPaths, type AddTotpProps } from '../../views/account-props.ts'
import { AddTotpPage } from '../../views/pages/account/add-totp.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { showRecoveryCodes } from './new-recovery-codes.ts'
import { changeBy } from './pages-factors.ts'
import { signInName, soleTenantName } from './person.ts'
import { doneAt, ownPage, retryAfter, statusOf, type Visit } from './visit.ts'

export function totpPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.addTotp, place: 'factors' }, {
    freshness: 'fresh',
    show: (visit) => show(deps, visit),
    take: (visit) => take(deps, visit),
  })
}

interface Shown extends Pick<AddTotpProps, 'error' | 'retryAfterSeconds'> {
  readonly offer?: TotpOffer | null
}

async function show(deps: SelfServiceDeps, visit: Visit, { offer, error, retryAfterSeconds }: Shown = {}): Promise<PageResult> {
  const { enrolment, secret, uri, qr } = offer ?? await newOffer(deps, visit)
  const { totp } = await listFactors(deps.databases.engine, visit.accountId)
  retryAfter(visit, retryAfterSeconds)
  return html(
    AddTotpPage({ ...visit.page, enrolment, secret, uri, qr, replaces: totp !== null, error, retryAfterSeconds, scriptUrls: deps.scripts.copy }),
    { status: statusOf(error), script: 'self' },
  )
}

async function newOffer(deps: SelfServiceDeps, { accountId, profile }: Visit): Promise<TotpOffer> {
  const account = await signInName(deps.databases.engine, profile)
  return startTotp(deps.factors, { accountId, account, tenantName: soleTenantName(await listOwnMemberships(deps.databases.engine, accountId)) })
}

async function take(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { form } = visit.request
  const enrolment = form.get('enrolment') ?? ''
  const code = (form.get('code') ?? '').trim()
  const again = async (shown: Shown) => show(deps, visit, { ...shown, offer: await resumeTotp(deps.factors, { accountId: visit.accountId, enrolment }) })
  if (code === '') return again({ error: 'missing_code' })
  const result = await confirmTotp(deps.factors, { ...changeBy(visit), enrolment, code })
  if (!result.ok) {
    if (result.reason === 'enrolment_expired') return show(deps, visit, { error: result.reason })
    return again({ error: result.reason, retryAfterSeconds: 'retryAfterSeconds' in result ? result.retryAfterSeconds : undefined })
  }
  // Otherwise the next page would ask at once for a code, and the one on the phone has just been spent.
  if (!visit.signed.hasSecondFactor) await deps.raiseSession(visit.request.ctx, { acr: 'aal2', amr: ['otp'] })
  return result.recoveryCodes === null
    ? doneAt(accountPaths.factors, 'totp_added')
    : showRecoveryCodes(deps, visit, { codes: result.recoveryCodes, notice: 'totp_added' })
}
