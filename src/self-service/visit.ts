/**
 * What every page of the account shares: whose it is, in their language and time zone, and what stands around its content.
 * Invariants: the account is the session's, never the request's; what was just done comes from a fixed list, so that no link can
 * put words on a page.
 */
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { knownZone } from '../accounts/update-profile.ts'
import { localeFor } from '../http/locale.ts'
import { redirect, refusePage, sessionPage, type Freshness, type PageDoor, type PageRequest, type PageResult, type Signed } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { routes } from '../oidc/routes.ts'
import type { AccountNav, AccountPlace } from '../../views/account-props.ts'
import { dateTime, day } from '../../views/dates.ts'
import type { FormProps, FrameProps } from '../../views/props.ts'
import type { SelfServiceDeps } from './deps.ts'
import { localeOf } from './person.ts'

export interface Visit {
  readonly request: PageRequest
  readonly signed: Signed
  readonly accountId: string
  readonly profile: ProfileRow
  /** Frame, form and navigation; the form posts to the page's own address. */
  readonly page: { frame: FrameProps; form: FormProps; nav: AccountNav }
  /** A moment in the person's language and time zone. */
  readonly written: (date: Date) => string
  readonly writtenOrNull: (date: Date | null) => string | null
  /** Its day alone. */
  readonly writtenDay: (date: Date) => string
}

interface OwnPage {
  readonly path: string
  /** Where the page stands in the navigation. */
  readonly place: AccountPlace
}

type Answer = (visit: Visit) => PageResult | Promise<PageResult>

export interface OwnPageParts {
  readonly show: Answer
  readonly take?: Answer
  /** The same for both unless told apart. */
  readonly freshness: Freshness | { readonly GET: Freshness; readonly POST: Freshness }
}

/** The doors of one page: GET shows it, POST takes its form where it has one. */
export function ownPage(deps: SelfServiceDeps, where: OwnPage, { show, take, freshness }: OwnPageParts): readonly PageDoor[] {
  const fresh = typeof freshness === 'string' ? { GET: freshness, POST: freshness } : freshness
  const door = (method: 'GET' | 'POST', answer: Answer) => sessionPage({
    method, path: where.path, freshness: fresh[method],
    handle: async (request, signed) => {
      const visit = await openVisit(deps, where.place, { request, signed })
      return visit === undefined ? refusePage(generic('not_found')) : answer(visit)
    },
  })
  return [door('GET', show), ...(take === undefined ? [] : [door('POST', take)])]
}

async function openVisit(deps: SelfServiceDeps, place: AccountPlace, { request, signed }: { request: PageRequest; signed: Signed }): Promise<Visit | undefined> {
  const profile = await findProfile(deps.databases.engine, signed.accountId)
  if (profile === undefined) return undefined
  const { ctx } = request
  // What the person has settled on stands before what the browser prefers, and behind what they have just clicked.
  const locale = localeFor(ctx.req, deps.cookies, localeOf(profile) ?? null)
  ctx.state.locale = locale
  const zone = knownZone(profile.zoneinfo) ?? 'Asia/Tokyo'
  const written = (date: Date) => dateTime(locale, date.toISOString(), zone)
  return {
    request, signed, profile, written,
    accountId: profile.id,
    page: {
      frame: request.frame(),
      form: { action: ctx.path, csrfToken: signed.csrfToken },
      nav: { current: place, personName: profile.display_name, signOutUrl: routes.end_session },
    },
    writtenOrNull: (date) => (date === null ? null : written(date)),
    writtenDay: (date) => day(locale, date.toISOString(), zone),
  }
}

/** What was just done, if the address says one of these. */
export function noticeIn<const Notice extends string>({ request }: Visit, notices: readonly Notice[]): Notice | undefined {
  const said = request.query.get('done')
  return notices.find((notice) => notice === said)
}

/** Leads to a page that says what was done. */
export function doneAt(path: string, notice: string): PageResult {
  return redirect(`${path}?done=${notice}`)
}

const statuses: Readonly<Record<string, number>> = { not_found: 404, last_admin: 409, seat_limit_reached: 409, too_many_attempts: 429, busy: 503 }

/** The status of a page that comes back with an error: 400 unless it is more than what was typed. */
export function statusOf(error: string | undefined): number {
  return error === undefined ? 200 : (statuses[error] ?? 400)
}

/** Tells programs when to try again; people read it on the page. */
export function retryAfter({ request }: Visit, seconds: number | undefined): void {
  if (seconds !== undefined) request.ctx.set('Retry-After', String(Math.ceil(seconds)))
}

