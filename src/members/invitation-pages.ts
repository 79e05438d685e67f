/**
 * The pages behind an invitation's link, for whoever is signed in, somebody else, nobody, and people who have no account yet.
 * Invariants: GET changes nothing, because mail scanners follow links; what was shown to one person is not answered by another (the
 * form's token is bound to who was signed in); somebody else than the invited person answers nothing. What an answer does is the
 * commands'.
 */
import type { AccountDeps } from '../accounts/account-deps.ts'
import { HashPoolFull } from '../accounts/hash-pool.ts'
import { findPerson, findProfile, type PersonRow, type ProfileRow } from '../accounts/self-queries.ts'
import type { Scripts } from '../http/assets.ts'
import { html, page, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import { ClosedInvitationPage, type ClosedInvitationState, type InvitationAnswer } from '../../views/pages/invitation-closed.tsx'
import { InvitationDetailsPage, type InvitationDetailsError } from '../../views/pages/invitation-details.tsx'
import { InvitationPage } from '../../views/pages/invitation.tsx'
import type { InvitationFacts } from '../../views/parts/invited.tsx'
import type { FormProps } from '../../views/props.ts'
import { findBrand } from '../tenants/brand.ts'
import { acceptAsNewcomer } from './accept-as-newcomer.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { askForInvitation } from './ask-again.ts'
import { declineInvitation } from './decline-invitation.ts'
import { findInvitation, type InvitationView } from './find-invitation.ts'
import { invitationPath, type InvitationState } from './invitation.ts'

export interface InvitationPageDeps {
  readonly accounts: AccountDeps
  readonly scripts: Scripts
  /** The app that the inviter chose, as its registration says where to start; null for none. */
  readonly wayBack: (clientId: string | null) => Promise<{ readonly name: string; readonly url: string } | null>
}

/** One request for one link, with who stands before it. */
interface Visit {
  readonly deps: InvitationPageDeps
  readonly request: PageRequest
  readonly token: string
  readonly invitation: InvitationView
  readonly who: 'nobody' | 'newcomer' | 'invitee' | 'other'
  /** Who is signed in, and the invited account. */
  readonly signedIn: ProfileRow | undefined
  readonly invited: PersonRow | undefined
  readonly form: FormProps
  readonly isFormOurs: boolean
}

export function invitationPages(deps: InvitationPageDeps): readonly PageDoor[] {
  const path = '/invitations/:token'
  return [
    page({ method: 'GET', path, access: 'public', handle: (request) => visit(deps, request, show) }),
    page({ method: 'POST', path, access: 'public', handle: (request) => visit(deps, request, take) }),
  ]
}

async function visit(deps: InvitationPageDeps, request: PageRequest, act: (visit: Visit) => PageResult | Promise<PageResult>): Promise<PageResult> {
  const { databases } = deps.accounts
  const token = request.params['token'] ?? ''
  const invitation = await findInvitation({ databases }, token)
  if (invitation === null) return html(ClosedInvitationPage({ frame: request.frame(), state: 'unknown', tenantName: '' }), { status: statusOf.unknown })
  request.ctx.state.brand = await findBrand(databases.engine, invitation.tenantId)
  const session = await request.session()
  const invited = await findPerson(databases.engine, invitation.accountId)
  const signedIn = session === null ? undefined : await findProfile(databases.engine, session.accountId)
  const action = invitationPath(token)
  const binding = `${action} ${session?.accountId ?? 'nobody'}`
  return act({
    deps, request, token, invitation, invited, signedIn,
    who: whoStands(signedIn, invited),
    form: { action, csrfToken: request.csrf.token(binding) },
    isFormOurs: request.csrf.check(binding),
  })
}

function whoStands(signedIn: ProfileRow | undefined, invited: PersonRow | undefined): Visit['who'] {
  if (signedIn !== undefined) return signedIn.id === invited?.id ? 'invitee' : 'other'
  // An account that nobody has become yet; with a password it is somebody's.
  return invited?.status === 'pending' && invited.phc === null ? 'newcomer' : 'nobody'
}

/** The page as things stand now; after a refusal they may stand differently than when the form was shown. */
function showAgain({ deps, request }: Visit): Promise<PageResult> {
  return visit(deps, request, show)
}

function show(visit: Visit, error?: 'form_expired'): PageResult | Promise<PageResult> {
  const { request, invitation, who, signedIn, form } = visit
  if (invitation.state !== 'open') return showClosed(visit, closedStates[invitation.state])
  if (who === 'newcomer') return showDetails(visit, error)
  const person = signedIn === undefined ? {} : { person: { displayName: signedIn.display_name, identifier: signedIn.email ?? '' } }
  return html(
    InvitationPage({ frame: request.frame(), form, invitation: factsOf(invitation), who, ...person, ...(error === undefined ? {} : { error }) }),
    { status: error === undefined ? 200 : 400 },
  )
}

function factsOf({ tenantName, inviterName, role, units, expiresAt, email, displayName }: InvitationView): InvitationFacts {
  return { tenantName, inviterName, roleName: role, units, until: expiresAt.toISOString(), invitee: email ?? displayName }
}

function showDetails({ deps, request, invitation, invited, form }: Visit, error?: InvitationDetailsError): PageResult {
  const typed = (name: string, known: string | null | undefined) => request.form.get(name) ?? known ?? ''
  return html(
    InvitationDetailsPage({
      frame: request.frame(), form, invitation: factsOf(invitation), email: invitation.email, scriptUrls: deps.scripts.reveal,
      familyName: typed('family_name', invited?.family_name), givenName: typed('given_name', invited?.given_name),
      familyNameKana: typed('family_name_kana', invited?.family_name_kana), givenNameKana: typed('given_name_kana', invited?.given_name_kana),
      ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : error === 'busy' ? 503 : 400, script: 'self' },
  )
}

const closedStates = {
  accepted: 'already_accepted', declined: 'already_declined', revoked: 'revoked', expired: 'expired',
  tenant_suspended: 'tenant_suspended', membership_ended: 'membership_ended',
} as const satisfies Readonly<Record<Exclude<InvitationState, 'open'>, ClosedInvitationState>>

const statusOf: Readonly<Record<ClosedInvitationState | InvitationAnswer, number>> = {
  accepted: 200, declined: 200, asked_again: 200, already_accepted: 200,
  seat_limit_reached: 409, tenant_suspended: 403, already_declined: 410, revoked: 410, expired: 410, membership_ended: 410, unknown: 410,
}

async function showClosed({ deps, request, invitation, form }: Visit, state: ClosedInvitationState | InvitationAnswer): Promise<PageResult> {
  const next = state === 'accepted' || state === 'already_accepted' ? ((await deps.wayBack(invitation.clientId)) ?? { name: 'Tegata', url: '/account' }) : null
  // Where an operator invited there is nobody to write to.
  const canAsk = state === 'expired' && invitation.inviterName !== null
  return html(
    ClosedInvitationPage({ frame: request.frame(), state, tenantName: invitation.tenantName, ...(canAsk ? { askAgain: form } : {}), ...(next === null ? {} : { next }) }),
    { status: statusOf[state] },
  )
}

async function take(visit: Visit): Promise<PageResult> {
  const { deps: { accounts: { databases } }, request, token, invitation, who, isFormOurs } = visit
  const { origin } = request
  const action = request.form.get('action')
  if (!isFormOurs) return show(visit, 'form_expired')
  if (action === 'ask_again' && invitation.state === 'expired') return answered(visit, await askForInvitation({ databases }, { token, origin }), 'asked_again')
  if (invitation.state !== 'open') return show(visit)
  if (action === 'switch_account') return request.signOut(invitationPath(token))
  if (who === 'other') return show(visit)
  if (action === 'decline') return answered(visit, await declineInvitation({ databases }, { token, origin }), 'declined')
  if (who === 'newcomer') return takeDetails(visit)
  if (who === 'nobody') return request.signIn(invitationPath(token), { identifier: invitation.email ?? undefined })
  if (action !== 'accept') return show(visit)
  return answered(visit, await acceptInvitation({ databases }, { token, accountId: invitation.accountId, origin }), 'accepted')
}

function answered(visit: Visit, result: { readonly ok: true } | { readonly ok: false; readonly reason: string }, answer: InvitationAnswer): Promise<PageResult> {
  if (result.ok) return showClosed(visit, answer)
  return result.reason === 'seat_limit_reached' ? showClosed(visit, 'seat_limit_reached') : showAgain(visit)
}

async function takeDetails(visit: Visit): Promise<PageResult> {
  const { deps, request: { form, locale, origin }, token } = visit
  const password = form.get('password') ?? ''
  if (password === '') return showDetails(visit, 'missing_password')
  try {
    const result = await acceptAsNewcomer(deps.accounts, {
      token, familyName: form.get('family_name') ?? '', givenName: form.get('given_name') ?? '',
      familyNameKana: form.get('family_name_kana'), givenNameKana: form.get('given_name_kana'), password, locale, origin,
    })
    if (result.ok || isStanding(result.reason)) return await answered(visit, result, 'accepted')
    return showDetails(visit, result.reason)
  } catch (error) {
    if (error instanceof HashPoolFull) return showDetails(visit, 'busy')
    throw error
  }
}

/** Refused for how the invitation stands, not for what was typed. */
function isStanding(reason: string): reason is 'invitation_invalid' | 'other_account' | 'seat_limit_reached' | 'tenant_suspended' {
  return ['invitation_invalid', 'other_account', 'seat_limit_reached', 'tenant_suspended'].includes(reason)
}
