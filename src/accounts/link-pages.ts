/**
 * The pages behind the links of our mails: proving a new address or taking it back, lifting a lock, keeping an account, finishing a
 * registration. Invariant: GET changes nothing, because mail scanners follow links; the button does.
 */
import { html, page, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import type { Scripts } from '../http/assets.ts'
import { DeadLinkPage, DonePage, LinkPage } from '../../views/pages/link-page.tsx'
import { RegisterDetailsPage, type RegisterDetailsError } from '../../views/pages/register.tsx'
import type { Origin } from '../base/origin.ts'
import type { AccountDeps } from './account-deps.ts'
import { confirmAddressChange, undoAddressChange } from './change-address.ts'
import { completeRegistration, type Registered } from './complete-registration.ts'
import { cancelDeletion } from './delete-account.ts'
import { HashPoolFull } from './hash-pool.ts'
import { findLink, linkPath, type LinkPurpose, type LinkView } from './links.ts'
import { unlockByLink } from './unlock-account.ts'

export interface LinkPageDeps {
  readonly accounts: AccountDeps
  readonly scripts: Scripts
  /** The app that a person came from, as its registration says where to start; null for an unknown one. */
  readonly wayBack: (clientId: string | null) => Promise<{ readonly name: string; readonly url: string } | null>
  /** Makes somebody who has just registered a member of the tenant that they came for; the port of members/. */
  readonly joinTenant: { join(input: { readonly tenantId: string; readonly accountId: string; readonly origin: Origin }): Promise<void> }
}

type ButtonPurpose = 'address_change' | 'address_undo' | 'unlock' | 'deletion'
type Act = (deps: AccountDeps, input: { token: string; request: PageRequest }) => Promise<{ readonly ok: boolean }>

const acts: Readonly<Record<ButtonPurpose, { readonly path: string; readonly act: Act }>> = {
  address_change: { path: '/address/:token', act: (deps, { token, request: { origin } }) => confirmAddressChange(deps, { by: { token }, origin }) },
  address_undo: { path: '/undo/:token', act: (deps, { token, request: { origin } }) => undoAddressChange(deps, { token, origin }) },
  unlock: { path: '/unlock/:token', act: (deps, { token, request: { origin } }) => unlockByLink(deps, { token, origin }) },
  deletion: { path: '/keep/:token', act: (deps, { token, request: { origin } }) => cancelDeletion(deps, { by: { token }, actor: null, origin }) },
}

export function linkPages(deps: LinkPageDeps): readonly PageDoor[] {
  return [
    ...buttonDoors(deps, 'address_change'), ...buttonDoors(deps, 'address_undo'), ...buttonDoors(deps, 'unlock'), ...buttonDoors(deps, 'deletion'),
    page({ method: 'GET', path: '/register/:token', access: 'public', handle: (request) => atRegistration(deps, request, (link) => showDetails(deps, request, { link })) }),
    page({ method: 'POST', path: '/register/:token', access: 'public', handle: (request) => atRegistration(deps, request, (link) => takeDetails(deps, request, link)) }),
  ]
}

/** Whoever needs another activation link has to ask an administrator. */
const againUrls: Readonly<Record<LinkPurpose, string | null>> = {
  password_reset: '/recover', unlock: '/recover', registration: '/register', activation: null,
  address_change: '/account/address', address_undo: '/account', deletion: '/account/data',
}

/** Says that the link no longer counts, and where another one can be had. */
export function deadLink(request: PageRequest, purpose: LinkPurpose): PageResult {
  const againUrl = againUrls[purpose]
  return html(DeadLinkPage({ frame: request.frame(), purpose, ...(againUrl === null ? {} : { againUrl }) }), { status: 410 })
}

/** Says what was done and leads on: to the app that the person came from, or to their account. */
export async function done({ wayBack }: LinkPageDeps, request: PageRequest, { kind, clientId }: { readonly kind: LinkPurpose; readonly clientId: string | null }): Promise<PageResult> {
  const next = (await wayBack(clientId)) ?? { name: 'Tegata', url: '/account' }
  return html(DonePage({ frame: request.frame(), kind, next }))
}

function buttonDoors(deps: LinkPageDeps, purpose: ButtonPurpose): readonly PageDoor[] {
  const { path, act } = acts[purpose]
  const show = async (request: PageRequest): Promise<PageResult> => {
    const token = request.params['token'] ?? ''
    const link = await findLink(deps.accounts, { token, purposes: [purpose] })
    if (link === null) return deadLink(request, purpose)
    const action = linkPath(purpose, token)
    return html(LinkPage({
      frame: request.frame(), form: { action, csrfToken: request.csrf.token(action) }, purpose,
      ...(link.email === null ? {} : { email: link.email }), ...(link.displayName === null ? {} : { accountName: link.displayName }),
    }))
  }
  const take = async (request: PageRequest): Promise<PageResult> => {
    const token = request.params['token'] ?? ''
    // A form that is too old or not ours shows the button once more.
    if (!request.csrf.check(linkPath(purpose, token))) return show(request)
    const link = await findLink(deps.accounts, { token, purposes: [purpose] })
    const result = await act(deps.accounts, { token, request })
    return result.ok ? done(deps, request, { kind: purpose, clientId: link?.clientId ?? null }) : deadLink(request, purpose)
  }
  return [
    page({ method: 'GET', path, access: 'public', handle: show }),
    page({ method: 'POST', path, access: 'public', handle: take }),
  ]
}

async function atRegistration(deps: LinkPageDeps, request: PageRequest, act: (link: LinkView) => Promise<PageResult> | PageResult): Promise<PageResult> {
  const link = await findLink(deps.accounts, { token: request.params['token'] ?? '', purposes: ['registration'] })
  return link === null ? deadLink(request, 'registration') : act(link)
}

interface DetailsShown {
  readonly link: LinkView
  readonly error?: RegisterDetailsError
}

function showDetails({ scripts }: LinkPageDeps, request: PageRequest, { link: { email }, error }: DetailsShown): PageResult {
  const { form } = request
  const action = linkPath('registration', request.params['token'] ?? '')
  const typed = (name: string) => form.get(name) ?? ''
  return html(
    RegisterDetailsPage({
      frame: request.frame(), form: { action, csrfToken: request.csrf.token(action) }, email: email ?? '', scriptUrls: scripts.reveal, signInUrl: '/account',
      familyName: typed('family_name'), givenName: typed('given_name'), familyNameKana: typed('family_name_kana'), givenNameKana: typed('given_name_kana'),
      ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : error === 'busy' ? 503 : 400, script: 'self' },
  )
}

async function takeDetails(deps: LinkPageDeps, request: PageRequest, link: LinkView): Promise<PageResult> {
  const { form, locale, origin, params } = request
  const token = params['token'] ?? ''
  if (!request.csrf.check(linkPath('registration', token))) return showDetails(deps, request, { link, error: 'form_expired' })
  const password = form.get('password') ?? ''
  if (password === '') return showDetails(deps, request, { link, error: 'missing_password' })
  try {
    const result = await completeRegistration(deps.accounts, {
      by: { token }, familyName: form.get('family_name') ?? '', givenName: form.get('given_name') ?? '',
      familyNameKana: form.get('family_name_kana'), givenNameKana: form.get('given_name_kana'), password, locale, origin,
    })
    if (result.ok) return await welcome(deps, request, result)
    return result.reason === 'link_invalid' ? deadLink(request, 'registration') : showDetails(deps, request, { link, error: result.reason })
  } catch (error) {
    if (error instanceof HashPoolFull) return showDetails(deps, request, { link, error: 'busy' })
    throw error
  }
}

async function welcome(deps: LinkPageDeps, request: PageRequest, { accountId, tenantId, clientId }: Registered): Promise<PageResult> {
  if (tenantId !== null) await deps.joinTenant.join({ tenantId, accountId, origin: request.origin })
  return done(deps, request, { kind: 'registration', clientId })
}
