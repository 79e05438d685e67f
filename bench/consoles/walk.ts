/**
 * Walks the consoles page by page, one request at a time and some at once, and prints how long each takes: in milliseconds, and as a
 * multiple of a page that asks the database for next to nothing. Invariant: a page that does not answer 200 ends the run.
 */
import { sql } from 'kysely'
import { ofDatabase, readCpu, spent } from '../cpu.ts'
import { drive, percentile, Wire } from '../load.ts'
import { shown, table } from '../table.ts'
import { adminEmail, fillCrowd, operatorEmail } from './crowd.ts'
import type { House } from './house.ts'
import { pagesOf, yardstick, type ConsolePage } from './pages.ts'
import { signInAll, type Visitors } from './visitors.ts'

export interface WalkOptions {
  readonly members: number
  /** Of each page, one at a time; as many again with some in flight. */
  readonly requests: number
  readonly say: (line: string) => void
}

export interface PageTimes {
  readonly page: string
  readonly alone: { readonly p50: number; readonly p95: number }
  readonly together: { readonly p50: number; readonly p95: number }
  /** CPU milliseconds a request, of the server and of PostgreSQL; null where it cannot be read. */
  readonly serverCpu: number | null
  readonly databaseCpu: number | null
}

/** What no page may take longer than, at the 95th percentile with one request in flight. */
const boundMs = 200
const inFlight = 4

export async function walkConsoles(house: House, { members, requests, say }: WalkOptions): Promise<readonly PageTimes[]> {
  say(`Filling the database: ${members} members and what they did in ninety days.`)
  const crowd = await fillCrowd(house.adminUrl, { members, phc: house.phc })
  const visitors = await signInAll(house, crowd)
  const wire = new Wire(house.origin, inFlight)
  try {
    const times: PageTimes[] = []
    for (const page of [yardstick, ...pagesOf(crowd)]) {
      say(labelOf(page))
      await keepFresh(house.databases)
      times.push(await measurePage({ house, wire, visitors }, page, requests))
    }
    return times
  } finally {
    wire.close()
  }
}

interface Scene {
  readonly house: House
  readonly wire: Wire
  readonly visitors: Visitors
}

async function measurePage(scene: Scene, page: ConsolePage, requests: number): Promise<PageTimes> {
  const { house } = scene
  const path = await findPath(scene, page)
  const work = async () => { await ask(scene, page, path) }
  await drive(work, { concurrency: inFlight, requests: inFlight * 2 })
  const read = () => ({ server: readCpu(house.pid), database: readCpu(house.postgresPid, ofDatabase(house.database)) })
  const before = read()
  const [alone, together] = [await drive(work, { concurrency: 1, requests }), await drive(work, { concurrency: inFlight, requests })]
  const after = read()
  const each = (sum: number | null) => (sum === null ? null : sum / (2 * requests))
  const of = ({ latencies }: typeof alone) => ({ p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) })
  return {
    page: labelOf(page), alone: of(alone), together: of(together),
    serverCpu: each(spent(before.server, after.server)), databaseCpu: each(spent(before.database, after.database)),
  }
}

/** Some pages ask for a sign-in of the last minutes, and a walk takes longer. */
async function keepFresh({ engine }: House['databases']): Promise<void> {
  await sql`update session set payload = payload || jsonb_build_object('loginTs', extract(epoch from now())::bigint)
    where account_id in (select id from account where email in (${adminEmail}, ${operatorEmail}))`.execute(engine)
}

/** The address itself, or where its links to the next page lead. */
async function findPath(scene: Scene, page: ConsolePage): Promise<string> {
  let { path } = page
  for (let deep = 0; deep < (page.deep ?? 0); deep += 1) {
    const next = /<a id="next_page"[^>]* href="([^"]+)"/.exec(await ask(scene, page, path))?.[1]
    if (next === undefined) break
    path = next.replaceAll('&amp;', '&')
  }
  return path
}

async function ask({ wire, visitors }: Scene, { as }: ConsolePage, path: string): Promise<string> {
  const { status, headers, body } = await wire.send({ method: 'GET', path, headers: visitors[as] })
  if (status === 200) return body
  throw new Error(`${path} as ${as} answered ${status} ${headers.location ?? ''} ${body.slice(0, 300)}`)
}

function labelOf({ as, path, deep }: ConsolePage): string {
  const short = decodeURIComponent(path).replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}/g, '…')
  return `${as} ${short}${deep === undefined ? '' : `, ${deep} pages on`}`
}

export function reportWalk(times: readonly PageTimes[]): string {
  const base = times[0]?.alone.p50 ?? Number.NaN
  const rows = times.map(({ page, alone, together, serverCpu, databaseCpu }) => [
    page, shown(alone.p50, 1), shown(alone.p95, 1), shown(alone.p50 / base, 1), shown(together.p50, 1), shown(together.p95, 1), shown(serverCpu, 1), shown(databaseCpu, 1),
    alone.p95 > boundMs ? `over ${boundMs} ms` : '',
  ])
  const over = times.filter(({ alone }) => alone.p95 > boundMs).length
  return [
    `Pages of the consoles in milliseconds: one at a time, as a multiple of the first page, and ${inFlight} in flight; CPU a request`,
    table(['', 'p50', 'p95', 'ratio', `p50:${inFlight}`, `p95:${inFlight}`, 'server', 'database', ''], rows),
    `${times.length} pages, ${over === 0 ? 'none' : over} over ${boundMs} ms at the 95th percentile.`,
  ].join('\n')
}
