/**
 * Making an account in the middle of a sign-in: address, the code from the mail, then name and password. It ends signed in, in the
 * app that the person came from. Invariant: nothing is asked and nothing is stored before the address is proved, so registering
 * somebody else's address gives nobody anything.
 */
import { completeRegistration } from '../accounts/complete-registration.ts'
import { HashPoolFull } from '../accounts/hash-pool.ts'
import { requestRegistration, verifyRegistrationCode } from '../accounts/request-registration.ts'
import { html, redirect, type PageResult } from '../http/page.ts'
import { RegisterAddressPage, RegisterCodePage, RegisterDetailsPage, type RegisterAddressError, type RegisterCodeError, type RegisterDetailsError } from '../../views/pages/register.tsx'
import { arrive } from './device.ts'
import { registrationAllowed, signedIn, tenantToJoin } from './sign-in.ts'
import { formActionsOf, giveUp, type Step } from './step.ts'

/** Shows the first question; whoever may not register here is led back to the sign-in. */
export async function showRegister(step: Step): Promise<PageResult> {
  if (await registrationAllowed(step)) return showAddress(step)
  // An app that asked for nothing but a registration (prompt=create) is told; everybody else can still sign in.
  return step.interaction.prompt.name === 'create' ? giveUp(step, 'access_denied', 'registration is not open here') : redirect(signInUrl(step))
}

/** Takes whichever of the three forms was posted. */
export async function takeRegister(step: Step): Promise<PageResult> {
  const { form, csrf } = step.request
  const fresh = csrf.check(step.interaction.uid)
  const action = form.get('action')
  if (!fresh) return showAddress(step, { error: 'form_expired' })
  if (action === 'cancel') return giveUp(step, 'access_denied', 'the person went back to the app')
  if (!(await registrationAllowed(step))) return showRegister(step)
  switch (action) {
    case 'send_code':
    case 'resend':
      return sendCode(step, action === 'resend')
    case 'verify_code':
      return verifyCode(step)
    case 'register':
      return register(step)
    default:
      return showAddress(step)
  }
}

function common(step: Step) {
  const { request, app, interaction } = step
  return {
    frame: request.frame(), app, signInUrl: signInUrl(step),
    form: { action: `/interaction/${interaction.uid}/register`, csrfToken: request.csrf.token(interaction.uid) },
  }
}

function signInUrl({ interaction }: Step): string {
  return `/interaction/${interaction.uid}`
}

interface AddressShown { readonly email?: string; readonly error?: RegisterAddressError; readonly retryAfterSeconds?: number }

function showAddress(step: Step, { email = '', error, retryAfterSeconds }: AddressShown = {}): PageResult {
  const more = { ...(error === undefined ? {} : { error }), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
  if (retryAfterSeconds !== undefined) step.request.ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  const status = error === undefined ? 200 : error === 'too_many_attempts' ? 429 : 400
  return html(RegisterAddressPage({ ...common(step), email, ...more }), { status, formAction: formActionsOf(step) })
}

async function sendCode(step: Step, again: boolean): Promise<PageResult> {
  const { form, locale, origin } = step.request
  const email = (form.get('email') ?? '').trim()
  if (email === '') return showAddress(step, { error: 'missing_email' })
  const result = await requestRegistration(step.deps.accounts, { email, locale, clientId: step.clientId, tenantId: await tenantToJoin(step), origin })
  if (result.ok) return showCode(step, { email: result.email, registration: result.registration, resent: again })
  return showAddress(step, { email, error: result.reason, ...('retryAfterSeconds' in result ? { retryAfterSeconds: result.retryAfterSeconds } : {}) })
}

interface CodeShown { readonly email: string; readonly registration: string; readonly resent?: boolean; readonly error?: RegisterCodeError }

function showCode(step: Step, shown: CodeShown): PageResult {
  return html(RegisterCodePage({ ...common(step), ...shown }), { status: shown.error === undefined ? 200 : 400, formAction: formActionsOf(step) })
}

async function verifyCode(step: Step): Promise<PageResult> {
  const { form, origin } = step.request
  const [email, registration, code] = [form.get('email') ?? '', form.get('registration') ?? '', (form.get('code') ?? '').trim()]
  if (code === '') return showCode(step, { email, registration, error: 'missing_code' })
  const result = await verifyRegistrationCode(step.deps.accounts, { registration, code, origin })
  return result.ok ? showDetails(step, { email, proof: result.proof }) : showCode(step, { email, registration, error: result.reason })
}

interface DetailsShown { readonly email: string; readonly proof: string; readonly error?: RegisterDetailsError }

function showDetails(step: Step, { email, proof, error }: DetailsShown): PageResult {
  const { form } = step.request
  const typed = (name: string) => form.get(name) ?? ''
  return html(
    RegisterDetailsPage({
      ...common(step), email, proof, scriptUrls: step.deps.scripts.reveal,
      familyName: typed('family_name'), givenName: typed('given_name'), familyNameKana: typed('family_name_kana'), givenNameKana: typed('given_name_kana'),
      ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : error === 'busy' ? 503 : 400, formAction: formActionsOf(step), script: 'self' },
  )
}

async function register(step: Step): Promise<PageResult> {
  const { form, locale, origin } = step.request
  const [email, proof, password] = [form.get('email') ?? '', form.get('proof') ?? '', form.get('password') ?? '']
  if (password === '') return showDetails(step, { email, proof, error: 'missing_password' })
  const result = await complete(step, {
    by: { proof }, familyName: form.get('family_name') ?? '', givenName: form.get('given_name') ?? '',
    familyNameKana: form.get('family_name_kana'), givenNameKana: form.get('given_name_kana'), password, locale, origin,
  })
  if (!result.ok) return showDetails(step, { email, proof, error: result.reason })
  const { accountId, tenantId } = result
  if (tenantId !== null) await step.deps.joinTenant.join({ tenantId, accountId, origin })
  await arrive(step, accountId)
  return signedIn(step, { accountId, acr: 'aal1', amr: ['pwd'], provenAt: result.provenAt }, { create: {} })
}

async function complete(step: Step, input: Parameters<typeof completeRegistration>[1]) {
  try {
    return await completeRegistration(step.deps.accounts, input)
  } catch (error) {
    if (error instanceof HashPoolFull) return { ok: false, reason: 'busy' } as const
    throw error
  }
}
