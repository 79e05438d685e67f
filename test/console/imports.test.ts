/** A list of people from the file to the answers, on the pages of the console. Alice takes it in, Bob may not, Charlie belongs elsewhere. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Visit } from '../helpers/person.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { eventually } from '../helpers/eventually.ts'
import { encode } from '../provisioning/encode.ts'
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
const again = (path: string) => cast.alice.person.open(`${tegata.issuer}${path}`)
const submit = (visit: Visit, values: Readonly<Record<string, string>>, button: string) => cast.alice.person.submit(visit, values, button)
const follow = (visit: Visit, id: string) => again(visit.html.getElementById(id)?.getAttribute('href') ?? '')

const list = ['氏名,メール,社員番号,役割', '山田 太郎,taro@hospital.example,S-1,GUEST', '佐藤 花,,S-2,GUEST', '鈴木 一,hajime＠,S-3,GUEST', '高橋 優,yu@hospital.example,S-4,GUEST'].join('\r\n')

async function takeIn(text: string, name: string): Promise<Visit> {
  return cast.alice.person.upload(await open('/imports/new'), { button: 'upload', file: new File([Buffer.from(encode(text, 'shift_jis'))], name, { type: 'text/csv' }) })
}

const cells = (visit: Visit) => visit.html.querySelectorAll('tbody tr').map((row) => row.querySelectorAll('td').map((cell) => cell.text))

test('a file of Excel is taken in, corrected, and invited in waves', { timeout: 60_000 }, async () => {
  const columns = await takeIn(list, '名簿.csv')
  expect(columns.html.querySelector('h1')?.text).toBe('名簿.csv')
  expect(columns.html.querySelectorAll('tbody select option[selected]').map((option) => option.getAttribute('value'))).toEqual(['full_name', 'email', 'employee_number', 'role'])
  const rows = await submit(columns, {}, 'save_columns')
  expect(cells(rows).map((row) => row[4])).toEqual(['招待できる', '招待できる', expect.stringContaining('形が正しくありません'), '招待できる'])
  const line = await follow(rows, 'edit_3')
  const corrected = await submit(line, { 'field.email': 'hajime@hospital.example' }, 'save_row')
  expect(cells(corrected).map((row) => row[4])).toEqual(Array.from({ length: 4 }, () => '招待できる'))

  const waves = await follow(corrected, 'to_waves')
  const planned = await submit(waves, { plan: 'own', sizes: '３' }, 'plan_waves')
  expect(planned.html.querySelectorAll('.wave h3').map((heading) => heading.text)).toEqual([expect.stringContaining('3人'), expect.stringContaining('1人')])
  const started = await submit(planned, {}, 'start_1')
  expect(started.text).toContain('招待を始めました')
  const path = started.url.pathname
  await eventually(async () => (await again(path)).html.querySelector('[data-live]')).toBeNull()
  const done = await again(path)
  expect(done.html.querySelector('#wave_1 .answers')?.text).toBe('参加0返事待ち3')

  const asked = await follow(done, 'links_1')
  const sheet = await submit(asked, {}, 'show_links')
  expect(cells(sheet)).toEqual([['佐藤 花', 'S-2', 'GUEST', expect.stringContaining('/invitations/'), expect.any(String)]])
  expect((await submit(asked, {}, 'save_links')).headers.get('content-type')).toContain('text/csv')
  expect((await again(`${path}/result.csv`)).text).toContain('taro@hospital.example')
  expect((await open(`/invitations?import=${path.split('/').at(-1) ?? ''}&wave=1`)).html.querySelectorAll('#content > form tbody tr')).toHaveLength(3)

  const question = await follow(done, 'roll_back_1')
  expect(question.text).toContain('3件の招待')
  await submit(question, {}, 'roll_back')
  await eventually(async () => (await again(path)).html.querySelector('#wave_1 .answers')?.text).toContain('取り消し3')
  const deleted = await submit(await again(path), {}, 'delete_import')
  expect([deleted.url.pathname, deleted.text.includes('削除しました')]).toEqual([at('/imports'), true])
})

test('a pasted table will do, and what is none is said in words', async () => {
  const pasted = await submit(await open('/imports/new'), { text: 'taro2@hospital.example\nhana2@hospital.example', name: '貼り付け' }, 'upload')
  expect([pasted.html.querySelector('h1')?.text, pasted.html.querySelectorAll('tbody tr').length]).toEqual(['貼り付け', 2])
  const workbook = await cast.alice.person.upload(await open('/imports/new'), { button: 'upload', file: new File([Buffer.from('504b0304140006000800', 'hex')], '名簿.xlsx') })
  expect([workbook.status, workbook.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('CSV UTF-8')])
  const nothing = await submit(await open('/imports/new'), {}, 'upload')
  expect([nothing.status, nothing.html.getElementById('error_summary')?.text]).toEqual([400, expect.stringContaining('選ぶか')])
})

test('the template comes back recognised, in both languages', async () => {
  for (const language of ['ja', 'en']) {
    const template = await open(`/imports/template.csv?language=${language}`)
    const page = await cast.alice.person.upload(await open('/imports/new'), { button: 'upload', file: new File([`${template.text}a,b,c,d,x@hospital.example,1,GUEST,,,,,\r\n`], 'template.csv') })
    expect(page.html.querySelectorAll('tbody select option[selected]').map((option) => option.getAttribute('value'))).toEqual([
      'family_name', 'given_name', 'family_name_kana', 'given_name_kana', 'email', 'employee_number', 'role', 'units', 'title', 'valid_from', 'valid_until', 'locale',
    ])
  }
})

test('whoever may not invite, or belongs elsewhere, sees and does nothing', async () => {
  const importId = (await takeIn(list, 'x.csv')).url.pathname.split('/').at(-2) ?? ''
  for (const path of ['', '/columns', '/rows', '/rows/1', '/result.csv', '/waves/1/links', '/waves/1/roll-back']) {
    expect((await openConsole(tegata, cast.bob, at(`/imports/${importId}${path}`))).status).toBe(403)
    expect((await openConsole(tegata, cast.charlie, at(`/imports/${importId}${path}`))).status).toBe(404)
    expect((await openConsole(tegata, cast.charlie, `/t/${cast.charlie.subdomain}/imports/${importId}${path}`)).status).toBe(404)
  }
})
