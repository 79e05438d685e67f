/**
 * The step that proves somebody once more: by a code, a recovery code or a passkey. Whether it is asked for is the policy's
 * decision; where the person has nothing to prove it with, enrol.ts takes over.
 * Invariant: the level rises only by what was proved here; the time of the sign-in stays what it was.
 */
import { z } from 'zod'
import { startPasskeySignIn, finishPasskeySignIn } from '../factors/sign-in-with-passkey.ts'
import { verifyRecoveryCode } from '../factors/verify-recovery-code.ts'
import { verifyTotp } from '../factors/verify-totp.ts'
import { html, type PageResult } from '../http/page.ts'
import { hasSecondFactor, satisfiesAcr, strongerAcr } from '../oidc/facts.ts'
import type { PersonRow } from '../oidc/queries.ts'
import { SecondFactorPage, type SecondFactorError } from '../../views/pages/second-factor.tsx'
import type { SecondFactorMethod, SecondFactorReason } from '../../views/props.ts'
import { arrive } from './device.ts'
import { formActionsOf, formOf, personOf, proceed, startOver, type Step } from './step.ts'

const daySeconds = 24 * 3600

const detailsShape = z.object({
  demands: z.array(z.object({ by: z.enum(['app', 'tenant', 'own']), anyOf: z.array(z.string()) })).default([]),
  trust_days: z.number().default(0),
  tenant_name: z.string().nullable().default(null),
  advised_until: z.string().nullable().default(null),
})

export type FactorDemand = z.output<typeof detailsShape>

export function demandOf({ interaction }: Step): FactorDemand {
  return detailsShape.parse(interaction.prompt.details)
}

export function reasonOf(demand: FactorDemand): SecondFactorReason {
  return demand.demands[0]?.by ?? 'tenant'
}

/** Whether only something that cannot be phished will do. */
export function asksForPasskey({ demands }: FactorDemand): boolean {
  return demands.some(({ anyOf }) => !anyOf.some((level) => satisfiesAcr('aal2', level)))
}

/** Whether what the person has already set up is to be shown now; setting up something new comes only after that. */
export function isChallenge({ interaction }: Step, { security }: PersonRow, demand: FactorDemand): boolean {
  if (!hasSecondFactor(security)) return false
  return !satisfiesAcr(interaction.session?.acr, 'aal2') || (asksForPasskey(demand) && security.passkeys > 0)
}

function methodsOf({ security }: PersonRow, demand: FactorDemand, passkeyPossible: boolean): readonly SecondFactorMethod[] {
  const passkey: readonly SecondFactorMethod[] = security.passkeys > 0 && passkeyPossible ? ['passkey'] : []
  if (asksForPasskey(demand) && passkey.length > 0) return passkey
  return [...(security.totp ? ['totp' as const] : []), ...passkey, ...(security.recovery_codes > 0 ? ['recovery_code' as const] : [])]
}

interface Shown {
  readonly method?: SecondFactorMethod
  readonly error?: SecondFactorError
  readonly retryAfterSeconds?: number
}

export async function showSecondFactor(step: Step, person: PersonRow, { method, error, retryAfterSeconds }: Shown = {}): Promise<PageResult> {
  const { deps, request, app } = step
  const demand = demandOf(step)
  const passkey = person.security.passkeys > 0 ? await startPasskeySignIn(deps.factors, { accountId: person.account.id }) : null
  const methods = methodsOf(person, demand, passkey !== null)
  const shown = method !== undefined && methods.includes(method) ? method : (methods[0] ?? 'totp')
  if (retryAfterSeconds !== undefined) request.ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  return html(
    SecondFactorPage({
      frame: request.frame(), form: formOf(step), app, person: personOf(person), method: shown, others: methods.filter((one) => one !== shown),
      reason: reasonOf(demand), canCancel: true, scriptUrls: deps.scripts.passkey,
      ...(shown === 'passkey' && passkey !== null ? { passkey: { options: JSON.stringify(passkey.options), challenge: passkey.challenge } } : {}),
      ...(demand.trust_days > 0 ? { trustDays: demand.trust_days } : {}),
      ...(error === undefined ? {} : { error }),
      // After a hundred failures no waiting helps, only a passkey or an administrator.
      ...(retryAfterSeconds === undefined || retryAfterSeconds > daySeconds ? {} : { retryAfterSeconds }),
    }),
    { status: statusOf(error), formAction: formActionsOf(step), script: 'self' },
  )
}

function statusOf(error: SecondFactorError | undefined): number {
  return error === undefined ? 200 : error === 'too_many_attempts' ? 429 : 400
}

/** Takes the posted answer. */
export async function takeSecondFactor(step: Step, person: PersonRow): Promise<PageResult> {
  const { form } = step.request
  switch (form.get('action')) {
    case 'switch_account':
      return startOver(step, { switch_account: {} })
    case 'use_totp':
      return showSecondFactor(step, person, { method: 'totp' })
    case 'use_passkey':
      return showSecondFactor(step, person, { method: 'passkey' })
    case 'use_recovery_code':
      return showSecondFactor(step, person, { method: 'recovery_code' })
    case 'passkey':
      return takePasskey(step, person)
    default:
      return form.has('recovery_code') ? takeCode(step, person, 'recovery_code') : takeCode(step, person, 'totp')
  }
}

async function takeCode(step: Step, person: PersonRow, method: 'totp' | 'recovery_code'): Promise<PageResult> {
  const { form, origin } = step.request
  const code = (form.get(method === 'totp' ? 'code' : 'recovery_code') ?? '').trim()
  if (code === '') return showSecondFactor(step, person, { method, error: 'missing_code' })
  const verify = method === 'totp' ? verifyTotp : verifyRecoveryCode
  const result = await verify(step.deps.factors, { accountId: person.account.id, code, origin, clientId: step.clientId })
  if (result.ok) return raise(step, person, result)
  if (result.reason === 'too_many_attempts') return showSecondFactor(step, person, { method, error: result.reason, retryAfterSeconds: result.retryAfterSeconds })
  return showSecondFactor(step, person, { method, error: 'wrong_code' })
}

async function takePasskey(step: Step, person: PersonRow): Promise<PageResult> {
  const { form, origin } = step.request
  const result = await finishPasskeySignIn(step.deps.factors, {
    accountId: person.account.id, challenge: form.get('passkey_challenge') ?? '', response: form.get('passkey_response'), origin, clientId: step.clientId,
  })
  if (!result.ok) return showSecondFactor(step, person, { method: 'passkey', error: 'passkey_failed' })
  // The person has succeeded by other means: what others guessed no longer counts (NIST SP 800-63B-4 §3.2.2).
  await step.deps.factors.attempts.clear('second_factor', person.account.id)
  return raise(step, person, result)
}

/** Raises the session by what was proved; the browser has now shown all that is asked of it. */
export async function raise(step: Step, person: PersonRow, proved: { readonly acr: string; readonly amr: readonly string[] }): Promise<PageResult> {
  const { form } = step.request
  const trustDays = form.get('trust_device') === 'yes' ? demandOf(step).trust_days : 0
  await arrive(step, person.account.id, trustDays)
  return proceed(step, await raisedResult(step, person, proved))
}

/** The result that raises the session: level and methods add up, the time of the sign-in is handed on. */
export async function raisedResult(step: Step, person: PersonRow, proved: { readonly acr: string; readonly amr: readonly string[] }) {
  const session = step.interaction.session?.uid === undefined ? undefined : await step.unit.sessionByUid(step.interaction.session.uid)
  const { acr = 'aal1', amr = [], loginTs = Math.floor(Date.now() / 1000) } = session?.payload ?? {}
  return {
    login: { accountId: person.account.id, acr: strongerAcr(acr, proved.acr), amr: [...new Set([...amr, ...proved.amr, 'mfa'])], ts: loginTs, remember: true },
    mfa: {},
  }
}
