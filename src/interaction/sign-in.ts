/**
 * The step that proves who somebody is by address (or staff number) and password. Who may is judged in accounts/; this turns the
 * answer into a page or a result for the policy.
 */
import { HashPoolFull } from '../accounts/hash-pool.ts'
import type { PasswordResult } from '../accounts/check-password.ts'
import type { Origin } from '../base/origin.ts'
import { html, type PageResult } from '../http/page.ts'
import { SignInPage } from '../../views/pages/sign-in.tsx'
import type { SignInError, SignInReason } from '../../views/props.ts'
import { requestedTenant } from '../oidc/membership-choice.ts'
import { formActionsOf, formOf, paramOf, personOf, proceed, startOver, type Step } from './step.ts'

const statusOf: Readonly<Record<SignInError, number>> = {
  wrong_credentials: 400, missing_identifier: 400, missing_password: 400, form_expired: 400,
  too_many_attempts: 429, account_suspended: 403, busy: 503,
}

interface Shown {
  readonly identifier?: string
  readonly error?: SignInError
  readonly retryAfterSeconds?: number
}

/** Shows the form; after a refusal with what was typed, never the password. */
export function showSignIn(step: Step, { identifier, error, retryAfterSeconds }: Shown = {}): PageResult {
  const { request, app, interaction } = step
  const fixed = fixedPerson(step)
  const reason = reasonOf(interaction.prompt.reasons)
  if (retryAfterSeconds !== undefined) request.ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  return html(
    SignInPage({
      frame: request.frame(),
      form: formOf(step),
      app,
      identifier: identifier ?? paramOf(step, 'login_hint') ?? '',
      acceptsStaffNumber: true,
      canCancel: true,
      ...(fixed === undefined ? {} : { fixedPerson: fixed }),
      ...(error === undefined ? {} : { error }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(reason === undefined ? {} : { reason }),
    }),
    { status: error === undefined ? 200 : statusOf[error], formAction: formActionsOf(step) },
  )
}

/** Takes the posted form: another account, or an attempt to sign in. */
export async function takeSignIn(step: Step): Promise<PageResult> {
  const { form, origin } = step.request
  if (form.get('action') === 'switch_account') return startOver(step, { switch_account: {} })
  const identifier = fixedPerson(step)?.identifier ?? (form.get('identifier') ?? '').trim()
  const password = form.get('password') ?? ''
  if (identifier === '') return showSignIn(step, { error: 'missing_identifier' })
  if (password === '') return showSignIn(step, { identifier, error: 'missing_password' })
  const result = await attempt(step, { identifier, password, origin })
  if (!result.ok) {
    return showSignIn(step, { identifier, error: result.reason, ...('retryAfterSeconds' in result ? { retryAfterSeconds: result.retryAfterSeconds } : {}) })
  }
  return proceed(step, { login: { accountId: result.accountId, acr: 'aal1', amr: ['pwd'], ts: Math.floor(Date.now() / 1000), remember: true } })
}

type Attempt = PasswordResult | { readonly ok: false; readonly reason: 'busy'; readonly retryAfterSeconds: number }

async function attempt(step: Step, input: { identifier: string; password: string; origin: Origin }): Promise<Attempt> {
  try {
    return await step.deps.checkPassword({ ...input, tenantHint: requestedTenant(step.interaction.params) ?? null, clientId: step.clientId })
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
  if (reasons.includes('max_age')) return 'session_too_old'
  return reasons.includes('login_prompt') ? 'app_asked' : undefined
}
