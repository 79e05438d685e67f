/**
 * Signing a prescription on the web pages: Karte's server asks its own API with the person's access token and, where the API wants
 * a stronger or newer sign-in, sends the browser to get one and finishes the signing when it comes back (RFC 9470 §4).
 * Invariant: a GET signs only where it ends an errand that a form of ours began in the same session.
 */
import type { Router } from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import * as oidc from 'openid-client'
import { signingScope } from './api/routes.ts'
import * as pages from './pages.ts'
import { permissionsOf, recordsSeenBy } from './permissions.ts'
import type { Problem } from './oidc/problems.ts'
import type { Errand, Person, Session } from './oidc/sessions.ts'
import { isOnThisMachine, languageOf, seeOther, type SignIn } from './oidc/sign-in.ts'
import type { Prescription, Prescriptions } from './prescriptions.ts'

export interface Signing {
  readonly signIn: SignIn
  readonly prescriptions: Prescriptions
  /** Identifier of the API at the issuer, and where it answers. */
  readonly api: { readonly identifier: string; readonly url: string }
  readonly show: (ctx: Context, html: string, status?: number) => void
  readonly showProblem: (ctx: Context, problem: Problem) => void
  readonly toSignIn: (ctx: Context, path: string) => void
}

type SignedIn = Session & { person: Person }

/** A sign-in may grow too old while the person is busy with its second step; an issuer that never does what it is asked ends here. */
const mostStepUps = 2

export function addSigningRoutes(router: Router, signing: Signing): void {
  const { signIn, show, toSignIn } = signing
  const asSigner = (handle: (ctx: Context, session: SignedIn) => Promise<void> | void) => async (ctx: Context) => {
    const session = signIn.signedIn(ctx)
    if (session === null) toSignIn(ctx, '/prescriptions')
    else if (recordsSeenBy(session.person.claims.role) === 'none') show(ctx, pages.forbidden(languageOf(ctx), session.person.claims), 403)
    else await handle(ctx, session)
  }

  router.get('/prescriptions', asSigner((ctx, session) => {
    const signed = listFor({ signing, session }).find(({ id, signature }) => id === ctx.query['signed'] && signature !== null)
    showList(ctx, { signing, session }, { note: signed === undefined ? null : { signed: signed.id }, status: 200 })
  }))

  router.post('/prescriptions/:id/sign', signIn.sameOrigin, asSigner((ctx, session) => sign(ctx, { signing, session, errand: null })))

  router.get('/prescriptions/:id/sign', asSigner(async (ctx, session) => {
    const errand = signIn.errandDone(ctx)
    if (errand === null) seeOther(ctx, '/prescriptions')
    else await sign(ctx, { signing, session, errand })
  }))
}

interface Attempt {
  readonly signing: Signing
  readonly session: SignedIn
  /** The way to the issuer that this attempt comes back from. */
  readonly errand: Errand | null
}

async function sign(ctx: Context, attempt: Attempt): Promise<void> {
  const { api } = attempt.signing
  const id = /^\/prescriptions\/([\w-]{1,40})\/sign$/.exec(ctx.path)?.[1] ?? ''
  const token = tokenFor(attempt.session, api.identifier)
  // The API says the same, but nobody should be sent to the issuer for nothing.
  const maySign = permissionsOf(attempt.session.person.claims.role).includes('prescriptions_sign')
  if (!maySign) showRefusal(ctx, attempt, { reason: 'role_may_not_sign', status: 403 })
  else if (!listFor(attempt).some((one) => one.id === id)) showRefusal(ctx, attempt, { reason: 'not_found', status: 404 })
  else await follow(ctx, attempt, token === null ? { kind: 'token_needed' } : await askApi(`${api.url}/prescriptions/${id}/sign`, token))
}

/** What the API's answer leads to: a page, or a way to the issuer and back to this very path. */
async function follow(ctx: Context, attempt: Attempt, answer: Answer): Promise<void> {
  const { signing: { api, signIn, showProblem }, session, errand } = attempt
  const stepUps = errand?.stepUps ?? 0
  const wish = { resource: api.identifier, scope: signingScope, returnTo: ctx.path }
  if (answer.kind === 'signed') seeOther(ctx, `/prescriptions?signed=${ctx.path.split('/')[2] ?? ''}`)
  else if (answer.kind === 'refused') showRefusal(ctx, attempt, answer)
  else if (answer.kind === 'token_needed') {
    if (errand === null) await signIn.fetchToken(ctx, session, { ...wish, stepUps })
    else showProblem(ctx, { kind: 'refused', status: 400, code: 'invalid_token' })
  } else if (stepUps < mostStepUps) {
    await signIn.fetchToken(ctx, session, { ...wish, stepUps: stepUps + 1, acrValues: answer.acrValues, maxAge: answer.maxAge })
  } else showProblem(ctx, { kind: 'too_weak', status: 403, code: 'insufficient_user_authentication' })
}

function tokenFor({ person: { apiToken } }: SignedIn, resource: string): string | null {
  return apiToken !== null && apiToken.resource === resource && apiToken.untilMs > Date.now() ? apiToken.value : null
}

type Answer =
  | { readonly kind: 'signed' }
  | { readonly kind: 'token_needed' }
  | { readonly kind: 'step_up'; readonly acrValues: string | undefined; readonly maxAge: string | undefined }
  | { readonly kind: 'refused'; readonly reason: string; readonly status: number }

const refusalSchema = z.object({ error: z.string() })
const stepUpSchema = z.object({ acr_values: z.string().max(200).optional(), max_age: z.string().regex(/^\d{1,9}$/).optional() })

/** Asks the API to sign. openid-client reads the challenge, as it would that of any other API. */
async function askApi(address: string, token: string): Promise<Answer> {
  const url = new URL(address)
  const client = new oidc.Configuration({ issuer: url.origin }, 'karte')
  if (isOnThisMachine(url)) oidc.allowInsecureRequests(client)
  try {
    const response = await oidc.fetchProtectedResource(client, token, url, 'POST')
    if (!response.ok) return await refusalIn(response)
    await response.body?.cancel()
    return { kind: 'signed' }
  } catch (error) {
    if (!(error instanceof oidc.WWWAuthenticateChallengeError)) throw error
    const parameters = error.cause.find(({ scheme }) => scheme === 'bearer')?.parameters
    const wanted = stepUpSchema.safeParse(parameters)
    const wantsStepUp = parameters?.error === 'insufficient_user_authentication' && wanted.success
    if (!wantsStepUp && parameters?.error !== 'invalid_token') return await refusalIn(error.response)
    await error.response.body?.cancel()
    if (!wantsStepUp) return { kind: 'token_needed' }
    return { kind: 'step_up', acrValues: wanted.data.acr_values, maxAge: wanted.data.max_age }
  }
}

async function refusalIn(response: Response): Promise<Answer> {
  const body: unknown = await response.json().catch(() => null)
  return { kind: 'refused', reason: refusalSchema.safeParse(body).data?.error ?? 'failed', status: response.status }
}

function showRefusal(ctx: Context, attempt: Attempt, { reason, status }: { reason: string; status: number }): void {
  const known = pages.isKnownRefusal(reason)
  if (reason === 'issuer_down') attempt.signing.showProblem(ctx, { kind: 'issuer_down', status: 503 })
  else showList(ctx, attempt, { note: { notSigned: known ? reason : 'failed' }, status: known ? status : 502 })
}

function listFor({ signing, session }: Pick<Attempt, 'signing' | 'session'>): readonly Prescription[] {
  const tenantId = session.person.claims.tenant_id
  return tenantId === undefined ? [] : signing.prescriptions.list(tenantId)
}

function showList(ctx: Context, of: Pick<Attempt, 'signing' | 'session'>, { note, status }: { note: pages.SigningNote | null; status: number }): void {
  of.signing.show(ctx, pages.prescriptions(languageOf(ctx), of.session.person.claims, { list: listFor(of), note }), status)
}
