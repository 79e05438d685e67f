/** The mail about a wave that is over, over the real relay, job runner and SMTP. Alice started it; Charlie belongs elsewhere and gets nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'

const tenantId = parseTenantId(newId())
const [importId, alices, hanakos, role] = [newId(), newId(), newId(), newId()]
let office: PostOffice
beforeAll(async () => {
  office = await openPostOffice()
  await office.sql('insert into tenant (id, name, subdomain) values ($1, $2, $3)', [tenantId, '医療法人さくら会', 'sakura'])
  await office.sql(`insert into role (tenant_id, id, name) values ($1, $2, 'STAFF')`, [tenantId, role])
  for (const [id, account] of [[alices, 'alice'], [hanakos, 'hanako']]) await office.sql(`insert into membership (tenant_id, id, account_id, role_id, status) values ($1, $2, $3, $4, 'active')`, [tenantId, id, account, role])
  await office.sql(`insert into member_import (tenant_id, id, name, source) values ($1, $2, '12月の入職者 <b>', 'csv')`, [tenantId, importId])
})
afterAll(() => office.close())

const finished = (startedBy: string | null, counts: { invited: number; refused: number; ready: number }, reason: string | null = null) =>
  ({ type: 'import.wave_finished', tenantId, subject: importId, actor: null, reason, origin: noOrigin, after: { wave: 2, started_by: startedBy, rolled_back: 0, ...counts } } as const)

describe('whoever started a wave', () => {
  it('is told how it went', async () => {
    const mail = await office.mailOf(finished(alices, { invited: 1, refused: 0, ready: 0 }))
    expect(mail).toMatchObject({ to: 'alice@example.com', subject: '[Tegata] Your invitations have gone out' })
    for (const said of ['医療法人さくら会', '12月の入職者 <b>', '1 person', 'nothing to do']) expect(mail.text).toContain(said)
    expect(mail.html).toContain('&lt;b>')
  })

  it('is told in Japanese why some are left', async () => {
    const mail = await office.mailOf(finished(hanakos, { invited: 1200, refused: 3, ready: 0 }, 'seat_limit_reached'))
    expect(mail).toMatchObject({ to: 'hanako@example.com', subject: '【Tegata】一括招待が途中で止まりました' })
    for (const said of ['1,200人', '3人', '席の上限']) expect(mail.text).toContain(said)
  })

  it('is told nothing as an operator, or once they have left the tenant', async () => {
    await office.expectNoMail(finished(null, { invited: 1, refused: 0, ready: 0 }))
    await office.sql(`update membership set status = 'ended' where id = $1`, [hanakos])
    await office.expectNoMail(finished(hanakos, { invited: 1, refused: 0, ready: 0 }))
  })
})
