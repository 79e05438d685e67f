/** The operators' first page: counts, lags and ages as they are at this moment. */
import { pendingMigrations } from '../base/migrate.ts'
import { version } from '../base/version.ts'
import { countJobs } from '../events/job-queries.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listKeyAges } from '../oidc/key-queries.ts'
import { AdminHomePage } from '../../views/pages/admin/home.tsx'
import type { AdminDeps } from './deps.ts'
import { countAccounts, countSignIns, countTenants, listClosingTenants, listReaders, listTenantsNearLimit, type StatusCount } from './home-queries.ts'
import { adminPage, type OperatorVisit } from './operator-visit.ts'

const mostTenants = 10

export function adminHomePages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '', place: 'home' }, { show: (visit) => show(deps, visit) })
}

async function show({ databases: { engine } }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const [tenants, accounts, signIns, jobs, readers, keys, pending, nearLimit, closing] = await Promise.all([
    countTenants(engine), countAccounts(engine), countSignIns(engine), countJobs(engine), listReaders(engine), listKeyAges(engine), pendingMigrations(engine),
    listTenantsNearLimit(engine, mostTenants), listClosingTenants(engine, mostTenants),
  ])
  return html(AdminHomePage({
    ...visit.page, signIns, version,
    tenants: { active: countOf(tenants, 'active'), suspended: countOf(tenants, 'suspended'), closing: countOf(tenants, 'closing') },
    accounts: { active: countOf(accounts, 'active'), others: accounts.reduce((sum, { status, count }) => (status === 'active' ? sum : sum + count), 0) },
    jobs: { waiting: jobs.waiting, running: jobs.running, failing: jobs.failing, givenUp: jobs.given_up },
    readers: readers.map((reader) => ({ name: reader.subscriber, lagSeconds: reader.lag_seconds })),
    keys: keys.flatMap((key) => (key.state === 'current' ? [{ algorithm: key.alg, ageDays: daysSince(key.activated_at ?? key.created_at) }] : [])),
    pendingMigrations: pending,
    nearLimit: nearLimit.map(({ id, name, used, seat_limit: limit }) => ({ id, name, used, limit })),
    closing: closing.map(({ id, name, closes_at: at }) => ({ id, name, closesAt: visit.written(at) })),
  }))
}

function countOf(counts: readonly StatusCount[], wanted: string): number {
  return counts.find(({ status }) => status === wanted)?.count ?? 0
}

export function daysSince(date: Date): number {
  return Math.floor((Date.now() - date.getTime()) / 86_400_000)
}
