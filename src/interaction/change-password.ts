/**
 * The step for a password that has grown too old, where a tenant lets passwords do so (off unless it says otherwise).
 * It takes a fresh sign-in. The command ends the other sessions; this one has just proved itself and goes on.
 */
import { changePassword as setPassword } from '../accounts/change-password.ts'
import { HashPoolFull } from '../accounts/hash-pool.ts'
import { minimumLength } from '../accounts/password-rules.ts'
import { html, type PageResult } from '../http/page.ts'
import { hasSecondFactor } from '../oidc/facts.ts'
import type { PersonRow } from '../oidc/queries.ts'
import { NewPasswordPage, type NewPasswordError } from '../../views/pages/new-password.tsx'
import { deviceOf } from './device.ts'
import { formActionsOf, formOf, isFresh, personOf, proceed, startOver, type Step } from './step.ts'

export async function showChangePassword(step: Step, person: PersonRow, error?: NewPasswordError): Promise<PageResult> {
  const { request, app, deps } = step
  // The old password is not asked for here, so it must have been typed just now (ASVS 7.5.1).
  if (!(await isFresh(step))) return startOver(step, { reauthenticate: {} })
  return html(
    NewPasswordPage({
      frame: request.frame(), form: formOf(step), app, person: personOf(person), purpose: 'expired', scriptUrls: deps.scripts.reveal,
      minimum: minimumLength(hasSecondFactor(person.security)), ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : 400, formAction: formActionsOf(step), script: 'self' },
  )
}

export async function takeChangePassword(step: Step, person: PersonRow): Promise<PageResult> {
  const { form, origin } = step.request
  if (form.get('action') === 'switch_account') return startOver(step, { switch_account: {} })
  if (!(await isFresh(step))) return startOver(step, { reauthenticate: {} })
  const password = form.get('password') ?? ''
  if (password === '') return showChangePassword(step, person, 'missing_password')
  const keepSessionUid = step.interaction.session?.uid ?? null
  const { id } = person.account
  try {
    const result = await setPassword(step.deps.accounts, { accountId: id, password, keepSessionUid, keepDeviceId: deviceOf(step.request.ctx.req, step.deps.cookies), how: 'expired', actor: id, origin })
    if (result.ok) return await proceed(step, { change_password: {} })
    return await showChangePassword(step, person, result.reason === 'account_changed' ? 'form_expired' : result.reason)
  } catch (error) {
    if (error instanceof HashPoolFull) return showChangePassword(step, person, 'busy')
    throw error
  }
}
