/**
 * Which column of a list is which of our fields, and what counts where a line says nothing. Pure.
 * Invariant: a suggestion is only ever one: a column is mapped by its heading, or by what stands in it where there is none, and a
 * person may say otherwise.
 */
import { z } from 'zod'

export const fields = [
  'email', 'family_name', 'given_name', 'full_name', 'family_name_kana', 'given_name_kana', 'full_name_kana', 'employee_number', 'role', 'units', 'title',
  'valid_from', 'valid_until', 'locale',
] as const
export type Field = (typeof fields)[number]

const text = z.string().trim().max(1000)

/** By the number of the column, from 0. Several columns may hold units, any other field stands in one. */
export const mappingShape = z.record(z.string().regex(/^(?:0|[1-9]\d?)$/, 'must be the number of a column'), z.enum(fields))
  .refine((mapping) => onlyOnce(Object.values(mapping)), 'must name a field other than units once').meta({ description: 'Of each column by its number, from 0. Each field but units once.' })
export type Mapping = z.output<typeof mappingShape>

export const defaultsShape = z.strictObject({
  role: text.nullable().default(null),
  /** Codes or names. */
  units: z.array(text).max(50).default([]),
  client_id: text.nullable().default(null),
  locale: z.enum(['ja', 'en']).default('ja'),
  /** Takes back people who were removed or declined. */
  reinvite: z.boolean().default(false),
})
export type Defaults = z.output<typeof defaultsShape>

function onlyOnce(names: readonly Field[]): boolean {
  const single = names.filter((name) => name !== 'units')
  return new Set(single).size === single.length
}

/** Headings as they are compared: plainHeading takes width, case, spaces and brackets away. */
const headings: Readonly<Record<Field, readonly string[]>> = {
  email: ['メール', 'メールアドレス', 'eメール', 'eメールアドレス', '電子メール', '電子メールアドレス', 'アドレス', 'email', 'mail', 'emailaddress', 'mailaddress'],
  family_name: ['姓', '苗字', '名字', '氏', 'familyname', 'lastname', 'surname'],
  given_name: ['名', '下の名前', 'givenname', 'firstname'],
  full_name: ['氏名', '名前', 'お名前', '姓名', '氏名漢字', '漢字氏名', '職員名', '社員名', 'スタッフ名', 'フルネーム', 'name', 'fullname', 'displayname'],
  family_name_kana: ['セイ', 'せい', '姓カナ', '姓かな', '姓フリガナ', '姓ふりがな', 'カナ姓', 'familynamekana', 'lastnamekana'],
  given_name_kana: ['メイ', 'めい', '名カナ', '名かな', '名フリガナ', '名ふりがな', 'カナ名', 'givennamekana', 'firstnamekana'],
  full_name_kana: ['フリガナ', 'ふりがな', 'カナ', 'かな', '氏名カナ', '氏名かな', '氏名フリガナ', '氏名ふりがな', 'カナ氏名', 'よみがな', 'ヨミガナ', '読み仮名', '読みがな', 'namekana', 'fullnamekana', 'kana'],
  employee_number: ['社員番号', '職員番号', '従業員番号', 'スタッフ番号', '社員コード', '職員コード', '社員id', '職員id', 'employeenumber', 'employeeno', 'employeeid', 'staffnumber', 'staffno', 'staffid'],
  role: ['役割', '権限', 'ロール', 'role'],
  units: [
    '部署', '部署コード', '部署名', '所属', '所属コード', '所属名', '所属部署', '部門', '部門コード', '部門名', '施設', '施設コード', '施設名', '課', '科', '診療科', '病棟', 'チーム', '配属先',
    'unit', 'units', 'unitcode', 'department', 'departmentcode', 'facility', 'team', 'division', 'group', 'groups',
  ],
  title: ['役職', '役職名', '職位', '職種', '肩書', '肩書き', 'title', 'jobtitle', 'position'],
  valid_from: ['入職日', '入社日', '採用日', '着任日', '開始日', '利用開始日', '有効開始日', 'startdate', 'validfrom', 'hiredate', 'from'],
  valid_until: ['終了日', '退職日', '退職予定日', '退社日', '契約終了日', '利用終了日', '有効終了日', '有効期限', 'enddate', 'validuntil', 'until'],
  locale: ['言語', '使用言語', 'language', 'locale', 'lang'],
}

const byHeading = new Map(fields.flatMap((field) => headings[field].map((heading): readonly [string, Field] => [heading, field])))

function plainHeading(heading: string): string {
  return heading.normalize('NFKC').toLowerCase().replaceAll(/[\s\p{P}\p{S}]/gu, '')
}

/** Whether a record names columns: it holds a heading we know, or at least no address. */
export function looksLikeHeadings(record: readonly string[]): boolean {
  return record.some((field) => byHeading.has(plainHeading(field))) || !record.some((field) => field.includes('@'))
}

export interface Listed {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What each column seems to be; a second column for the same field is left to a person, but for units. */
export function suggestMapping({ headings: named, rows }: Listed): Mapping {
  const taken = new Set<Field>()
  const mapping: Record<string, Field> = {}
  const suggest = named.every((heading) => heading === '') ? byContent(rows) : (column: number) => byHeading.get(plainHeading(named[column] ?? ''))
  for (const column of named.keys()) {
    const field = suggest(column, taken)
    if (field === undefined || (taken.has(field) && field !== 'units')) continue
    taken.add(field)
    mapping[column] = field
  }
  return mapping
}

const contents: readonly (readonly [Field, RegExp])[] = [
  ['email', /@/],
  ['employee_number', /^[A-Za-z]{0,4}-?\d{2,10}$/],
  ['full_name_kana', /^[\p{Script=Katakana}\p{Script=Hiragana}ー\s]+$/u],
  ['full_name', /^[\p{L}\p{M}ー・\s.'-]+$/u],
]

/** Most of what stands in the column decides; the first hundred rows are enough to tell. */
function byContent(rows: Listed['rows']) {
  const sample = rows.slice(0, 100)
  return (column: number, taken: ReadonlySet<Field>): Field | undefined => {
    const values = sample.map((row) => row[column] ?? '').filter((value) => value !== '')
    const fits = ([field, shape]: readonly [Field, RegExp]): boolean => !taken.has(field) && values.length > 0 && values.filter((value) => shape.test(value)).length * 2 > values.length
    return contents.find(fits)?.[0]
  }
}
