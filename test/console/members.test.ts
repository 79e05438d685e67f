/** The list of a tenant's members in its console: search, filters, order, pages, and the same as a file. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { member, somebody } from '../helpers/people.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openConsole, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const at = (path: string) => `/t/${cast.alice.subdomain}${path}`
const open = (path: string) => openConsole(tegata, cast.alice, at(path))
const idsOn = async (path: string) => [...(await open(path)).html.querySelectorAll('a.row-name')].map((link) => link.getAttribute('href')?.split('/').at(-1))

describe('the list of members', () => {
  test('shows those of the tenant and nobody else’s', async () => {
    const page = await open('/members')
    expect([...page.html.querySelectorAll('a.row-name')].length).toBe(2)
    expect(page.text).toContain(cast.bob.email)
    expect(page.text).not.toContain(cast.charlie.email)
  })

  test('has nothing for Charlie, not even as a file', async () => {
    for (const path of ['/members', '/members.csv', `/members?search=${cast.bob.email}`]) expect((await openConsole(tegata, cast.charlie, at(path))).status, path).toBe(404)
  })

  test('is searched and narrowed by what its address says, and says so when nobody fits', async () => {
    expect(await idsOn(`/members?search=${encodeURIComponent(cast.bob.email)}`)).toEqual([cast.bob.membershipId])
    expect(await idsOn('/members?status=suspended')).toEqual([])
    const empty = await open('/members?status=suspended')
    expect(empty.html.querySelector('.empty')).not.toBeNull()
    expect(empty.html.getElementById('clear_filters')?.getAttribute('href')).toBe(at('/members'))
    expect((await open('/members?status=nonsense&role=x&after=x&sort=x')).status).toBe(200)
  })

  test('is walked forwards and back without a gap', async () => {
    for (let made = 0; made < 55; made += 1) await member(tegata, await somebody(tegata), { tenant: cast.alice })
    const first = await open('/members')
    const second = await cast.alice.person.open(new URL(first.html.getElementById('next_page')?.getAttribute('href') ?? '', tegata.issuer))
    const rowsOf = (page: typeof first) => page.html.querySelectorAll('a.row-name').map((link) => link.getAttribute('href'))
    expect(new Set([...rowsOf(first), ...rowsOf(second)]).size).toBe(57)
    const back = await cast.alice.person.open(new URL(second.html.getElementById('previous_page')?.getAttribute('href') ?? '', tegata.issuer))
    expect(rowsOf(back)).toEqual(rowsOf(first))
    expect(back.html.getElementById('previous_page')).toBeNull()
  })

  test('leaves as a file of exactly what is filtered, whose cells run nothing, and the log says so', async () => {
    await tegata.databases.engine.updateTable('membership').set({ title: '=HYPERLINK("https://evil.example")' }).where('id', '=', cast.bob.membershipId).execute()
    const file = await open(`/members.csv?search=${encodeURIComponent(cast.bob.email)}`)
    expect(file.headers.get('content-type')).toContain('text/csv')
    const [, ...lines] = file.text.trimEnd().split('\r\n')
    expect(lines.length).toBe(1)
    expect(lines[0]).toContain(cast.bob.membershipId)
    expect(lines[0]).toContain(`"'=HYPERLINK`)
    const event = await tegata.databases.engine.selectFrom('event').select(['actor', 'after']).where('type', '=', 'members.exported').where('tenant_id', '=', cast.alice.tenantId).executeTakeFirstOrThrow()
    expect(event).toEqual({ actor: cast.alice.accountId, after: { count: 1, filter: { search: cast.bob.email, status: ['active', 'invited', 'suspended'] } } })
  })
})
