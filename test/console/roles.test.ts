/** The pages of a tenant's roles, and what every page of a console asks before it shows anything. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissions } from '../../src/members/permission.ts'
import { permissionNames } from '../../views/permission-words.ts'
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
const refusals = async (accountId: string) =>
  (await tegata.databases.engine.selectFrom('event').select(['subject', 'reason']).where('actor', '=', accountId).where('type', '=', 'access.refused').execute())

describe('the console of a tenant', () => {
  test('has nothing for whoever belongs elsewhere, and writes that down', async () => {
    const page = await openConsole(tegata, cast.charlie, at('/roles'))
    expect(page.status).toBe(404)
    expect(page.html.querySelector('.board')).toBeNull()
    expect(await refusals(cast.charlie.accountId)).toContainEqual({ subject: 'GET /t/:subdomain/roles', reason: 'not_found' })
  })

  test('refuses a member without the right, and writes that down', async () => {
    expect((await openConsole(tegata, cast.bob, at('/roles'))).status).toBe(403)
    expect(await refusals(cast.bob.accountId)).toContainEqual({ subject: 'GET /t/:subdomain/roles', reason: 'permission_missing' })
  })

  test('asks for the second factor that its tenant asks for', async () => {
    const { engine } = tegata.databases
    const strict = await castOf(tegata)
    await openConsole(tegata, strict.alice, `/t/${strict.alice.subdomain}`)
    await engine.updateTable('tenant').set({ mfa_rule: 'everyone' }).where('id', '=', strict.alice.tenantId).execute()
    const page = await openConsole(tegata, strict.alice, `/t/${strict.alice.subdomain}/roles`)
    expect(page.url.pathname).toMatch(/^\/interaction\//)
  })
})

describe('roles', () => {
  test('are made, changed and deleted', async () => {
    const { person } = cast.alice
    const made = await person.submit(await openConsole(tegata, cast.alice, at('/roles/new')), { name: 'NURSE', 'permission.member:read': 'on', uses_seat: 'on' }, 'save')
    expect(made.url.pathname).toBe(at('/roles'))
    const row = made.html.querySelectorAll('a').find((link) => link.text === 'NURSE')
    const one = await person.open(`${tegata.issuer}${row?.getAttribute('href') ?? ''}`)
    const changed = await person.submit(one, { name: 'HEAD_NURSE' }, 'save')
    expect([changed.status, changed.html.querySelector('h1')?.text]).toEqual([200, 'HEAD_NURSE'])
    const gone = await person.submit(changed, {}, 'delete')
    expect([gone.url.pathname, gone.text.includes('HEAD_NURSE')]).toEqual([at('/roles'), false])
  })

  test('begin with a template of an organisation like theirs, as long as its name is free', async () => {
    const { person } = cast.alice
    const page = await openConsole(tegata, cast.alice, at('/roles/new'))
    const link = page.html.getElementById('template_patient')?.getAttribute('href') ?? ''
    const filled = await person.open(new URL(link, tegata.issuer))
    expect([filled.html.getElementById('name')?.getAttribute('value'), filled.html.getElementById('uses_seat')?.hasAttribute('checked')]).toEqual(['patient', false])
    await person.submit(filled, {}, 'save')
    const names = (await openConsole(tegata, cast.alice, at('/roles/new'))).html.querySelectorAll('[id^="template_"]').map((one) => one.text.trim())
    expect(names).toEqual(expect.arrayContaining(['EXECUTIVE', 'DEPARTMENT_HEAD', 'TEAM_LEADER', 'STAFF', 'clinic_admin', 'therapist', 'receptionist']))
    expect(names).not.toContain('patient')
  })

  test('keep what was typed when something does not fit', async () => {
    const page = await cast.alice.person.submit(await openConsole(tegata, cast.alice, at('/roles/new')), { name: ' ', description: 'x' }, 'save')
    expect([page.status, page.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('1〜50')])
  })

  test('have words for every permission of the catalogue', () => {
    expect([...permissionNames].sort()).toEqual(Object.keys(permissions).sort())
  })
})
