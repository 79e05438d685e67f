/** A list is judged line by line before anybody is invited, by the rules of inviting one by one; mistakes are mended and judged again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/accounts/create-account.ts'
import { endMembership } from '../../src/members/end-membership.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { addMember } from '../../src/members/add-member.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { changeImport } from '../../src/provisioning/change-import.ts'
import { createImport } from '../../src/provisioning/create-import.ts'
import { deleteImport } from '../../src/provisioning/delete-import.ts'
import { editRow } from '../../src/provisioning/edit-row.ts'
import { forgetOldRows } from '../../src/provisioning/forget-old-rows.ts'
import { defaultsShape } from '../../src/provisioning/mapping.ts'
import { buildHouse, by, eventsAbout, must, password, passwords, type House } from '../accounts/house.ts'
import { asSuperuser } from '../helpers/database.ts'
import { asMember, listsOf } from './list.ts'

let house: House
beforeAll(async () => {
  house = await buildHouse()
  const { databases, masterKey } = house.test
  const person = { email: 'invited@example.com', familyName: null, givenName: null, locale: 'ja' } as const
  await must(inviteMember({ databases, masterKey }, { tenantId: house.sakura, person, role: 'STAFF', mover: asMember(house.alice), origin: by.origin }))
  const account = { email: 'gone@example.com', emailVerified: true, familyName: '去', givenName: '者', password, ...by }
  const { accountId } = await must(createAccount({ databases, hashes: house.hashes, passwords }, account))
  const { membershipId } = await must(addMember({ databases }, { tenantId: house.sakura, accountId, role: 'STAFF', employeeNumber: 'S-0009', ...by }))
  await must(endMembership({ databases, grants: { endGrants } }, { tenantId: house.sakura, membershipId, mover: asMember(house.alice), origin: by.origin }))
})
afterAll(() => house.close())

const lists = listsOf(() => house)
const deps = () => ({ databases: house.test.databases })
const count = async (table: 'account' | 'membership') => (await asSuperuser(house.test.adminUrl, (client) => client.query(`select count(*)::int as n from ${table}`))).rows[0]

describe('checking a list', () => {
  it('tells for each line what inviting would say, and invites nobody', async () => {
    const before = [await count('account'), await count('membership')]
    const importId = await lists.take([
      '氏名,メール,職員番号,権限,部署,入職日,終了日',
      '山田 花,hana@example.com,S-0100,STAFF,看護部門,2026/12/1,2027年3月31日',
      ',ken@example.com,,,,,',
      '佐藤 健,,S-0101,,nursing,,',
      '山田 花,not-an-address,,,,,',
      '山田 花,,,,,,',
      ',,S-0102,,,,',
      '山田 花,x1@example.com,??,,,,',
      '山田 花,x2@example.com,,CHIEF,,,',
      '山田 花,x3@example.com,,,薬局,,',
      '山田 花,x4@example.com,,,,昨日,',
      '山田 花,x5@example.com,,,,2026-12-02,2026-12-01',
      '山田 花,bob@example.com,,,,,',
      '山田 花,invited@example.com,,,,,',
      '山田 花,gone@example.com,,,,,',
      '山田 花,x6@example.com,S-0001,,,,',
      '山田 花,HANA@example.com,,,,,',
      '山田 花,x7@example.com,s-0101,,,,',
      '山田 花,x8@example.com',
      '山田 花,charlie@example.com,S-0103,,,,',
    ].join('\n'))
    expect(await lists.reasons(importId)).toEqual([
      null, null, null, 'invalid_email', 'address_or_number_missing', 'name_missing', 'invalid_employee_number', 'unknown_role', 'unknown_unit', 'invalid_date', 'invalid_dates',
      'already_member', 'already_invited', 'was_removed', 'employee_number_taken', 'duplicate_in_list', 'duplicate_in_list', 'field_count',
      // Whoever has an account elsewhere looks like anybody else.
      null,
    ])
    expect([await count('account'), await count('membership')]).toEqual(before)
    expect(await lists.shown(importId)).toMatchObject({ row: { status: 'checked', row_count: 19 }, counts: { ready: 4, refused: 15, invited: 0 }, seats: { limit: null, used: 2, invited: 1, wanted: 4 }, waves: [] })
    expect((await eventsAbout(house.test, importId)).map(({ type, after }) => ({ type, after }))).toEqual([{ type: 'import.created', after: { rows: 19, refused: 15 } }])
  })

  it('lets nobody hand out more than they hold', async () => {
    const importId = await lists.take('メール,権限\na1@example.com,Admin\na2@example.com,STAFF\n', { mover: asMember(house.bob, ['member:invite']) })
    expect(await lists.reasons(importId)).toEqual(['role_above_own', null])
  })

  it('is done again with other columns and defaults', async () => {
    const importId = await lists.take('連絡先,氏名\nb1@example.com,花\nb2@example.com,健\n', { defaults: defaultsShape.parse({}) })
    expect(await lists.reasons(importId)).toEqual(['role_missing', 'role_missing'])
    await must(changeImport(deps(), { ...lists.change(importId), mapping: { 0: 'email', 1: 'full_name' }, defaults: defaultsShape.parse({ role: 'STAFF', units: ['nursing'] }) }))
    expect(await lists.reasons(importId)).toEqual([null, null])
    expect((await lists.rows(importId))[0]?.person).toEqual({ name: '花', email: 'b1@example.com', employeeNumber: null, role: 'STAFF', units: ['nursing'] })
    expect(await changeImport(deps(), { ...lists.change(importId), mapping: { 5: 'email' } })).toEqual({ ok: false, reason: 'unknown_column' })
    await must(changeImport(deps(), { ...lists.change(importId), defaults: defaultsShape.parse({ role: 'STAFF', client_id: 'nobody' }) }))
    expect(await lists.reasons(importId)).toEqual(['unknown_app', 'unknown_app'])
  })

  it('is mended line by line, and what was read stays', async () => {
    const importId = await lists.take('氏名,メール\n花,c1@example\n健,c2@example.com,x\n舞,gone@example.com\n雪,c1@example.com\n')
    const edit = (number: number, more: object) => editRow(deps(), { ...lists.change(importId), number, ...more })
    await must(edit(1, { values: { email: 'c1@example.com' } }))
    await must(edit(2, { values: { email: 'c2@example.com', full_name: '健' } }))
    await must(edit(3, { reinvite: true }))
    expect(await lists.reasons(importId)).toEqual([null, null, null, 'duplicate_in_list'])
    await must(edit(1, { values: { email: null } }))
    expect(await lists.reasons(importId)).toEqual(['invalid_email', null, null, null])
    expect((await lists.rows(importId))[1]?.fields).toEqual(['健', 'c2@example.com', 'x'])
    expect(JSON.stringify((await eventsAbout(house.test, importId)).slice(1))).not.toContain('@')
    expect(await edit(9, {})).toEqual({ ok: false, reason: 'not_found' })
  })

  it('takes back whoever was removed only where the list says so', async () => {
    const importId = await lists.take('氏名,メール\n舞,gone@example.com\n', { defaults: defaultsShape.parse({ role: 'STAFF', reinvite: true }) })
    expect(await lists.reasons(importId)).toEqual([null])
  })

  it('writes down a list that cannot be read, and keeps nothing of it', async () => {
    const input = { tenantId: house.sakura, name: 'x', source: 'csv', defaults: defaultsShape.parse({}), mover: asMember(house.alice), origin: by.origin } as const
    expect(await createImport(deps(), { ...input, bytes: Buffer.from('') })).toEqual({ ok: false, reason: 'list_empty' })
    expect((await eventsAbout(house.test, null)).filter(({ type }) => type === 'import.created')).toMatchObject([{ outcome: 'refused', reason: 'list_empty' }])
  })

  it('holds as many lines as a list may have', async () => {
    const lines = Array.from({ length: 10_000 }, (_, place) => `山田 花${place},many-${place}@example.com,M-${place},nursing`)
    const importId = await lists.take(['氏名,メール,職員番号,部署', ...lines].join('\n'))
    expect(await lists.shown(importId)).toMatchObject({ counts: { ready: 10_000 }, seats: { wanted: 10_000 } })
  })

  it('forgets lines that nobody has touched for 90 days', async () => {
    const importId = await lists.take('メール\nold@example.com\n')
    await asSuperuser(house.test.adminUrl, (client) => client.query(`update member_import set updated_at = now() - interval '91 days' where id = $1`, [importId]))
    expect(await forgetOldRows(deps(), 500)).toBe(1)
    expect(await lists.rows(importId)).toEqual([])
    await must(deleteImport(deps(), lists.change(importId)))
  })

  it('is nothing that Charlie can look at or touch', async () => {
    const importId = await lists.take('メール\nd1@example.com\n')
    const foreign = { ...lists.change(importId, { mover: asMember(house.charlie) }), tenantId: house.midori }
    expect(await changeImport(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    expect(await editRow(deps(), { ...foreign, number: 1, reinvite: true })).toEqual({ ok: false, reason: 'not_found' })
    expect(await deleteImport(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    expect(await lists.reasons(importId)).toEqual([null])
  })
})
