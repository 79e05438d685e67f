/** The page of the address: asks for another one, then for the code that was sent there; accounts/change-address.ts decides. */
import { confirmAddressChange, requestAddressChange } from '../accounts/change-address.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type AddressFailure, type AddressProps } from '../../views/account-props.ts'
import { AddressPage } from '../../views/pages/account/address.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { doneAt, noticeIn, ownPage, retryAfter, statusOf, type Visit } from './visit.ts'

interface Shown extends Pick<AddressProps, 'typed' | 'pending' | 'retryAfterSeconds'> {
  readonly error?: AddressFailure
}

export function addressPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.address, place: 'address' }, {
    freshness: 'fresh',
    show: (visit) => show(visit),
    take: (visit) => (visit.request.form.get('action') === 'confirm_address' ? confirm(deps, visit) : ask(deps, visit)),
  })
}

function show(visit: Visit, shown: Shown = {}): PageResult {
  const { profile } = visit
  const notice = shown.error === undefined && shown.pending === undefined ? noticeIn(visit, ['address_changed']) : undefined
  retryAfter(visit, shown.retryAfterSeconds)
  return html(AddressPage({ ...visit.page, email: profile.email, verified: profile.email_verified_at !== null, ...shown, notice }), { status: statusOf(shown.error) })
}

async function ask(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request } = visit
  const typed = (request.form.get('email') ?? '').trim()
  if (typed === '') return show(visit, { error: 'missing_email' })
  const result = await requestAddressChange(deps.accounts, { accountId, email: typed, locale: request.locale, origin: request.origin })
  if (result.ok) return show(visit, { pending: { email: result.email, change: joined(result) } })
  // Suspended a moment ago: the session is gone too, and the way to the page ends at the sign-in.
  if (result.reason === 'account_suspended') return redirect(accountPaths.address)
  return show(visit, { typed, error: result.reason, retryAfterSeconds: 'retryAfterSeconds' in result ? result.retryAfterSeconds : undefined })
}

async function confirm(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, request } = visit
  const sent = parted(request.form.get('change') ?? '')
  const pending = { email: sent.email, change: joined(sent) }
  const code = (request.form.get('code') ?? '').trim()
  if (code === '') return show(visit, { pending, error: 'missing_code' })
  const result = await confirmAddressChange(deps.accounts, { by: { change: sent.change, code, accountId }, origin: request.origin })
  if (result.ok) return doneAt(accountPaths.address, 'address_changed')
  return show(visit, result.reason === 'wrong_code' ? { pending, error: result.reason } : { error: result.reason })
}

/** The hidden field brings the address back too, to be shown beside a wrong code; what counts is in the sealed part. */
function joined({ change, email }: { readonly change: string; readonly email: string }): string {
  return `${change}.${Buffer.from(email).toString('base64url')}`
}

function parted(text: string): { readonly change: string; readonly email: string } {
  const at = text.lastIndexOf('.')
  return { change: text.slice(0, Math.max(at, 0)), email: Buffer.from(text.slice(at + 1), 'base64url').toString() }
}
