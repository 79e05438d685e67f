/**
 * Ten thousand people from one list: taken in and judged, divided into waves, invited in the background. Meanwhile somebody watches the
 * progress, and somebody else signs in again and again, for whom nothing of this may be felt.
 */
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { newId } from '../src/base/ids.ts'
import { Person } from '../test/helpers/person.ts'
import type { House } from './consoles/house.ts'
import { machineToken } from './consoles/visitors.ts'
import { ofDatabase, readCpu, spent } from './cpu.ts'
import { median } from './measure.ts'
import { password } from './servers/world.ts'
import { shown, table } from './table.ts'

export interface ImportOptions {
  readonly people: number
  readonly say: (line: string) => void
}

export interface ImportTimes {
  readonly people: number
  readonly takeInSeconds: number
  readonly invitedSeconds: number
  /** Mails that left while people were still invited, and what one costs once that is over. */
  readonly mailsMeanwhile: number
  readonly mailsPerSecond: number
  readonly serverCpuMail: number | null
  readonly databaseCpuMail: number | null
  /** CPU milliseconds a person, until the last was invited. */
  readonly serverCpu: number | null
  readonly databaseCpu: number | null
  readonly readings: number
  /** In which the progress did not move. */
  readonly longestStillMs: number
  readonly signInCalmMs: number
  readonly signInBusyMs: number
  readonly signInBusiestMs: number
}

const listShape = z.object({
  import_id: z.string(), counts: z.object({ ready: z.int(), invited: z.int(), refused: z.int() }), waves: z.array(z.object({ number: z.int(), status: z.string() })),
})
type List = z.output<typeof listShape>

const lookMs = 250
const signInPauseMs = 400
/** How long to look at the mails that are left; all of them take minutes, for a mail server is not hurried. */
const mailSeconds = 15
/** As the design has them: some, more, then all. */
const waveSizes = [10, 50, 200, 500]

export async function importPeople(house: House, { people, say }: ImportOptions): Promise<ImportTimes> {
  const tenant = await insertEmptyTenant(house)
  const api = caller(house, await machineToken(house, tenant.tenantId))
  const signIns: number[] = []
  const signIn = async () => { signIns.push(await signInOnce(house, tenant)) }
  for (let time = 0; time < 7; time += 1) await signIn()
  const calm = median(signIns.splice(0))
  say(`a list of ${people}`)
  const cpu = () => ({ server: readCpu(house.pid), database: readCpu(house.postgresPid, ofDatabase(house.database)) })
  const began = performance.now()
  const before = cpu()
  const list = await api('POST', '/imports', { name: 'Everybody', text: csvOf(people), defaults: { role: 'STAFF', locale: 'ja' } })
  if (list.counts.ready !== people) throw new Error(`only ${list.counts.ready} of ${people} lines are ready`)
  const takeInSeconds = (performance.now() - began) / 1000
  const planned = await api('POST', `/imports/${list.import_id}/waves`, { sizes: waveSizes })
  const started = performance.now()
  const mailsBefore = house.mails()
  const over = new AbortController()
  const visitor = keepSigningIn(signIn, over.signal)
  const looks = await runWaves(api, planned, say)
  const invitedSeconds = (performance.now() - started) / 1000
  const invited = cpu()
  over.abort()
  await visitor
  say('mails')
  const mailsThen = house.mails()
  const quiet = cpu()
  await pause(mailSeconds * 1000)
  const after = cpu()
  const mails = house.mails() - mailsThen
  return {
    people, takeInSeconds, invitedSeconds, ...looks, mailsMeanwhile: mailsThen - mailsBefore, mailsPerSecond: mails / mailSeconds,
    serverCpu: share(spent(before.server, invited.server), people), databaseCpu: share(spent(before.database, invited.database), people),
    serverCpuMail: share(spent(quiet.server, after.server), mails), databaseCpuMail: share(spent(quiet.database, after.database), mails),
    signInCalmMs: calm, signInBusyMs: median(signIns), signInBusiestMs: Math.max(...signIns),
  }
}

function share(sum: number | null, count: number): number | null {
  return sum === null || count === 0 ? null : sum / count
}

type Api = (method: 'GET' | 'POST', path: string, body?: object) => Promise<List>

function caller({ origin }: House, token: string): Api {
  return async (method, path, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`${origin}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...sent })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`)
    return listShape.parse(await answer.json())
  }
}

/** One after the other, as an administrator does who looks at each before the next. */
async function runWaves(api: Api, { import_id: id, waves }: List, say: (line: string) => void): Promise<Pick<ImportTimes, 'readings' | 'longestStillMs'>> {
  let [readings, longestStillMs] = [0, 0]
  for (const { number } of waves) {
    await api('POST', `/imports/${id}/waves/${number}/start`)
    let [last, moved] = [-1, performance.now()]
    for (;;) {
      const list = await api('GET', `/imports/${id}`)
      readings += 1
      if (list.counts.invited !== last) [last, moved] = [list.counts.invited, performance.now()]
      longestStillMs = Math.max(longestStillMs, performance.now() - moved)
      const status = list.waves.find((wave) => wave.number === number)?.status
      if (status === 'done') break
      if (status !== 'running') throw new Error(`wave ${number} is ${status ?? 'gone'}`)
      await pause(lookMs)
    }
    say(`wave ${number}: ${last} invited`)
  }
  return { readings, longestStillMs }
}

async function keepSigningIn(signIn: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await signIn()
    await pause(signInPauseMs)
  }
}

interface Tenant {
  readonly tenantId: string
  readonly email: string
}

/** With a role for everybody, three units, and one person who signs in. */
async function insertEmptyTenant({ adminUrl, phc }: House): Promise<Tenant> {
  const [tenantId, accountId] = [newId(), newId()]
  const email = `${tenantId}@bench.example`
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`insert into tenant (id, name, subdomain, seat_limit) values ($1, 'List', $2, 20000)`, [tenantId, `list-${tenantId}`])
  await admin.query(`insert into role (tenant_id, id, name) values ($1, gen_random_uuid(), 'STAFF')`, [tenantId])
  await admin.query(`insert into unit (tenant_id, id, kind, code, name, code_path) select $1, gen_random_uuid(), 'facility', 'u-' || n, 'Unit ' || n, array['u-' || n] from generate_series(1, 3) n`, [tenantId])
  await admin.query(`insert into account (id, email, email_verified_at, display_name, locale) values ($1, $2, now(), '手形 守', 'ja')`, [accountId, email])
  await admin.query('insert into factor_password (account_id, phc) values ($1, $2)', [accountId, phc])
  await admin.query(`insert into membership (tenant_id, id, account_id, role_id, status, joined_at) select $1, gen_random_uuid(), $2, id, 'active', now() from role where tenant_id = $1`, [tenantId, accountId])
  await admin.end()
  return { tenantId, email }
}

/** A new browser, the form and the page behind it; the milliseconds of all of it. */
async function signInOnce({ origin }: House, { email }: Tenant): Promise<number> {
  const person = new Person()
  const began = performance.now()
  const visit = await person.submit(await person.open(`${origin}/account`), { identifier: email, password }, 'sign_in')
  if (visit.status !== 200) throw new Error(`the sign-in ended with ${visit.status} at ${visit.url.pathname}`)
  return performance.now() - began
}

function csvOf(people: number): string {
  const lines = Array.from({ length: people }, (_, place) => `invitee${place}@list.example,佐藤,花子${place},サトウ,ハナコ,L-${place},u-${1 + (place % 3)},看護師`)
  return ['メールアドレス,姓,名,セイ,メイ,職員番号,部署,役職', ...lines].join('\r\n')
}

export function reportImport(times: ImportTimes): string {
  const { people, invitedSeconds, takeInSeconds } = times
  const rows = [
    ['taken in and judged, s', shown(takeInSeconds, 2)],
    ['invited in waves, s', shown(invitedSeconds, 1)],
    ['people a second', shown(people / invitedSeconds, 0)],
    ['CPU ms a person until invited, server', shown(times.serverCpu, 2)],
    ['… database', shown(times.databaseCpu, 2)],
    ['mails that left meanwhile (their CPU is in the above)', shown(times.mailsMeanwhile, 0)],
    ['mails a second afterwards', shown(times.mailsPerSecond, 1)],
    ['CPU ms a mail, server', shown(times.serverCpuMail, 2)],
    ['… database', shown(times.databaseCpuMail, 2)],
    ['looks at the progress', shown(times.readings, 0)],
    ['longest time in which it stood, ms', shown(times.longestStillMs, 0)],
    ['a sign-in before, median ms', shown(times.signInCalmMs, 0)],
    ['a sign-in meanwhile, median ms', shown(times.signInBusyMs, 0)],
    ['… the longest, ms', shown(times.signInBusiestMs, 0)],
  ]
  return [`A list of ${shown(people, 0)} people`, table(['', ''], rows)].join('\n')
}
