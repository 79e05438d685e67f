/** Lists as files for Excel: no field is ever a formula, nothing is gathered first, and half a list is never taken for the whole. */
import { buffer } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { csvDownload, csvMediaType, csvResponse } from '../../src/http/csv.ts'
import { publicEndpoint } from '../../src/http/endpoint.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import { start } from './harness.ts'

const written = async (rows: Iterable<readonly string[]>) => (await buffer(csvDownload({ filename: 'people.csv', headings: ['氏名', '電話'], rows }).body)).toString()

describe('a list as a file', () => {
  it('is what Excel in Japan opens: BOM, CRLF, quotes where they are needed', async () => {
    expect(await written([['山田 "太郎"', '03-1234'], ['改\n行', '']])).toBe('\ufeff氏名,電話\r\n"山田 ""太郎""",03-1234\r\n"改\n行",\r\n')
  })

  it.each(['=1+1', '+81 3 1234', '-2+3', '@SUM(A1)', '\tx', '\rx', '＝1+1', '＋1', '－1', '＠x'])('shows %j as text', async (dangerous) => {
    expect(parse(await written([[dangerous, '']]), { bom: true, from_line: 2 })).toEqual([[`'${dangerous}`, '']])
  })

  it('leaves through a door as a stream, with a limit for bodies of its own', async () => {
    const doors = [
      publicEndpoint({
        method: 'GET', path: '/list', response: csvResponse, mediaType: csvMediaType, summary: 'A list.',
        handle: () => ({ status: 200, ...csvDownload({ filename: 'people.csv', headings: ['a'], rows: [['1'], ['2']] }) }),
      }),
    ]
    const { send } = await start({ doors })
    const answer = await send('/list')
    expect(answer).toMatchObject({ status: 200, body: 'a\r\n1\r\n2\r\n' })
    expect(answer.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="people.csv"', 'cache-control': 'no-store' })
    expect(JSON.stringify((await openApiDocument({ issuer: 'https://id.example.com', authorizationPath: '/authorize', tokenPath: '/token' }, doors)).paths)).toContain('{"text/csv":{"schema":{"type":"string"}}}')
  })

  it('breaks off where reading breaks off', async () => {
    function* failing(): Generator<readonly string[]> {
      yield ['1', '2']
      throw new Error('the database went away')
    }
    await expect(written(failing())).rejects.toThrow('the database went away')
  })
})
