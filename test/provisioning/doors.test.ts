/** The same lists through the API and the command line: what they answer, and to whom they answer nothing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Caller, EndpointDoor } from '../../src/http/endpoint.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { importEndpoints } from '../../src/provisioning/api.ts'
import { runWave } from '../../src/provisioning/run-wave.ts'
import { waveEndpoints } from '../../src/provisioning/wave-api.ts'
import { buildHouse, type House, type Person } from '../accounts/house.ts'
import { answerOf, runTegata } from '../cli/terminal.ts'
import { start, type Answer } from '../http/harness.ts'
import { encode } from './encode.ts'

let house: House
let doors: readonly EndpointDoor[]
let folder: string
const callers = new Map<string, Caller>()
beforeAll(async () => {
  house = await buildHouse()
  folder = await mkdtemp(join(tmpdir(), 'tegata-lists-'))
  const deps = { databases: house.test.databases, masterKey: house.test.masterKey, issuer: 'https://id.example.com' }
  doors = [...importEndpoints(deps), ...waveEndpoints(deps)]
  const callerOf = (person: Person, permissions: readonly string[]): Caller => ({
    accountId: person.accountId, clientId: 'karte', tenantId: person.tenantId, membershipId: person.membershipId, permissions, scopes: ['members:read', 'members:write'], authentication: null, platform: null, breakGlassId: null,
  })
  callers.set('alice', callerOf(house.alice, allPermissions)).set('bob', callerOf(house.bob, ['member:read'])).set('charlie', callerOf(house.charlie, allPermissions))
})
afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true })
})

async function ask(who: string, line: string, { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  const { send } = await start({ doors, authenticate: (ctx) => Promise.resolve(callers.get(ctx.get('Authorization')) ?? { status: 401, reason: 'token_invalid' }) })
  return send(path, { method, headers: { authorization: who, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}
async function call(who: string, line: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await ask(who, line, { body })
  return { status: answer.status, body: answer.body === '' ? null : JSON.parse(answer.body) }
}
const idOf = (answer: { readonly body: unknown }) => z.looseObject({ import_id: z.uuid() }).parse(answer.body).import_id

describe('the doors to lists', () => {
  it('take one in, mend it, invite in waves and tell how each line ended', async () => {
    const base64 = Buffer.from(encode('氏名,メール,職員番号\r\n髙山　花,hana@example.com,D-001\r\n佐藤 健,ken@example,D-002\r\n+81 3,,D-003\r\n', 'shift_jis')).toString('base64')
    const made = await call('alice', 'POST /api/v1/imports', { name: '12月', base64, defaults: { role: 'STAFF' } })
    expect(made).toMatchObject({ status: 201, body: { status: 'checked', rows: 3, mapping: { 0: 'full_name', 1: 'email', 2: 'employee_number' }, counts: { ready: 2, refused: 1 }, reasons: [{ reason: 'invalid_email', rows: 1 }] } })
    const at = `/api/v1/imports/${idOf(made)}`
    expect(await call('alice', `GET ${at}/rows?status=refused`)).toMatchObject({ status: 200, body: { rows: [{ number: 2, reason: 'invalid_email', person: { name: '佐藤 健' } }], next_cursor: null } })
    expect(await call('alice', `PATCH ${at}/rows/2`, { fields: { email: 'ken@example.com' } })).toMatchObject({ status: 200, body: { status: 'ready', corrections: { email: 'ken@example.com' }, fields: ['佐藤 健', 'ken@example', 'D-002'] } })
    expect(await call('alice', `POST ${at}/waves`, { sizes: [1] })).toMatchObject({ status: 201, body: { waves: [{ number: 1, ready: 1 }, { number: 2, ready: 2 }] } })
    expect(await call('alice', `POST ${at}/waves/2/start`)).toMatchObject({ status: 202, body: { status: 'running', waves: [{ status: 'waiting' }, { status: 'running' }] } })
    expect(await call('alice', `POST ${at}/waves/1/start`)).toMatchObject({ status: 409, body: { reason: 'wave_under_way' } })
    expect(await call('alice', `DELETE ${at}`)).toMatchObject({ status: 409, body: { reason: 'wave_under_way' } })
    await runWave({ databases: house.test.databases, masterKey: house.test.masterKey }, { tenantId: house.sakura, importId: idOf(made), wave: 2 })
    expect(await call('alice', `POST ${at}/waves/2/links`)).toMatchObject({ status: 200, body: { links: [{ employee_number: 'D-003', link: expect.stringContaining('https://id.example.com/invitations/') }] } })
    const file = await ask('alice', `GET ${at}/result.csv`)
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(file.body.split('\r\n').slice(0, 4)).toMatchObject([
      'number,氏名,メール,職員番号,wave,status,reason,membership_id', '1,髙山　花,hana@example.com,D-001,1,ready,,', expect.stringMatching(/^2,佐藤 健,ken@example,D-002,2,invited,,[0-9a-f-]{36}$/), expect.stringMatching(/^3,'\+81 3,,D-003,2,invited,,/),
    ])
    expect(await call('alice', 'GET /api/v1/imports?limit=1')).toMatchObject({ status: 200, body: { imports: [{ import_id: idOf(made), rows: 3 }], next_cursor: null } })
    expect(await call('alice', `DELETE ${at}`)).toEqual({ status: 204, body: null })
  })

  it('change a list only as it was seen', async () => {
    const made = await call('alice', 'POST /api/v1/imports', { name: 'x', text: 'メール\nseen@example.com\n', source: 'paste', defaults: { role: 'STAFF' } })
    const at = `/api/v1/imports/${idOf(made)}`
    const etag = String((await ask('alice', `GET ${at}`)).headers.etag)
    expect((await ask('alice', `PATCH ${at}`, { body: { defaults: { role: 'NOBODY' } }, headers: { 'if-match': '"other"' } })).status).toBe(412)
    expect((await ask('alice', `PATCH ${at}`, { body: { defaults: { role: 'NOBODY' } }, headers: { 'if-match': etag } })).status).toBe(200)
    expect(await call('alice', `GET ${at}`)).toMatchObject({ body: { reasons: [{ reason: 'unknown_role', rows: 1 }] } })
  })

  it('take a list of five megabytes, and nothing larger', async () => {
    const text = `メール\n${`a@example.com${' '.repeat(500)}\n`.repeat(9900)}`
    expect(await call('alice', 'POST /api/v1/imports', { name: 'big', text })).toMatchObject({ status: 201, body: { rows: 9900 } })
    expect(await call('alice', 'POST /api/v1/imports', { name: 'big', text: 'x'.repeat(8 * 1024 * 1024) })).toMatchObject({ status: 413 })
  })

  it.each<[string, unknown, number, string]>([
    ['nothing to read', { name: 'x' }, 400, 'invalid_request'], ['two lists at once', { name: 'x', text: 'a', base64: 'YQ==' }, 400, 'invalid_request'],
    ['a workbook', { name: 'x', base64: 'UEsDBBQ=' }, 400, 'is_workbook'], ['a column that is not there', { name: 'x', text: 'メール\na@example.com', mapping: { 4: 'email' } }, 400, 'unknown_column'],
  ])('refuse %s', async (_what, body, status, reason) => {
    expect(await call('alice', 'POST /api/v1/imports', body)).toMatchObject({ status, body: { reason } })
  })

  it('are closed to Bob, who may not invite, and to Charlie, who belongs elsewhere', async () => {
    const made = await call('alice', 'POST /api/v1/imports', { name: 'x', text: 'メール\nclosed@example.com\n', defaults: { role: 'STAFF' } })
    const at = `/api/v1/imports/${idOf(made)}`
    await call('alice', `POST ${at}/waves`, {})
    const lines: readonly [string, unknown?][] = [
      [`GET ${at}`], [`PATCH ${at}`, {}], [`GET ${at}/rows`], [`PATCH ${at}/rows/1`, { reinvite: true }], [`GET ${at}/result.csv`], [`POST ${at}/waves`, {}],
      [`POST ${at}/waves/1/start`], [`POST ${at}/waves/1/cancel`], [`POST ${at}/waves/1/roll-back`], [`POST ${at}/waves/1/links`], [`DELETE ${at}`],
    ]
    for (const [line, body] of lines) {
      expect(await call('bob', line, body), line).toMatchObject({ status: 403, body: { reason: 'permission_missing' } })
      expect(await call('charlie', line, body), line).toMatchObject({ status: 404, body: { reason: 'not_found' } })
    }
    expect(await call('charlie', 'GET /api/v1/imports')).toMatchObject({ status: 200, body: { imports: [] } })
    expect(await call('alice', `GET ${at}`)).toMatchObject({ body: { counts: { ready: 1 }, waves: [{ status: 'waiting' }] } })
  })
})

describe('the command line', () => {
  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name)
    await writeFile(path, encode(text, 'shift_jis'))
    return path
  }
  const listed = z.looseObject({ import_id: z.string() })

  it('says what is wrong with a list, and leaves nothing behind', async () => {
    const csv = await file('dry.csv', '氏名,連絡先\n花,cli1@example.com\n健,nowhere\n')
    const said = await runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', csv, '--role', 'STAFF', '--map', 'email=連絡先', '--dry-run'])
    expect(said).toMatchObject({ code: 3 })
    expect(said.out).toContain('row 2  invalid_email  nowhere')
    expect(said.out).toContain('1 can be invited, 1 cannot')
    expect(await answerOf(house, ['import', 'list', '--tenant', 'midori'])).toEqual({ ok: true, imports: [] })
  })

  it('invites in waves, goes on, and takes back', async () => {
    const csv = await file('waves.csv', `氏名,メール\n${Array.from({ length: 5 }, (_, place) => `花${place},cli-wave-${place}@example.com`).join('\n')}\n`)
    const first = await runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', csv, '--role', 'STAFF', '--waves', '2', '--json'])
    expect(first.code).toBe(0)
    const made: unknown = JSON.parse(first.out)
    expect(made).toMatchObject({ ok: true, counts: { invited: 2, ready: 3 }, waves: [{ status: 'done' }, { status: 'waiting' }] })
    const { import_id: id } = listed.parse(made)
    expect(await answerOf(house, ['import', 'start-wave', id, '--tenant', 'sakura', '--wave', '2'])).toMatchObject({ counts: { invited: 5, ready: 0 } })
    expect(await answerOf(house, ['import', 'roll-back', id, '--tenant', 'sakura', '--wave', '1'])).toMatchObject({ counts: { invited: 3, rolled_back: 2 } })
    expect(await runTegata(house, ['import', 'cancel-wave', id, '--tenant', 'sakura'])).toMatchObject({ code: 1, error: 'Refused (not_running)\n' })
    expect(await runTegata(house, ['import', 'show', id, '--tenant', 'midori'])).toMatchObject({ code: 1, error: 'Refused (not_found)\n' })
  })

  it('refuses what is no list, and misuse', async () => {
    expect(await runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', await file('empty.csv', '\n')])).toMatchObject({ code: 1, error: 'Refused (list_empty)\n' })
    const csv = await file('columns.csv', '氏名,メール\n花,x@example.com\n')
    await expect(runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', csv, '--map', 'email=電話'])).rejects.toThrow('The list has no column 電話: it has 氏名, メール.')
    await expect(runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', csv, '--map', 'phone=電話'])).rejects.toThrow('--map: says phone=電話, which is not field=heading.')
    await expect(runTegata(house, ['member', 'invite', '--tenant', 'sakura'])).rejects.toThrow('--role: is missing.')
    await expect(runTegata(house, ['member', 'invite', '--tenant', 'sakura', '--csv', join(folder, 'nowhere.csv')])).rejects.toThrow('cannot be read (ENOENT)')
  })
})
