/** The pages of a tenant's tree of units. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Visit } from '../helpers/person.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openConsole, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
})
afterAll(() => tegata.close())

const at = (path = '') => `/t/${cast.alice.subdomain}/units${path}`
const show = (path = '') => openConsole(tegata, cast.alice, at(path))
const idOf = (tree: Visit, name: string) => tree.html.querySelectorAll('.tree a').find((link) => link.text === name)?.id.replace('unit_', '') ?? ''

/** Made over the form; its id. */
async function make(name: string, code: string, parent = ''): Promise<string> {
  const tree = await cast.alice.person.submit(await show('/new'), { name, code, parent }, 'save')
  expect([tree.status, tree.url.pathname]).toEqual([200, at()])
  return idOf(tree, name)
}

async function stand(unitId: string, membershipId: string): Promise<void> {
  await tegata.databases.engine.insertInto('membership_unit').values({ tenant_id: cast.alice.tenantId, unit_id: unitId, membership_id: membershipId, is_primary: true }).execute()
}

describe('the units of a tenant', () => {
  test('are nothing for whoever belongs elsewhere, and refused without the right', async () => {
    expect((await openConsole(tegata, cast.charlie, at())).status).toBe(404)
    expect((await openConsole(tegata, cast.bob, at())).status).toBe(403)
    expect((await show('/nonsense')).status).toBe(404)
  })

  test('are made below one another, changed and moved', async () => {
    const { person } = cast.alice
    const [ward, clinic] = [await make('WARD', 'w1'), await make('CLINIC', 'c1')]
    const renamed = await person.submit(await show(`/${ward}`), { name: 'WARD_TWO', code: 'w2', kind: 'team' }, 'save')
    expect([renamed.status, renamed.html.querySelector('h1')?.text]).toEqual([200, 'WARD_TWO'])
    const moved = await person.submit(renamed, { parent: clinic }, 'move')
    expect(moved.text).toContain('CLINIC › WARD_TWO')
    expect((await show()).html.querySelector(`.tree .tree #unit_${ward}`)?.text).toBe('WARD_TWO')
    const held = await show(`/${clinic}`)
    expect([held.html.getElementById('delete'), held.html.querySelectorAll('#parent option').map((option) => option.getAttribute('value'))]).toEqual([null, expect.not.arrayContaining([ward])])
  })

  test('keep what was typed when a code is taken', async () => {
    await make('FIRST', 'taken')
    const page = await cast.alice.person.submit(await show('/new'), { name: 'SECOND', code: 'taken' }, 'save')
    expect([page.status, page.html.getElementById('name')?.getAttribute('value')]).toEqual([400, 'SECOND'])
    expect(page.html.getElementById('error_summary')?.text).toContain('別の部署')
  })

  test('have heads from among their members, and are merged with them', async () => {
    const { person } = cast.alice
    const [from, into] = [await make('FROM', 'from'), await make('INTO', 'into')]
    const stranger = await person.submit(await show(`/${from}`), { member: cast.bob.email }, 'add_head')
    expect([stranger.status, stranger.html.getElementById('member')?.getAttribute('value')]).toEqual([400, cast.bob.email])
    await stand(from, cast.bob.membershipId)
    const headed = await person.submit(await show(`/${from}`), { member: cast.bob.email }, 'add_head')
    expect(headed.html.getElementById(`remove_head-${cast.bob.membershipId}`)).not.toBeNull()
    const members = await person.open(new URL(headed.html.getElementById('unit_members')?.getAttribute('href') ?? '', tegata.issuer))
    expect([members.status, members.url.searchParams.get('unit')]).toEqual([200, 'from'])
    const headless = await person.submit(headed, {}, `remove_head-${cast.bob.membershipId}`)
    expect(headless.html.getElementById(`remove_head-${cast.bob.membershipId}`)).toBeNull()
    const merged = await person.submit(headless, { into }, 'merge')
    expect([merged.url.pathname, merged.html.getElementById('delete')]).toEqual([at(`/${into}`), null])
    expect((await show(`/${from}`)).status).toBe(404)
  })

  test('are deleted only while nobody is in them, also when somebody came meanwhile', async () => {
    const { person } = cast.alice
    const unit = await make('EMPTY', 'empty')
    const page = await show(`/${unit}`)
    await stand(unit, cast.alice.membershipId)
    expect((await person.submit(page, {}, 'delete')).status).toBe(400)
    await tegata.databases.engine.deleteFrom('membership_unit').where('unit_id', '=', unit).execute()
    const gone = await person.submit(page, {}, 'delete')
    expect([gone.url.pathname, idOf(gone, 'EMPTY')]).toEqual([at(), ''])
  })
})
