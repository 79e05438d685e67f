/**
 * The one dispatcher of a sign-in: which question comes next (design §5). oidc-provider runs it from the top at every resume, so
 * no step knows another, and a rule known only once the tenant is chosen brings up its question by itself.
 * Invariant: every door to a session or a token passes here; a check returns a strict boolean.
 */
import { errors, interactionPolicy } from 'oidc-provider'
import { adviceFor, assuranceDetails, chosen, unmetDemands, type TrustedDevice } from './assurance.ts'
import { outlived } from './facts.ts'
import { choiceOf, requestedTenant } from './membership-choice.ts'
import { currentUnit } from './unit-of-work.ts'

const { Check, Prompt, base } = interactionPolicy

/** create → login → second factor → password too old → select_tenant → consent. */
export function signInPolicy(trusted: TrustedDevice): interactionPolicy.DefaultPolicy {
  const policy = base()
  const login = policy.get('login')
  const consent = policy.get('consent')
  if (login === undefined || consent === undefined) throw new Error('oidc-provider has no login or consent prompt')
  // Levels of assurance are the second factor's question; asked by the password step they would repeat it without end.
  login.checks.remove('essential_acrs')
  login.checks.remove('essential_acr')
  login.checks.add(accountGone, 0)
  login.checks.add(proofOutdated, 1)
  login.checks.add(switchAccount)
  login.checks.add(reauthenticate)
  login.checks.add(outlivedForTenant)
  // Initiating User Registration via OpenID Connect 1.0: an app may send newcomers straight to the registration.
  policy.add(new Prompt({ name: 'create', requestable: true }), 0)
  policy.add(secondFactor(trusted), 2)
  policy.add(changePassword(), 3)
  policy.add(selectTenant(), 4)
  consent.details = async (ctx) => {
    const choice = await choiceOf(ctx)
    return choice.kind === 'chosen' ? { membershipId: choice.membership.id } : {}
  }
  return policy
}

/** The account was locked between its password and this resume: an answer, not a fault further down. */
const accountGone = new Check('account_gone', 'the account may not sign in', 'access_denied', (ctx) => {
  if (ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined) {
    throw new errors.AccessDenied('the account may not sign in')
  }
  return false
})

/**
 * A password that was right a moment ago may have been replaced since: what was proved before the account's epoch counts for
 * nothing, and the session remembers when it was proved, so that the database refuses it as well.
 */
const proofOutdated = new Check('proof_outdated', 'the sign-in was overtaken by a change of the account', 'access_denied', async (ctx) => {
  const { session, result } = ctx.oidc
  const provenAt = provenAtIn(result)
  if (session?.accountId === undefined || provenAt === undefined) return false
  const unit = currentUnit()
  const known = unit.sessionAlreadyRead(session.uid)?.payload['provenAt']
  Reflect.set(session, 'provenAt', Math.max(provenAt, typeof known === 'number' ? known : 0))
  const person = await unit.person(session.accountId)
  if (person === undefined || provenAt >= person.security.not_before_ms || (typeof known === 'number' && known >= person.security.not_before_ms)) return false
  unit.leaveSession(session.uid)
  throw new errors.AccessDenied('the account was changed during the sign-in')
})

function provenAtIn(result: object | undefined): number | undefined {
  if (result === undefined || !('proof' in result)) return undefined
  const { proof } = result
  return typeof proof === 'object' && proof !== null && 'at' in proof && typeof proof.at === 'number' ? proof.at : undefined
}

/** The person asked for another account: the sign-in page comes up although a session lives, until somebody has signed in. */
const switchAccount = new Check('switch_account', 'another account is to be used', (ctx) => {
  const { result } = ctx.oidc
  return result !== undefined && 'switch_account' in result && result.login === undefined
})

/** A second factor or a password is about to be set, and the person signed in too long ago for that (ASVS 7.5.1). */
const reauthenticate = new Check('reauthenticate', 'the person has to prove who they are once more', (ctx) => {
  const { result } = ctx.oidc
  return result !== undefined && 'reauthenticate' in result && result.login === undefined
})

/** The tenant lets a sign-in count for so long only; without one chosen yet, its picker brings the question up. */
const outlivedForTenant = new Check('tenant_max_age', 'the tenant asks for a newer sign-in', 'login_required', async (ctx) => {
  const { session, result } = ctx.oidc
  if (session?.accountId === undefined || result?.login !== undefined) return false
  return outlived(chosen(await choiceOf(ctx))?.rules.session_hours ?? null, session.loginTs)
})

function secondFactor(trusted: TrustedDevice): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'mfa', requestable: false },
    async (ctx) => ({ ...(await assuranceDetails(ctx, trusted)) }),
    new Check('acr_missing', 'a stronger sign-in is needed', 'unmet_authentication_requirements', async (ctx) => (await unmetDemands(ctx, trusted)).length > 0),
    new Check('enrolment_advised', 'the tenant will ask for a second factor soon', 'interaction_required',
      // Only right after a sign-in and once: a reminder must not stand in the way of every app.
      async (ctx) => ctx.oidc.result?.login !== undefined && !('mfa' in ctx.oidc.result) && (await adviceFor(ctx)) !== undefined),
  )
}

/** The tenant lets passwords grow old (off unless it says so): a new one is set in the middle of the sign-in. */
function changePassword(): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'change_password', requestable: false },
    new Check('password_expired', 'the tenant asks for a new password', 'interaction_required', async (ctx) => {
      const usedPassword = ctx.oidc.session?.amr?.includes('pwd') === true
      return usedPassword && chosen(await choiceOf(ctx))?.rules.password_expired === true
    }),
  )
}

function selectTenant(): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'select_tenant', requestable: true },
    (ctx) => {
      const tenant = requestedTenant(ctx.oidc.params ?? {})
      return tenant === undefined ? {} : { tenant }
    },
    new Check('no_tenant', 'the account has no membership that fits this request', 'access_denied', async (ctx) => (await choiceOf(ctx)).kind === 'none'),
    new Check('tenant_ambiguous', 'a tenant has to be chosen', 'interaction_required', async (ctx) => (await choiceOf(ctx)).kind === 'ambiguous'),
  )
}

