/**
 * Setting up a second factor in the middle of a sign-in that demands one. What an account gets as its first factor decides who can
 * get into it later, so it takes a fresh sign-in, and whoever has a factor already must have shown it before (ASVS 7.5.1).
 */
import { confirmTotp, resumeTotp, startTotp } from '../factors/enrol-totp.ts'
import { finishPasskeyRegistration, startPasskeyRegistration } from '../factors/register-passkey.ts'
import { html, redirect, type PageResult } from '../http/page.ts'
import { hasSecondFactor, isAcr, satisfiesAcr } from '../oidc/facts.ts'
import type { PersonRow } from '../oidc/queries.ts'
import { dateTime } from '../../views/dates.ts'
import { EnrolPage } from '../../views/pages/enrol.tsx'
import { EnrolPasskeyPage, type EnrolPasskeyError } from '../../views/pages/enrol-passkey.tsx'
import { EnrolTotpPage, type EnrolTotpError } from '../../views/pages/enrol-totp.tsx'
import { RecoveryCodesPage, recoveryCodesFile } from '../../views/pages/recovery-codes.tsx'
import { arrive } from './device.ts'
import { asksForPasskey, demandOf, raise, raisedResult, reasonOf } from './second-factor.ts'
import { formActionsOf, formOf, giveUp, isFresh, keepResult, personOf, proceed, startOver, type Step } from './step.ts'

export async function showEnrolment(step: Step, person: PersonRow): Promise<PageResult> {
  const { deps, request, app } = step
  const demand = demandOf(step)
  const passkeyPossible = deps.factors.rpId !== null
  if (demand.demands.some(({ anyOf }) => !anyOf.some(isAcr)) || (asksForPasskey(demand) && !passkeyPossible)) {
    return giveUp(step, 'unmet_authentication_requirements', 'no sign-in of that level is available here')
  }
  if (!(await isFresh(step))) return startOver(step, { reauthenticate: {} })
  // What cannot be phished is one thing only: no choice to make.
  if (asksForPasskey(demand)) return showPasskey(step, person)
  const until = demand.advised_until
  return html(
    EnrolPage({
      frame: request.frame(), form: formOf(step), app, person: personOf(person), passkeyPossible, reason: reasonOf(demand),
      ...(demand.tenant_name === null ? {} : { tenant: { name: demand.tenant_name } }),
      ...(until === null ? {} : { graceUntil: dateTime(request.locale, until, person.account.zoneinfo) }),
    }),
    { formAction: formActionsOf(step) },
  )
}

export async function takeEnrolment(step: Step, person: PersonRow): Promise<PageResult> {
  const { form } = step.request
  const action = form.get('action')
  if (action === 'switch_account') return startOver(step, { switch_account: {} })
  if (action === 'later' && demandOf(step).advised_until !== null) return putOff(step, person)
  if (!(await isFresh(step)) || mustProveFirst(step, person)) return startOver(step, { reauthenticate: {} })
  switch (action) {
    case 'enrol_totp':
      return showTotp(step, person)
    case 'confirm_totp':
      return takeTotp(step, person)
    case 'enrol_passkey':
      return showPasskey(step, person)
    case 'passkey':
      return takePasskey(step, person)
    default:
      return showEnrolment(step, person)
  }
}

/** Nobody adds a factor to an account whose existing one they have not shown. */
function mustProveFirst({ interaction }: Step, { security }: PersonRow): boolean {
  return hasSecondFactor(security) && !satisfiesAcr(interaction.session?.acr, 'aal2')
}

/** The rule is still in its grace: on to the app, and asked again at the next sign-in. */
function putOff(step: Step, person: PersonRow): Promise<PageResult> {
  step.unit.record({ type: 'second_factor.refused', outcome: 'refused', reason: 'put_off', actor: person.account.id, subject: person.account.id, clientId: step.clientId })
  return proceed(step, { mfa: {} })
}

interface TotpShown { readonly enrolment?: string; readonly error?: EnrolTotpError; readonly retryAfterSeconds?: number }

async function showTotp(step: Step, person: PersonRow, { enrolment, error, retryAfterSeconds }: TotpShown = {}): Promise<PageResult> {
  const { deps, request, app } = step
  const accountId = person.account.id
  const kept = enrolment === undefined ? null : await resumeTotp(deps.factors, { accountId, enrolment })
  const started = kept ?? (await startTotp(deps.factors, { accountId, account: person.account.email ?? person.account.display_name, tenantName: demandOf(step).tenant_name }))
  return html(
    EnrolTotpPage({
      frame: request.frame(), form: formOf(step), app, ...started, scriptUrls: deps.scripts.copy, backUrl: `/interaction/${step.interaction.uid}`,
      ...(error === undefined ? {} : { error }), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    }),
    { status: error === undefined ? 200 : error === 'too_many_attempts' ? 429 : 400, formAction: formActionsOf(step), script: 'self' },
  )
}

async function takeTotp(step: Step, person: PersonRow): Promise<PageResult> {
  const { form, origin } = step.request
  const enrolment = form.get('enrolment') ?? ''
  const code = (form.get('code') ?? '').trim()
  if (code === '') return showTotp(step, person, { enrolment, error: 'missing_code' })
  const result = await confirmTotp(step.deps.factors, { accountId: person.account.id, enrolment, code, actor: person.account.id, origin })
  if (!result.ok) {
    return showTotp(step, person, { enrolment, error: result.reason, ...('retryAfterSeconds' in result ? { retryAfterSeconds: result.retryAfterSeconds } : {}) })
  }
  return enrolled(step, person, { acr: 'aal2', amr: ['otp'], codes: result.recoveryCodes })
}

async function showPasskey(step: Step, person: PersonRow, error?: EnrolPasskeyError): Promise<PageResult> {
  const { deps, request, app } = step
  const { account } = person
  const started = await startPasskeyRegistration(deps.factors, { accountId: account.id, account: account.email ?? account.display_name, displayName: account.display_name })
  if (started === null) return giveUp(step, 'unmet_authentication_requirements', 'passkeys are not possible here')
  const name = request.form.get('passkey_name')
  return html(
    EnrolPasskeyPage({
      frame: request.frame(), form: formOf(step), app, passkey: { options: JSON.stringify(started.options), challenge: started.challenge }, scriptUrls: deps.scripts.passkey, totpWillDo: !asksForPasskey(demandOf(step)),
      ...(name === null ? {} : { name }), ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : 400, formAction: formActionsOf(step), script: 'self' },
  )
}

async function takePasskey(step: Step, person: PersonRow): Promise<PageResult> {
  const { form, origin } = step.request
  const { id } = person.account
  const result = await finishPasskeyRegistration(step.deps.factors, {
    accountId: id, challenge: form.get('passkey_challenge') ?? '', response: form.get('passkey_response'), name: form.get('passkey_name'), actor: id, origin,
  })
  if (!result.ok) return showPasskey(step, person, 'passkey_failed')
  return enrolled(step, person, { acr: 'phr', amr: result.amr, codes: result.recoveryCodes })
}

interface Enrolled { readonly acr: string; readonly amr: readonly string[]; readonly codes: readonly string[] | null }

/** The new factor has just been shown to work, so it counts for this sign-in; new recovery codes are shown before it goes on. */
async function enrolled(step: Step, person: PersonRow, { codes, ...proved }: Enrolled): Promise<PageResult> {
  if (codes === null) return raise(step, person, proved)
  await arrive(step, person.account.id)
  // Kept first: whoever closes the page now has the factor, and finds the sign-in where it was.
  await keepResult(step, await raisedResult(step, person, proved))
  const { deps, request, app } = step
  return html(
    RecoveryCodesPage({
      frame: request.frame(), form: formOf(step), app, codes, scriptUrls: deps.scripts.copy,
      fileText: recoveryCodesFile(request.locale, {
        codes, account: person.account.email ?? person.account.display_name, date: dateTime(request.locale, new Date().toISOString(), person.account.zoneinfo),
      }),
    }),
    { formAction: formActionsOf(step), script: 'self' },
  )
}

/** The step was answered before: a page that was loaded again, or the codes have been put away. */
export function goOn({ interaction }: Step): PageResult {
  return redirect(new URL(interaction.returnTo).pathname)
}
