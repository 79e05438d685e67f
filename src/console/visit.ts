/**
 * What every page of a tenant's console shares: which tenant it is about, who acts in it and with which rights, and what stands
 * around its content.
 * Invariants: the tenant is the one of the address, entered only by a membership in force whose sign-in is what the tenant asks
 * for, or by a running break-glass; whoever belongs elsewhere is told that there is nothing here; a right is asked here, before a
 * page's own code runs, and its commands ask the rest. What was just done comes from a fixed list, so no link can put words on a page.
 */
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { knownZone } from '../accounts/update-profile.ts'
import { parseTenantId, type TenantId } from '../base/ids.ts'
import { localeFor } from '../http/locale.ts'
import { redirect, refusePage, sessionPage, type Freshness, type PageDoor, type PageRequest, type PageResult, type Signed } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import type { Mover } from '../members/membership.ts'
import { allPermissions, isPermission, type Permission } from '../members/permission.ts'
import { routes } from '../oidc/routes.ts'
import { findBrand } from '../tenants/brand.ts'
import { consolePath, consolePlaces, type ConsoleNav, type ConsolePlace } from '../../views/console-props.ts'
import { dateTime, day } from '../../views/dates.ts'
import { isLocale } from '../../views/locale.ts'
import { t } from '../../views/messages.ts'
import type { FormProps, FrameProps } from '../../views/props.ts'
import type { ConsoleDeps } from './deps.ts'

export interface ConsoleVisit {
  readonly request: PageRequest
  readonly signed: Signed
  readonly tenantId: TenantId
  readonly subdomain: string
  readonly mover: Mover
  readonly permissions: readonly Permission[]
  /** Whether whoever acts holds the right; for what a page shows, as the commands ask it again. */
  readonly may: (permission: Permission) => boolean
  /** Frame, form and navigation; the form posts to the page's own address. */
  readonly page: { frame: FrameProps; form: FormProps; nav: ConsoleNav }
  /** The person's time zone. */
  readonly zone: string
  /** A moment in the person's language and time zone. */
  readonly written: (date: Date) => string
  readonly writtenOrNull: (date: Date | null) => string | null
  /** Its day alone. */
  readonly writtenDay: (date: Date) => string
  /** The address of a place of this console. */
  readonly pathTo: (place: ConsolePlace, more?: string) => string
}

interface ConsolePage {
  /** Below the console's own address, such as `/members/:membership_id`; empty for its home. */
  readonly path: string
  /** Where the page stands in the navigation. */
  readonly place: ConsolePlace
  /** What whoever looks must hold; null for every member of the tenant who administers anything. */
  readonly permission: Permission | null
  /** What whoever sends its form must hold besides, where that is more. */
  readonly changes?: Permission
}

type Answer = (visit: ConsoleVisit) => PageResult | Promise<PageResult>

export interface ConsolePageParts {
  readonly show: Answer
  readonly take?: Answer
  /** `fresh` asks for a sign-in of the last minutes, as strong as the person can be; the same for both unless told apart. */
  readonly freshness?: Freshness | { readonly GET: Freshness; readonly POST: Freshness }
  /** Its form carries a file. */
  readonly upload?: true
}

/** What each place asks for, for the navigation; the doors say the same for themselves. */
const placePermissions: Readonly<Record<ConsolePlace, readonly Permission[]>> = {
  home: [], members: ['member:read'], invitations: ['member:invite'], imports: ['member:invite'], roles: ['role:manage'], units: ['unit:manage'],
  apps: ['app:manage'], security: ['tenant:update'], branding: ['tenant:update'], settings: ['tenant:update'], audit: ['audit:read'],
}

/** The doors of one page: GET shows it, POST takes its form where it has one. */
export function consolePage(deps: ConsoleDeps, where: ConsolePage, { show, take, freshness = 'any', upload }: ConsolePageParts): readonly PageDoor[] {
  const fresh = typeof freshness === 'string' ? { GET: freshness, POST: freshness } : freshness
  const path = `/t/:subdomain${where.path}`
  const door = (method: 'GET' | 'POST', answer: Answer) => sessionPage({
    method, path, freshness: fresh[method], upload,
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

interface Entered {
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly role: string | null
  readonly mover: Mover
  readonly permissions: readonly Permission[]
  readonly others: readonly { readonly name: string; readonly subdomain: string }[]
  readonly breakGlass: { readonly breakGlassId: string; readonly reason: string; readonly expiresAt: Date } | null
}

async function openVisit(deps: ConsoleDeps, where: ConsolePage, arrival: Arrival): Promise<ConsoleVisit | PageResult> {
  const entered = await enter(deps, where, arrival)
  if ('kind' in entered) return entered
  const profile = await findProfile(deps.databases.engine, arrival.signed.accountId)
  if (profile === undefined) return refusePage(generic('not_found'))
  const { breakGlass } = entered
  // Every event of this request says by which visit.
  const origin = breakGlass === null ? arrival.request.origin : { ...arrival.request.origin, breakGlassId: breakGlass.breakGlassId }
  const request = { ...arrival.request, origin }
  request.ctx.state.origin = origin
  const missing = missingRight(where, arrival, entered)
  if (missing) {
    await turnAway(deps, where, { ...arrival, tenantId: entered.tenantId, reason: 'permission_missing' })
    return refusePage(generic('permission_missing'))
  }
  // The tenant's own look, on its console as on its sign-in page.
  request.ctx.state.brand = await findBrand(deps.databases.engine, entered.tenantId)
  return visitOf(deps, where, { ...arrival, request, entered, profile })
}

function missingRight({ permission, changes }: ConsolePage, { request }: Arrival, { permissions }: Entered): boolean {
  const needed = [permission, request.ctx.method === 'POST' ? (changes ?? null) : null].filter((one) => one !== null)
  // A member without any right of the platform has no business in a console.
  return permissions.length === 0 || !needed.every((one) => permissions.includes(one))
}

async function enter(deps: ConsoleDeps, where: ConsolePage, arrival: Arrival): Promise<Entered | PageResult> {
  const { request: { ctx, params, signIn }, signed } = arrival
  const subdomain = params['subdomain'] ?? ''
  const entry = await deps.desk.enter(ctx, signed, subdomain)
  switch (entry.kind) {
    case 'member': {
      const permissions = entry.permissions.filter(isPermission)
      const mover = { kind: 'member', accountId: signed.accountId, membershipId: entry.membershipId, permissions } as const
      return { tenantId: entry.tenantId, tenantName: entry.tenantName, role: entry.role, mover, permissions, others: entry.others, breakGlass: null }
    }
    case 'sign_in_again':
      // What was posted is not kept over a sign-in: the form is shown again, and nothing has happened.
      return signIn(ctx.method === 'POST' ? ctx.path : ctx.url, { tenant: subdomain })
    case 'stranger':
      return enterOtherwise(deps, where, arrival)
  }
}

/** By break-glass, or by an address that the tenant no longer has; everybody else finds nothing. */
async function enterOtherwise(deps: ConsoleDeps, where: ConsolePage, arrival: Arrival): Promise<Entered | PageResult> {
  const { request: { ctx, params }, signed } = arrival
  const subdomain = params['subdomain'] ?? ''
  const visit = await deps.findOperatorVisit(signed.accountId, subdomain)
  if (visit !== null && signed.acr !== 'aal1') {
    const mover = { kind: 'operator', accountId: signed.accountId } as const
    return { tenantId: parseTenantId(visit.tenantId), tenantName: visit.tenantName, role: null, mover, permissions: allPermissions, others: [], breakGlass: visit }
  }
  const moved = await deps.findFormerSubdomain(subdomain)
  if (moved !== null && ctx.method !== 'POST') return redirect(ctx.url.replace(`/t/${subdomain}`, () => `/t/${moved}`))
  await turnAway(deps, where, { ...arrival, tenantId: null, reason: 'not_found' })
  return refusePage(generic('not_found'))
}

function turnAway(deps: ConsoleDeps, { path }: ConsolePage, { request, signed, tenantId, reason }: Arrival & { readonly tenantId: string | null; readonly reason: string }): Promise<void> {
  return deps.onTurnedAway({ ctx: request.ctx, path: `/t/:subdomain${path}`, accountId: signed.accountId, tenantId, reason })
}

function visitOf(deps: ConsoleDeps, where: ConsolePage, { request, signed, entered, profile }: Arrival & { readonly entered: Entered; readonly profile: ProfileRow }): ConsoleVisit {
  const { ctx } = request
  const subdomain = request.params['subdomain'] ?? ''
  // What the person has settled on stands before what the browser prefers, and behind what they have just clicked.
  const locale = localeFor(ctx.req, deps.cookies, profile.locale !== null && isLocale(profile.locale) ? profile.locale : null)
  ctx.state.locale = locale
  const zone = knownZone(profile.zoneinfo) ?? 'Asia/Tokyo'
  const written = (date: Date) => dateTime(locale, date.toISOString(), zone)
  const { tenantId, mover, permissions, breakGlass } = entered
  const may = (permission: Permission) => permissions.includes(permission)
  const nav: ConsoleNav = {
    current: where.place,
    tenant: { name: entered.tenantName, subdomain, logoUrl: ctx.state.brand?.logo?.url },
    places: consolePlaces.filter((place) => placePermissions[place].every(may)),
    personName: profile.display_name,
    roleName: entered.role ?? t(locale)('console.operator'),
    signOutUrl: routes.end_session,
    others: entered.others.map((other) => ({ name: other.name, href: consolePath(other.subdomain, 'home') })),
    ...(breakGlass === null ? {} : { breakGlass: { until: written(breakGlass.expiresAt), reason: breakGlass.reason, endUrl: consolePath(subdomain, 'home', '/end-break-glass') } }),
  }
  return {
    request, signed, tenantId, subdomain, mover, permissions, may, zone, written,
    page: { frame: request.frame(), form: { action: ctx.path, csrfToken: signed.csrfToken }, nav },
    writtenOrNull: (date) => (date === null ? null : written(date)),
    writtenDay: (date) => day(locale, date.toISOString(), zone),
    pathTo: (place, more) => consolePath(subdomain, place, more),
  }
}

/** What was just done, if the address says one of these. */
export function noticeIn<const Notice extends string>({ request }: ConsoleVisit, notices: readonly Notice[]): Notice | undefined {
  const said = request.query.get('done')
  return notices.find((notice) => notice === said)
}

/** Leads to a page that says what was done. */
export function doneAt(path: string, notice: string): PageResult {
  return redirect(`${path}${path.includes('?') ? '&' : '?'}done=${notice}`)
}

const statuses: Readonly<Record<string, number>> = { not_found: 404, last_admin: 409, role_above_own: 403, higher_role: 403, own_membership: 403 }

/** The status of a page that comes back with an error: 400 unless it is more than what was typed. */
export function statusOf(error: string | undefined): number {
  return error === undefined ? 200 : (statuses[error] ?? 400)
}

/** For a thing that is not there, or not this tenant's: the same page, and an event. */
export async function nothingHere(deps: ConsoleDeps, { request, signed, tenantId }: ConsoleVisit): Promise<PageResult> {
  await deps.onTurnedAway({ ctx: request.ctx, path: request.ctx.state.door, accountId: signed.accountId, tenantId, reason: 'not_found' })
  return refusePage(generic('not_found'))
}
