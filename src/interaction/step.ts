/**
 * What every step of an interaction needs: the living interaction, its app and its person, and the way back to the policy.
 * Invariant: a step records its result and returns to the policy; it never calls, links or knows the next one (design §5).
 */
import type Provider from 'oidc-provider'
import type { InteractionResults } from 'oidc-provider'
import type { AccountDeps } from '../accounts/account-deps.ts'
import type { PasswordAttempt, PasswordResult } from '../accounts/check-password.ts'
import type { Databases } from '../base/db.ts'
import type { FactorDeps } from '../factors/factor.ts'
import type { Scripts } from '../http/assets.ts'
import type { CookieJar } from '../http/cookies.ts'
import type { Origin } from '../base/origin.ts'
import { formActionOf } from '../http/headers.ts'
import { redirect, type PageRequest, type PageResult } from '../http/page.ts'
import type { AppProps, FormProps, PersonProps } from '../../views/props.ts'
import { accountClientId } from '../oidc/account-client.ts'
import { appOf, type ClientStore } from '../oidc/client-store.ts'
import { chooseMembership, pickedMembership, requestedTenant } from '../oidc/membership-choice.ts'
import type { PersonRow } from '../oidc/queries.ts'
import type { References } from '../oidc/references.ts'
import type { UnitOfWork } from '../oidc/unit-of-work.ts'
import { findBrand } from '../tenants/brand.ts'

export type PasswordCheck = (attempt: PasswordAttempt) => Promise<PasswordResult>

export interface InteractionDeps {
  readonly databases: Databases
  readonly clients: ClientStore
  readonly references: References
  readonly cookies: CookieJar
  /** The provider of this moment; it is exchanged when keys rotate. */
  readonly provider: () => Provider
  readonly checkPassword: PasswordCheck
  readonly accounts: AccountDeps
  readonly factors: FactorDeps
  /** Whether anybody may register; a tenant may allow it for itself. */
  readonly registration: 'open' | 'closed'
  readonly joinTenant: JoinTenant
  readonly scripts: Scripts
}

/** Makes somebody who has just registered a member of the tenant that allows it; the port of members/. */
export interface JoinTenant {
  /** The id of a tenant, named by id or subdomain, for which people may register by themselves; null for any other. */
  find(tenant: string): Promise<string | null>
  join(input: { readonly tenantId: string; readonly accountId: string; readonly origin: Origin }): Promise<void>
}

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

export interface Step {
  readonly deps: InteractionDeps
  readonly request: PageRequest
  readonly interaction: Interaction
  readonly unit: UnitOfWork
  readonly clientId: string
  /** The product that asks; undefined where our own pages do, which need no introduction. */
  readonly app: AppProps | undefined
  /** Whoever asks, our own pages included. */
  readonly client: AppProps
  /** Whoever the session belongs to at this step; undefined before anybody has signed in. */
  readonly person: PersonRow | undefined
}

/** The form of this step; its token is bound to the interaction. */
export function formOf({ request, interaction }: Step): FormProps {
  return { action: `/interaction/${interaction.uid}`, csrfToken: request.csrf.token(interaction.uid) }
}

export function personOf(person: PersonRow): PersonProps {
  return { displayName: person.account.display_name, identifier: person.account.email ?? '' }
}

/** Browsers apply form-action to the redirects after a POST, and any step may be the last. */
export function formActionsOf({ interaction }: Step): readonly string[] {
  const source = typeof interaction.params['redirect_uri'] === 'string' ? formActionOf(interaction.params['redirect_uri']) : null
  return source === null ? [] : [source]
}

/** A parameter of the authorization request as text. */
export function paramOf({ interaction }: Step, name: string): string | undefined {
  const value = interaction.params[name]
  return typeof value === 'string' ? value : undefined
}

/** Hands `result` to the policy, together with what earlier steps have found out. */
export function proceed(step: Step, result: InteractionResults): Promise<PageResult> {
  return finish(step, result, true)
}

/** Hands `result` to the policy and forgets what earlier steps have found out. */
export function startOver(step: Step, result: InteractionResults): Promise<PageResult> {
  return finish(step, result, false)
}

/** Ends the request at the app: the person does not want, or cannot. */
export function giveUp(step: Step, error: string, description: string): Promise<PageResult> {
  return finish(step, { error, error_description: description }, false)
}

async function finish({ deps, request: { ctx } }: Step, result: InteractionResults, mergeWithLastSubmission: boolean): Promise<PageResult> {
  const returnTo = await deps.provider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission })
  return redirect(new URL(returnTo).pathname)
}

/** Keeps `result` with the interaction and stays on this step, for a page that is still to be read before it goes on. */
export async function keepResult({ deps, request: { ctx } }: Step, result: InteractionResults): Promise<void> {
  await deps.provider().interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true })
}

/** Seconds after a sign-in in which a factor or a password may be set. */
const freshSeconds = 900

/** Whether the person signed in so recently that they may change what they sign in with. */
export async function isFresh({ interaction, unit }: Step): Promise<boolean> {
  const uid = interaction.session?.uid
  const session = uid === undefined ? undefined : await unit.sessionByUid(uid)
  return Date.now() / 1000 - (session?.payload.loginTs ?? 0) <= freshSeconds
}

/** Opens the step that the interaction stands at; throws oidc-provider's SessionNotFound for one that no longer lives. */
export async function openStep(deps: InteractionDeps, request: PageRequest, unit: UnitOfWork): Promise<Step | undefined> {
  const { ctx } = request
  const interaction = await deps.provider().interactionDetails(ctx.req, ctx.res)
  if (interaction.uid !== request.params['uid']) return undefined
  const clientId = typeof interaction.params['client_id'] === 'string' ? interaction.params['client_id'] : ''
  const client = await deps.clients.find(clientId)
  if (client === undefined) return undefined
  unit.clientIdHint = clientId
  const accountId = interaction.session?.accountId
  const person = accountId === undefined ? undefined : await unit.person(accountId)
  const tenant = tenantOf(interaction, person)
  ctx.state.brand = tenant === undefined ? null : await findBrand(deps.databases.engine, tenant)
  return { deps, request, interaction, unit, clientId, client: appOf(client), app: clientId === accountClientId ? undefined : appOf(client), person }
}

/** The tenant whose look the pages have: what the request names, else what the person has picked or can only mean. */
function tenantOf({ params, result, lastSubmission }: Interaction, person: PersonRow | undefined): string | undefined {
  const named = requestedTenant(params)
  if (named !== undefined || person === undefined || !wantsTenant(params)) return named
  const choice = chooseMembership({ memberships: person.memberships, tenant: undefined, picked: pickedMembership(result) ?? pickedMembership(lastSubmission), mustAsk: false })
  return choice.kind === 'chosen' ? choice.membership.tenant_id : undefined
}

function wantsTenant({ scope }: Interaction['params']): boolean {
  return typeof scope === 'string' && scope.split(' ').includes('tenant')
}
