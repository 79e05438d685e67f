/**
 * What every page of the operators' console shares: who acts, in which role, and what stands around its content.
 * Invariants: only whoever stands in the table of operators learns that there is a console; they are in only with a second factor
 * shown in this very session, which no trusted browser stands in for; an auditor looks at everything and sends nothing.
 * Each refusal is an event. What was just done comes from a fixed list, so no link can put words on a page.
 */
import { findOperator, type OperatorRole } from '../accounts/operator-queries.ts'
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { knownZone } from '../accounts/update-profile.ts'
import type { Origin } from '../base/origin.ts'
import { localeFor } from '../http/locale.ts'
import { redirect, refusePage, sessionPage, type Freshness, type PageDoor, type PageRequest, type PageResult, type Signed } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { satisfiesAcr } from '../oidc/facts.ts'
import { routes } from '../oidc/routes.ts'
import { adminPath, type AdminNav, type AdminPlace } from '../../views/admin-props.ts'
import { dateTime, day } from '../../views/dates.ts'
import { isLocale } from '../../views/locale.ts'
import type { FormProps, FrameProps } from '../../views/props.ts'
import type { AdminDeps } from './deps.ts'

export interface OperatorVisit {
  readonly request: PageRequest
  readonly signed: Signed
  readonly role: OperatorRole
  /** Who acts, as the commands want it. */
  readonly by: { readonly actor: string; readonly origin: Origin }
  /** Frame, form and navigation; the form posts to the page's own address. */
  readonly page: { frame: FrameProps; form: FormProps; nav: AdminNav; mayChange: boolean }
  /** A moment in the operator's language and time zone. */
  readonly written: (date: Date) => string
  readonly writtenOrNull: (date: Date | null) => string | null
  readonly writtenDay: (date: Date) => string
  /** What of the address names the thing in hand. */
  readonly param: (name: string) => string
}

interface AdminPage {
  /** Below the console's own address, such as `/tenants/:tenant_id`; empty for its home. */
  readonly path: string
  /** Where the page stands in the navigation. */
  readonly place: AdminPlace
}

type Answer = (visit: OperatorVisit) => PageResult | Promise<PageResult>

export interface AdminPageParts {
  readonly show: Answer
  readonly take?: Answer
  /** `fresh` asks for a sign-in of the last minutes, as strong as the person can be; whatever changes something asks for it unless said otherwise. */
  readonly freshness?: Partial<Readonly<Record<'GET' | 'POST', Freshness>>>
}

/** The doors of one page: GET shows it, POST takes its form where it has one. */
export function adminPage(deps: AdminDeps, where: AdminPage, { show, take, freshness = {} }: AdminPageParts): readonly PageDoor[] {
  const path = `/admin${where.path}`
  const door = (method: 'GET' | 'POST', answer: Answer) => sessionPage({
    method, path, freshness: freshness[method] ?? (method === 'GET' ? 'any' : 'fresh'),
    handle: async (request, signed) => {
      const visit = await openVisit(deps, where, { request, signed })
      return 'kind' in visit ? visit : answer(visit)
    },
  })
  return [door('GET', show), ...(take === undefined ? [] : [door('POST', take)])]
}

interface Arrival {
  readonly request: PageRequest
  readonly signed: Signed
}

async function openVisit(deps: AdminDeps, where: AdminPage, arrival: Arrival): Promise<OperatorVisit | PageResult> {
  const { request: { ctx, signIn }, signed } = arrival
  const [role, profile] = await Promise.all([findOperator(deps.databases.engine, signed.accountId), findProfile(deps.databases.engine, signed.accountId)])
  if (role === undefined || profile === undefined) {
    await turnAway(deps, where, { ...arrival, reason: 'not_found' })
    return refusePage(generic('not_found'))
  }
  // What was posted is not kept over a sign-in: the form is shown again, and nothing has happened.
  if (!satisfiesAcr(signed.acr, 'aal2')) return signIn(ctx.method === 'POST' ? ctx.path : ctx.url, { acr: 'aal2' })
  if (role !== 'owner' && ctx.method === 'POST') {
    await turnAway(deps, where, { ...arrival, reason: 'permission_missing' })
    return refusePage(generic('permission_missing'))
  }
  return visitOf(deps, where, { ...arrival, role, profile })
}

function turnAway(deps: AdminDeps, { path }: AdminPage, { request, signed, reason }: Arrival & { readonly reason: string }): Promise<void> {
  return deps.onTurnedAway({ ctx: request.ctx, path: `/admin${path}`, accountId: signed.accountId, tenantId: null, reason })
}

function visitOf(deps: AdminDeps, where: AdminPage, { request, signed, role, profile }: Arrival & { readonly role: OperatorRole; readonly profile: ProfileRow }): OperatorVisit {
  const { ctx } = request
  // What the person has settled on stands before what the browser prefers, and behind what they have just clicked.
  const locale = localeFor(ctx.req, deps.cookies, profile.locale !== null && isLocale(profile.locale) ? profile.locale : null)
  ctx.state.locale = locale
  const zone = knownZone(profile.zoneinfo) ?? 'Asia/Tokyo'
  const written = (date: Date) => dateTime(locale, date.toISOString(), zone)
  const nav: AdminNav = { current: where.place, personName: profile.display_name, role, signOutUrl: routes.end_session }
  return {
    request, signed, role, written,
    by: { actor: signed.accountId, origin: request.origin },
    page: { frame: request.frame(), form: { action: ctx.path, csrfToken: signed.csrfToken }, nav, mayChange: role === 'owner' },
    writtenOrNull: (date) => (date === null ? null : written(date)),
    writtenDay: (date) => day(locale, date.toISOString(), zone),
    param: (name) => request.params[name] ?? '',
  }
}

/** What was just done, if the address says one of these. */
export function noticeIn<const Notice extends string>({ request }: OperatorVisit, notices: readonly Notice[]): Notice | undefined {
  const said = request.query.get('done')
  return notices.find((notice) => notice === said)
}

/** Leads to a page that says what was done. */
export function doneAt(path: string, notice: string): PageResult {
  return redirect(`${path}${path.includes('?') ? '&' : '?'}done=${notice}`)
}

/** For a thing that is not there. */
export async function nothingHere(deps: AdminDeps, { request, signed }: OperatorVisit): Promise<PageResult> {
  await deps.onTurnedAway({ ctx: request.ctx, path: request.ctx.state.door, accountId: signed.accountId, tenantId: null, reason: 'not_found' })
  return refusePage(generic('not_found'))
}

/** A page comes back with 400 where something that was typed does not fit. */
export function statusOf(error: string | undefined): number {
  return error === undefined ? 200 : 400
}

/** The address of a list, with what of it is to stay; empty values are left out. */
export function listAt(place: AdminPlace, values: Readonly<Record<string, string | null>>): string {
  const kept = new URLSearchParams(Object.entries(values).flatMap(([name, value]): [string, string][] => (value === null || value === '' ? [] : [[name, value]])))
  return `${adminPath(place)}${kept.size === 0 ? '' : `?${kept.toString()}`}`
}
