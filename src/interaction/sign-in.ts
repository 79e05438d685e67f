/**
 * The step that proves who somebody is by address (or staff number) and password. Who may is judged in accounts/; this turns the
 * answer into a page or a result for the policy.
 */
import { HashPoolFull } from '../accounts/hash-pool.ts'
import type { PasswordResult } from '../accounts/check-password.ts'
import { finishPasskeySignIn, startPasskeySignIn } from '../factors/sign-in-with-passkey.ts'
import { html, type PageResult } from '../http/page.ts'
import { SignInPage } from '../../views/pages/sign-in.tsx'
import type { SignInError, SignInReason } from '../../views/props.ts'
import { hasSecondFactor } from '../oidc/facts.ts'
import { requestedTenant } from '../oidc/membership-choice.ts'
import { arrive, deviceOf } from './device.ts'
import { formActionsOf, formOf, paramOf, personOf, proceed, startOver, type Step } from './step.ts'

const statusOf: Readonly<Record<SignInError, number>> = {
  wrong_credentials: 400, missing_identifier: 400, missing_password: 400, form_expired: 400,
  too_many_attempts: 429, account_suspended: 403, busy: 503, passkey_failed: 400, passkey_unknown: 400,
}

interface Shown {
  readonly identifier?: string
  readonly error?: SignInError
  readonly retryAfterSeconds?: number
}

/** Shows the form; after a refusal with what was typed, never the password. */
export async function showSignIn(step: Step, { identifier, error, retryAfterSeconds }: Shown = {}): Promise<PageResult> {
  const { request, app, interaction, deps } = step
  const fixed = fixedPerson(step)
  const reason = reasonOf(interaction.prompt.reasons)
  // A person who is known to have none is offered none.
  const passkey = fixed !== undefined && step.person?.security.passkeys === 0 ? null : await startPasskeySignIn(deps.factors, { ...passkeyOwner(step), alone: true })
  if (retryAfterSeconds !== undefined) request.ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  return html(
    SignInPage({
      frame: request.frame(),
      form: formOf(step),
      app,
      identifier: identifier ?? paramOf(step, 'login_hint') ?? '',
      acceptsStaffNumber: true,
      canCancel: app !== undefined || fixed !== undefined,
      recoverUrl: `/recover?${new URLSearchParams({ client_id: step.clientId }).toString()}`,
      scriptUrls: [...deps.scripts.passkey, ...deps.scripts.reveal],
      ...(fixed === undefined && (await registrationAllowed(step)) ? { registerUrl: `/interaction/${interaction.uid}/register` } : {}),
      ...(passkey === null ? {} : { passkey: { options: JSON.stringify(passkey.options), challenge: passkey.challenge } }),
      ...(fixed === undefined ? {} : { fixedPerson: fixed }),
      ...(error === undefined ? {} : { error }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(reason === undefined ? {} : { reason }),
    }),
    { status: error === undefined ? 200 : statusOf[error], formAction: formActionsOf(step), script: 'self' },
  )
}

/** Takes the posted form: another account, a passkey, or a name with its password. */
export async function takeSignIn(step: Step): Promise<PageResult> {
  const { form } = step.request
  const action = form.get('action')
  if (action === 'switch_account') return startOver(step, { switch_account: {} })
  if (action === 'passkey') return takePasskey(step)
  const identifier = fixedPerson(step)?.identifier ?? (form.get('identifier') ?? '').trim()
  const password = form.get('password') ?? ''
  if (identifier === '') return showSignIn(step, { error: 'missing_identifier' })
  if (password === '') return showSignIn(step, { identifier, error: 'missing_password' })
  const result = await attempt(step, { identifier, password })
  if (!result.ok) {
    return showSignIn(step, { identifier, error: result.reason, ...('retryAfterSeconds' in result ? { retryAfterSeconds: result.retryAfterSeconds } : {}) })
  }
  const person = await step.unit.person(result.accountId)
  // Where a second factor is still to come, the browser has shown nothing yet that a thief of the password could not.
  if (person !== undefined && !hasSecondFactor(person.security)) await arrive(step, result.accountId)
  return signedIn(step, { accountId: result.accountId, acr: 'aal1', amr: ['pwd'], provenAt: result.provenAt })
}

/** A passkey proves possession and the person at once (WebAuthn §1.1): it is a whole sign-in, and no password lock touches it. */
async function takePasskey(step: Step): Promise<PageResult> {
  const { form, origin } = step.request
  const identifier = (form.get('identifier') ?? '').trim()
  const result = await finishPasskeySignIn(step.deps.factors, {
    ...passkeyOwner(step), alone: true, challenge: form.get('passkey_challenge') ?? '', response: form.get('passkey_response'), origin, clientId: step.clientId,
  })
  if (!result.ok) {
    const error = result.reason === 'account_suspended' || result.reason === 'passkey_unknown' ? result.reason : 'passkey_failed'
    return showSignIn(step, { identifier, error })
  }
  await arrive(step, result.accountId)
  // NIST SP 800-63B-4 §3.2.2: failures count in a row, and here the person has succeeded by other means.
  await step.deps.accounts.attempts.clear('password', result.accountId)
  return signedIn(step, result)
}

/** Whose passkey is asked for: the fixed person's, or anybody's. */
function passkeyOwner(step: Step): { readonly accountId: string | null } {
  return { accountId: fixedPerson(step) === undefined ? null : (step.person?.account.id ?? null) }
}

interface Proof {
  readonly accountId: string
  readonly acr: string
  readonly amr: readonly string[]
  readonly provenAt: number
}

/** Hands a proved person to the policy; `proof.at` is when it was proved by the database's clock. */
export function signedIn(step: Step, { accountId, acr, amr, provenAt }: Proof, more: Readonly<Record<string, object>> = {}): Promise<PageResult> {
  const login = { accountId, acr, amr: [...amr], ts: Math.floor(Date.now() / 1000), remember: true }
  return proceed(step, { login, proof: { at: provenAt }, ...more })
}

/** Whether people may make an account here by themselves. */
export async function registrationAllowed(step: Step): Promise<boolean> {
  return step.deps.registration === 'open' || (await tenantToJoin(step)) !== null
}

/** The tenant that the request is for, where it makes members of people who register by themselves. */
export async function tenantToJoin({ interaction, deps }: Step): Promise<string | null> {
  const tenant = requestedTenant(interaction.params)
  return tenant === undefined ? null : deps.joinTenant.find(tenant)
}

type Attempt = PasswordResult | { readonly ok: false; readonly reason: 'busy'; readonly retryAfterSeconds: number }

async function attempt({ deps, request, interaction, clientId }: Step, typed: { identifier: string; password: string }): Promise<Attempt> {
  try {
    return await deps.checkPassword({
      ...typed, tenantHint: requestedTenant(interaction.params) ?? null, clientId, origin: request.origin, deviceId: deviceOf(request.ctx.req, deps.cookies),
    })
  } catch (error) {
    if (error instanceof HashPoolFull) return { ok: false, reason: 'busy', retryAfterSeconds: error.retryAfterSeconds }
    throw error
  }
}

/** Re-authentication is for the person of the session, unless the app or the person wants somebody else. */
function fixedPerson({ person, interaction }: Step) {
  const { reasons } = interaction.prompt
  const somebodyElse = reasons.some((reason) => ['switch_account', 'id_token_hint', 'claims_id_token_sub_value'].includes(reason))
  return person === undefined || person.account.email === null || somebodyElse ? undefined : personOf(person)
}

function reasonOf(reasons: readonly string[]): SignInReason | undefined {
  if (reasons.includes('switch_account')) return 'account_switched'
  if (reasons.includes('no_session')) return undefined
  if (reasons.includes('id_token_hint') || reasons.includes('claims_id_token_sub_value')) return 'other_account_needed'
  if (['max_age', 'tenant_max_age', 'reauthenticate'].some((reason) => reasons.includes(reason))) return 'session_too_old'
  return reasons.includes('login_prompt') ? 'app_asked' : undefined
}
