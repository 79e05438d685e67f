/**
 * The one dispatcher of a sign-in: which question comes next (design §5). oidc-provider runs it from the top at every resume, so
 * no step knows another, and a rule known only once the tenant is chosen brings up its question by itself.
 * Invariant: every door to a session or a token passes here; a check returns a strict boolean.
 */
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { satisfiesAcr } from './facts.ts'
import { choiceOf, requestedTenant } from './membership-choice.ts'

const { Check, Prompt, base } = interactionPolicy

/** login → second factor → select_tenant → consent. */
export function signInPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base()
  const login = policy.get('login')
  const consent = policy.get('consent')
  if (login === undefined || consent === undefined) throw new Error('oidc-provider has no login or consent prompt')
  // Levels of assurance are the second factor's question; asked by the password step they would repeat it without end.
  login.checks.remove('essential_acrs')
  login.checks.remove('essential_acr')
  login.checks.add(accountGone, 0)
  login.checks.add(switchAccount)
  policy.add(secondFactor(), 1)
  policy.add(selectTenant(), 2)
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

/** The person asked for another account: the sign-in page comes up although a session lives, until somebody has signed in. */
const switchAccount = new Check('switch_account', 'another account is to be used', (ctx) => {
  const { result } = ctx.oidc
  return result !== undefined && 'switch_account' in result && result.login === undefined
})

function secondFactor(): interactionPolicy.Prompt {
  return new Prompt(
    { name: 'mfa', requestable: false },
    new Check('acr_missing', 'a stronger sign-in is needed', 'unmet_authentication_requirements', async (ctx) => {
      const required = await requiredAcr(ctx)
      return required.length > 0 && !required.some((acr) => satisfiesAcr(ctx.oidc.session?.acr, acr))
    }, async (ctx) => ({ acr: await requiredAcr(ctx) })),
  )
}

/** Levels of which one must be reached: essential ones of the request (OIDC Core §5.5.1.1), or the chosen tenant's rule. */
async function requiredAcr(ctx: KoaContextWithOIDC): Promise<readonly string[]> {
  const choice = await choiceOf(ctx)
  const ofTenant = choice.kind === 'chosen' ? choice.membership.required_acr : 'aal1'
  if (!satisfiesAcr(ctx.oidc.session?.acr, ofTenant)) return [ofTenant]
  const request = ctx.oidc.claims.id_token?.['acr']
  if (request?.essential !== true) return []
  const values: readonly unknown[] = Array.isArray(request.values) ? request.values : [request.value]
  return values.filter((value) => typeof value === 'string')
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
