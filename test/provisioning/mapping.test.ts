/** What a column and a line mean: headings as hospitals write them, names, days of three calendars, units by code or name. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginningOf, endOf, readDay } from '../../src/provisioning/calendar-day.ts'
import { directoryOf } from '../../src/provisioning/directory.ts'
import { readLine } from '../../src/provisioning/line.ts'
import { defaultsShape, mappingShape, suggestMapping, type Field } from '../../src/provisioning/mapping.ts'

describe('a heading', () => {
  it.each([
    [['職員番号', '氏名', 'フリガナ', 'メールアドレス', '所属', '役職', '権限', '入職日', '退職予定日', '言語'], ['employee_number', 'full_name', 'full_name_kana', 'email', 'units', 'title', 'role', 'valid_from', 'valid_until', 'locale']],
    [['姓', '名', 'セイ', 'メイ', 'Ｅメール', '施設コード', '部署（コード）'], ['family_name', 'given_name', 'family_name_kana', 'given_name_kana', 'email', 'units', 'units']],
    [['Last Name', 'First_Name', 'E-mail Address', 'Employee No.', 'Department'], ['family_name', 'given_name', 'email', 'employee_number', 'units']],
  ])('of %j is understood', (headings, wanted) => {
    expect(Object.values(suggestMapping({ headings, rows: [] }))).toEqual(wanted)
  })

  it('that stands twice counts once, and one that says nothing is left to a person', () => {
    expect(suggestMapping({ headings: ['メール', '備考', 'メール'], rows: [] })).toEqual({ 0: 'email' })
    expect(mappingShape.safeParse({ 0: 'email', 1: 'email' }).success).toBe(false)
    expect(mappingShape.safeParse({ 0: 'units', 1: 'units' }).success).toBe(true)
  })
})

describe('a day', () => {
  it.each(['2026-12-01', '2026/12/1', '2026.12.1', '2026年12月1日', '２０２６年１２月１日', '20261201', '46357', '46357.0', 'R8.12.1', 'r8/12/01', '令和8年12月1日', '㋿8年12月1日', '令和 8年 12月 1日', '2026/12/1 0:00', '2026-12-01T00:00:00'])('written as %s is the first of December 2026', (text) => {
    expect(readDay(text)).toEqual({ year: 2026, month: 12, day: 1 })
  })

  it.each(['', '2026-02-29', '2026-13-01', '12/1/2026', '平成31年5月1日', '令和元年4月30日', '昭和64年1月8日', 'H0.1.1', '1', '明日'])('written as %j is none', (text) => {
    expect(readDay(text)).toBeNull()
  })

  it('knows the first days of the eras', () => {
    expect([readDay('令和元年5月1日'), readDay('H1.1.8'), readDay('昭和元年12月25日')]).toEqual([{ year: 2019, month: 5, day: 1 }, { year: 1989, month: 1, day: 8 }, { year: 1926, month: 12, day: 25 }])
  })

  it('of the calendar reads back in every spelling', () => {
    fc.assert(fc.property(fc.date({ min: new Date('2019-05-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }), (date) => {
      const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      const serial = Math.floor(date.getTime() / 86_400_000) + 25_569
      for (const text of [`${day.year}/${day.month}/${day.day}`, `${day.year}年${day.month}月${day.day}日`, `R${day.year - 2018}.${day.month}.${day.day}`, String(serial)]) expect(readDay(text)).toEqual(day)
    }))
  })

  it('begins and ends in Japan', () => {
    expect(beginningOf({ year: 2026, month: 12, day: 1 }).toISOString()).toBe('2026-11-30T15:00:00.000Z')
    expect(endOf({ year: 2026, month: 12, day: 31 }).toISOString()).toBe('2026-12-31T15:00:00.000Z')
  })
})

function line(values: Partial<Record<Field, string>>, more: { readonly fields?: readonly string[]; readonly defaults?: unknown } = {}) {
  const row = { fields: more.fields ?? [], corrections: { values, reinvite: null } }
  return readLine(row, { columns: 0, mapping: {}, defaults: defaultsShape.parse(more.defaults ?? { role: 'STAFF' }) })
}

describe('a line', () => {
  it('has names in Japanese order, and an address also where a name stands with it', () => {
    expect(line({ full_name: '山田　花 子', full_name_kana: 'ヤマダ ハナコ', email: '花 <hana@example.com>' })).toMatchObject({
      ok: true, line: { person: { familyName: '山田', givenName: '花 子', familyNameKana: 'ヤマダ', givenNameKana: 'ハナコ', email: 'hana@example.com', locale: 'ja' }, role: 'STAFF' },
    })
    expect(line({ full_name: '山田花子' })).toMatchObject({ line: { person: { familyName: '山田花子', givenName: null } } })
  })

  it('names several units, and takes the defaults where it names none', () => {
    expect(line({ units: '本院；看護部、3F' })).toMatchObject({ line: { units: ['本院', '看護部', '3F'] } })
    expect(line({}, { defaults: { role: 'STAFF', units: ['nursing'] } })).toMatchObject({ line: { units: ['nursing'] } })
  })

  it.each<[string, ReturnType<typeof line>]>([
    ['role_missing', line({}, { defaults: {} })],
    ['invalid_date', line({ valid_from: '昨日' })],
    ['invalid_locale', line({ locale: 'ドイツ語' })],
    ['invalid_title', line({ title: 'あ'.repeat(101) })],
    ['field_count', line({}, { fields: ['too', 'many'] })],
  ])('is refused as %s', (reason, read) => {
    expect(read).toEqual({ ok: false, reason })
  })
})

describe('a directory', () => {
  const directory = directoryOf({
    roles: [{ name: 'STAFF', permissions: [], uses_seat: true }, { name: 'Staff', permissions: [], uses_seat: true }, { name: 'Admin', permissions: [], uses_seat: true }],
    units: [{ code: 'nursing', name: '看護部' }, { code: 'east', name: '外来' }, { code: 'west', name: '外来' }, { code: '看護部2', name: 'ＩＣＵ' }],
  })

  it('finds what is meant and takes nothing that could mean two', () => {
    expect([directory.roleNamed('STAFF')?.name, directory.roleNamed('ａｄｍｉｎ')?.name, directory.roleNamed('staff')]).toEqual(['STAFF', 'Admin', null])
    expect(directory.unitsNamed(['看護部', 'nursing', 'icu'])).toEqual({ ok: true, codes: ['nursing', '看護部2'] })
    expect(directory.unitsNamed(['外来'])).toEqual({ ok: false, reason: 'ambiguous_unit' })
    expect(directory.unitsNamed(['薬局'])).toEqual({ ok: false, reason: 'unknown_unit' })
  })
})
