/** Lists as they really come: from Excel in Japan in each of its encodings, and pasted from mail programs. */
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suggestMapping } from '../../src/provisioning/mapping.ts'
import { readTable, type Table, type TableOptions } from '../../src/provisioning/read-table.ts'
import { encode, isInShiftJis } from './encode.ts'

function table(content: string | Uint8Array, options?: TableOptions): Table {
  const read = readTable(typeof content === 'string' ? Buffer.from(content) : content, options)
  if (!read.ok) throw new Error(read.reason)
  return read.table
}
const reasonOf = (content: string | Uint8Array) => {
  const read = readTable(typeof content === 'string' ? Buffer.from(content) : content)
  return read.ok ? null : read.reason
}

const letters = fc.constantFrom(...Array.from('aZ09 ,;"\'\t\n@.-ー・〜髙山花子ﾊﾅｺハナコはなこ㈱①￥　'), '\r\n')
const field = fc.string({ unit: letters, maxLength: 12 })

describe('a list', () => {
  it.each([['utf-8', ','], ['utf-8 with bom', ','], ['utf-8 with bom', ';'], ['utf-16le', '\t'], ['utf-16be', '\t'], ['shift_jis', ','], ['shift_jis', '\t']] as const)(
    'in %s with %j between fields is read as it was written', (encoding, delimiter) => {
      fc.assert(fc.property(fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 }), fc.constantFrom('\r\n', '\n', '\r'), (rows, ending) => {
        const filled = rows.map((row, place): readonly string[] => [`p${place}`, ...row])
        const text = stringify([['番号', '氏名', 'メール', '部署'], ...filled], { delimiter, record_delimiter: ending, quoted: true })
        fc.pre(encoding !== 'shift_jis' || isInShiftJis(text))
        const read = table(encode(text, encoding))
        expect(read).toMatchObject({ separator: delimiter, hasHeadings: true, headings: ['番号', '氏名', 'メール', '部署'], encoding: encoding.slice(0, 5) === 'utf-8' ? 'utf-8' : encoding })
        expect(read.rows).toEqual(filled.map((row) => row.map((value) => value.trim())))
      }), { numRuns: 60 })
    })

  it('in Shift_JIS is read byte by byte as Windows writes it', () => {
    // 氏名,メール / 髙山　花,hana@example.com with the ladder 髙 that only Windows has.
    const bytes = Buffer.from('8e8196bc2c8381815b838b0d0afbfc8e528140 89d42c68616e61406578616d706c652e636f6d0d0a'.replaceAll(' ', ''), 'hex')
    expect(table(bytes)).toMatchObject({ encoding: 'shift_jis', headings: ['氏名', 'メール'], rows: [['髙山　花', 'hana@example.com']] })
  })

  it('may begin with the line that names the separator, and end with empty lines', () => {
    expect(table('sep=;\r\n氏名;メール\r\n花;a@example.com\r\n;\r\n\r\n\r\n')).toMatchObject({ separator: ';', headings: ['氏名', 'メール'], rows: [['花', 'a@example.com']] })
  })

  it('keeps lines with too few or too many fields, and headings that stand twice', () => {
    expect(table('氏名,メール,メール\n花,a@example.com\n健,b@example.com,x,y\n')).toMatchObject({ headings: ['氏名', 'メール', 'メール'], rows: [['花', 'a@example.com'], ['健', 'b@example.com', 'x', 'y']] })
  })

  it('loses full-width spaces around fields, never inside', () => {
    expect(table('氏名,メール\n　山田　花　,　a@example.com　\n').rows).toEqual([['山田　花', 'a@example.com']])
  })

  it.each([
    ['one a line', 'hana@example.com\nken@example.com', [['hana@example.com', ''], ['ken@example.com', '']]],
    ['with names', '山田 花 <hana@example.com>\r\n"佐藤 健" <ken@example.com>', [['hana@example.com', '山田 花'], ['ken@example.com', '佐藤 健']]],
    ['as a mail program lists them', '山田 花 <hana@example.com>; ken@example.com, mai@example.com', [['hana@example.com', '山田 花'], ['ken@example.com', ''], ['mai@example.com', '']]],
  ])('of addresses %s needs no headings', (_how, text, rows) => {
    const read = table(text)
    expect(read).toMatchObject({ hasHeadings: false, headings: ['', ''], rows })
    expect(suggestMapping(read)).toMatchObject({ 0: 'email' })
  })

  it('copied from Excel has tabs, and its columns are told by what stands in them', () => {
    const read = table('hana@example.com\t山田 花\tヤマダ ハナ\tS-0101\nken@example.com\t佐藤 健\tサトウ ケン\tS-0102\n')
    expect(read).toMatchObject({ hasHeadings: false, separator: '\t' })
    expect(suggestMapping(read)).toEqual({ 0: 'email', 1: 'full_name', 2: 'full_name_kana', 3: 'employee_number' })
  })

  it.each<[string, string | Uint8Array, string]>([
    ['a workbook', Buffer.from('504b0304140006000800', 'hex'), 'is_workbook'],
    ['bytes of no encoding', Buffer.from([0x80, 0xff, 0xfe, 0xa0, 0xff]), 'unknown_encoding'],
    ['UTF-16 without a mark', Buffer.from('a,b', 'utf16le'), 'unknown_encoding'],
    ['nothing', '', 'list_empty'],
    ['headings alone', '氏名,メール\n', 'list_empty'],
    ['a quote that never ends', '氏名,メール\n"花,a@example.com\n', 'unclosed_quote'],
    ['too many rows', `メール\n${'a@example.com\n'.repeat(10_001)}`, 'too_many_rows'],
    ['too many addresses', 'a@example.com\n'.repeat(10_001), 'too_many_rows'],
    ['too many columns', `メール${',x'.repeat(60)}\n1\n`, 'too_many_columns'],
    ['a novel in a field', `メール\n${'a'.repeat(1001)}\n`, 'field_too_long'],
    ['too many bytes', new Uint8Array(5 * 1024 * 1024 + 1), 'list_too_large'],
  ])('is refused for %s', (_what, content, reason) => {
    expect(reasonOf(content)).toBe(reason)
  })
})
