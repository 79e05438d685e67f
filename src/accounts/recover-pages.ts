/**
 * The pages of people who cannot get in: asking for a new password, and setting it behind a link.
 * Invariants: the answer is the same for every name; opening a link changes nothing; a new password signs nobody in, so the second
 * factor is asked for as ever.
 */
import { html, page, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import { NewPasswordPage, type NewPasswordError } from '../../views/pages/new-password.tsx'
import { RecoverPage, RecoverSentPage, type RecoverError } from '../../views/pages/recover.tsx'
import { HashPoolFull } from './hash-pool.ts'
import { deadLink, done, type LinkPageDeps } from './link-pages.ts'
import { findLink, linkPath, type LinkView } from './links.ts'
import { minimumLength } from './password-rules.ts'
import { requestRecovery } from './request-recovery.ts'
import { resetPassword } from './reset-password.ts'

const recoverPath = '/recover'

export function recoverPages(deps: LinkPageDeps): readonly PageDoor[] {
  return [
    page({ method: 'GET', path: recoverPath, access: 'public', handle: (request) => showRecover(deps, request) }),
    page({ method: 'POST', path: recoverPath, access: 'public', handle: (request) => takeRecover(deps, request) }),
    ...passwordDoors(deps, 'password_reset', '/reset/:token'),
    ...passwordDoors(deps, 'activation', '/activate/:token'),
  ]
}

interface Shown {
  readonly identifier?: string
  readonly error?: RecoverError
  readonly retryAfterSeconds?: number
}

async function showRecover(deps: LinkPageDeps, request: PageRequest, { identifier, error, retryAfterSeconds }: Shown = {}): Promise<PageResult> {
  const clientId = clientOf(request)
  if (retryAfterSeconds !== undefined) request.ctx.set('Retry-After', String(Math.ceil(retryAfterSeconds)))
  return html(
    RecoverPage({
      frame: request.frame(), form: { action: actionOf(clientId), csrfToken: request.csrf.token(recoverPath) }, identifier: identifier ?? '',
      signInUrl: (await deps.wayBack(clientId))?.url ?? '/account',
      ...(error === undefined ? {} : { error }), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    }),
    { status: error === undefined ? 200 : error === 'too_many_attempts' ? 429 : 400 },
  )
}

async function takeRecover(deps: LinkPageDeps, request: PageRequest): Promise<PageResult> {
  const identifier = (request.form.get('identifier') ?? '').trim()
  if (!request.csrf.check(recoverPath)) return showRecover(deps, request, { identifier, error: 'form_expired' })
  if (identifier === '') return showRecover(deps, request, { error: 'missing_identifier' })
  const clientId = clientOf(request)
  const way = await deps.wayBack(clientId)
  const result = await requestRecovery(deps.accounts, {
    identifier, tenantHint: null, clientId: way === null ? null : clientId, locale: request.locale, origin: request.origin,
  })
  if (!result.ok) return showRecover(deps, request, { identifier, error: result.reason, retryAfterSeconds: result.retryAfterSeconds })
  return html(RecoverSentPage({ frame: request.frame(), identifier, signInUrl: way?.url ?? '/account' }))
}

/** Only names an app whose own registered address is the way back; nothing of it is believed. */
function clientOf({ query }: PageRequest): string | null {
  return query.get('client_id')
}

function actionOf(clientId: string | null): string {
  return clientId === null ? recoverPath : `${recoverPath}?${new URLSearchParams({ client_id: clientId }).toString()}`
}

type Purpose = 'password_reset' | 'activation'

function passwordDoors(deps: LinkPageDeps, purpose: Purpose, path: string): readonly PageDoor[] {
  const opened = async (request: PageRequest, act: (link: LinkView, token: string) => Promise<PageResult> | PageResult): Promise<PageResult> => {
    const token = request.params['token'] ?? ''
    const link = await findLink(deps.accounts, { token, purposes: [purpose] })
    return link === null ? deadLink(request, purpose) : act(link, token)
  }
  return [
    page({ method: 'GET', path, access: 'public', handle: (request) => opened(request, (link) => showPassword(deps, request, { link, purpose })) }),
    page({ method: 'POST', path, access: 'public', handle: (request) => opened(request, (link, token) => takePassword(deps, request, { link, purpose, token })) }),
  ]
}

interface PasswordShown {
  readonly link: LinkView
  readonly purpose: Purpose
  readonly error?: NewPasswordError
}

function showPassword(deps: LinkPageDeps, request: PageRequest, { link, purpose, error }: PasswordShown): PageResult {
  const action = linkPath(purpose, request.params['token'] ?? '')
  return html(
    NewPasswordPage({
      frame: request.frame(), form: { action, csrfToken: request.csrf.token(action) }, purpose, minimum: minimumLength(link.hasSecondFactor), scriptUrls: deps.scripts.reveal,
      person: { displayName: link.displayName ?? '', identifier: link.email ?? '' },
      ...(error === undefined ? {} : { error }),
    }),
    { status: error === undefined ? 200 : error === 'busy' ? 503 : 400, script: 'self' },
  )
}

async function takePassword(deps: LinkPageDeps, request: PageRequest, { link, purpose, token }: PasswordShown & { readonly token: string }): Promise<PageResult> {
  const again = (error: NewPasswordError) => showPassword(deps, request, { link, purpose, error })
  if (!request.csrf.check(linkPath(purpose, token))) return again('form_expired')
  const password = request.form.get('password') ?? ''
  if (password === '') return again('missing_password')
  try {
    const result = await resetPassword(deps.accounts, { token, purpose, password, origin: request.origin })
    if (result.ok) return await done(deps, request, { kind: purpose, clientId: result.clientId })
    return result.reason === 'link_invalid' || result.reason === 'account_suspended' ? deadLink(request, purpose) : again(result.reason)
  } catch (error) {
    if (error instanceof HashPoolFull) return again('busy')
    throw error
  }
}
