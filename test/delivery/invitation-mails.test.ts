/**
 * The mails of an invitation, over the real relay, the real job runner and real SMTP. Alice invites into Sakura; Hanako has an account
 * and reads Japanese; a newcomer has only an address; Charlie belongs elsewhere and must get nothing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId, parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { invitationHash, invitationPath, invitationToken } from '../../src/members/invitation.ts'
import { addressesIn, issuer, openPostOffice, type PostOffice } from './post-office.ts'

let office: PostOffice
let tenantId: ReturnType<typeof parseTenantId>
let alices: string
let role: string
beforeAll(async () => { office = await openPostOffice() })
afterAll(() => office.close())

beforeEach(async () => {
  tenantId = parseTenantId(newId())
  ;[alices, role] = [newId(), newId()]
  await office.sql('insert into tenant (id, name, subdomain) values ($1, $2, $3)', [tenantId, '医療法人さくら会', `t-${tenantId}`])
  await office.sql(`insert into role (tenant_id, id, name) values ($1, $2, 'STAFF')`, [tenantId, role])
  await office.sql(`insert into membership (tenant_id, id, account_id, role_id, status) values ($1, $2, 'alice', $3, 'active')`, [tenantId, alices, role])
})

interface Invited {
  readonly accountId: string
  readonly locale?: 'ja' | 'en'
  readonly byOperator?: boolean
  readonly expiresAt?: string
}

/** A membership that waits, with its invitation. */
async function invite({ accountId, locale = 'en', byOperator = false, expiresAt = '2126-07-01T03:00:00Z' }: Invited) {
  const membershipId = newId()
  await office.sql(`insert into membership (tenant_id, id, account_id, role_id, status) values ($1, $2, $3, $4, 'invited')`, [tenantId, membershipId, accountId, role])
  await office.sql(
    'insert into invitation (tenant_id, membership_id, token_hash, expires_at, invited_by, locale) values ($1, $2, $3, $4, $5, $6)',
    [tenantId, membershipId, invitationHash(invitationToken(office.db.masterKey, membershipId, 1)), expiresAt, byOperator ? null : alices, locale],
  )
  return membershipId
}

async function newcomer(): Promise<string> {
  const id = newId()
  await office.sql(`insert into account (id, display_name, email, status) values ($1, 'Secret Name', $2, 'pending')`, [id, `${id}@example.org`])
  return id
}

const urlOf = (membershipId: string, generation = 1) => `${issuer}${invitationPath(invitationToken(office.db.masterKey, membershipId, generation))}`
const sent = (membershipId: string, generation = 1, type: 'invitation.sent' | 'invitation.resent' = 'invitation.sent') =>
  ({ type, tenantId, subject: membershipId, actor: 'alice', origin: noOrigin, after: { generation } } as const)
const refused = (membershipId: string, reason: string) => ({ type: 'invitation.refused', outcome: 'refused', tenantId, subject: membershipId, reason, origin: noOrigin } as const)
const accepted = (membershipId: string, accountId: string) => ({ type: 'invitation.accepted', tenantId, subject: membershipId, actor: accountId, origin: noOrigin } as const)

async function answer(membershipId: string, column: 'accepted_at' | 'declined_at' | 'revoked_at', status: string): Promise<void> {
  await office.sql(`update invitation set ${column} = now() where membership_id = $1`, [membershipId])
  await office.sql('update membership set status = $2 where id = $1', [membershipId, status])
}

describe('the mail of an invitation', () => {
  it.each([['en', '[Tegata] Invitation to 医療法人さくら会', '1 July 2126'], ['ja', '【Tegata】医療法人さくら会 への招待', '2126年7月1日']] as const)('brings the link, in the language of the invitation (%s)', async (locale, subject, day) => {
    const membershipId = await invite({ accountId: 'hanako', locale })
    const mail = await office.mailOf(sent(membershipId))
    expect(mail).toMatchObject({ to: 'hanako@example.com', subject })
    expect(addressesIn(mail)).toEqual(new Set([urlOf(membershipId)]))
    for (const half of [mail.text, mail.html]) for (const part of ['Alice', '山田 花子', 'STAFF', '医療法人さくら会', day]) expect(half).toContain(part)
  })

  it('names its reader nowhere when nobody has proved the address', async () => {
    const accountId = await newcomer()
    const mail = await office.mailOf(sent(await invite({ accountId })))
    expect(mail.to).toBe(`${accountId}@example.org`)
    expect(mail.text + mail.html).not.toContain('Secret Name')
  })

  it('names nobody as inviting where an operator did', async () => {
    const mail = await office.mailOf(sent(await invite({ accountId: 'hanako', byOperator: true })))
    expect(mail.text).toContain('An administrator invites you')
    expect(mail.text + mail.html).not.toContain('Alice')
  })

  it('that was sent again brings the new link, and the one before leaves no more', async () => {
    const membershipId = await invite({ accountId: 'hanako' })
    await office.sql('update invitation set generation = 2 where membership_id = $1', [membershipId])
    await office.expectNoMail(sent(membershipId))
    expect(addressesIn(await office.mailOf(sent(membershipId, 2, 'invitation.resent')))).toEqual(new Set([urlOf(membershipId, 2)]))
  })

  it.each([['accepted_at', 'active'], ['declined_at', 'ended'], ['revoked_at', 'ended']] as const)('does not leave once it is over (%s)', async (column, status) => {
    const membershipId = await invite({ accountId: 'hanako' })
    await answer(membershipId, column, status)
    await office.expectNoMail(sent(membershipId))
  })

  it('does not leave when it has expired, for a suspended tenant, or to staff without an address', async () => {
    await office.expectNoMail(sent(await invite({ accountId: 'hanako', expiresAt: '2026-01-01T00:00:00Z' })))
    await office.expectNoMail(sent(await invite({ accountId: 'staff' })))
    const membershipId = await invite({ accountId: 'charlie' })
    await office.sql(`update tenant set status = 'suspended' where id = $1`, [tenantId])
    await office.expectNoMail(sent(membershipId))
  })

  it('cannot be given another header, paragraph or link by what a tenant has typed', async () => {
    await office.sql('update tenant set name = $2 where id = $1', [tenantId, 'Sakura\r\nBcc: charlie@example.net\r\n\r\n<a href="https://evil.example">Visit</a>'])
    const membershipId = await invite({ accountId: 'hanako' })
    const mail = await office.mailOf(sent(membershipId))
    expect(mail.to).toBe('hanako@example.com')
    expect(mail.subject).not.toMatch(/[\r\n]/)
    expect(mail.html).not.toContain('<a href="https://evil')
    expect(mail.html.match(/<a href="[^"]*"/g)).toEqual([`<a href="${urlOf(membershipId)}"`])
  })
})

describe('whoever invited', () => {
  it('is told that the person has joined, in their own language', async () => {
    const membershipId = await invite({ accountId: 'hanako', locale: 'ja' })
    await answer(membershipId, 'accepted_at', 'active')
    const mail = await office.mailOf(accepted(membershipId, 'hanako'))
    expect(mail).toMatchObject({ to: 'alice@example.com', subject: '[Tegata] Your invitation was accepted' })
    for (const part of ['山田 花子', 'hanako@example.com', 'STAFF']) expect(mail.text).toContain(part)
    expect(addressesIn(mail).size).toBe(0)
  })

  it('is told that a new invitation is asked for, once a day, and never with a link', async () => {
    const membershipId = await invite({ accountId: 'hanako', expiresAt: '2026-01-01T00:00:00Z' })
    const asked = refused(membershipId, 'expired_asked_again')
    const mail = await office.mailOf({ ...asked, at: '2026-06-01T10:00:00.000Z' })
    expect(mail).toMatchObject({ to: 'alice@example.com', subject: '[Tegata] Somebody asks for a new invitation' })
    expect(addressesIn(mail).size).toBe(0)
    await office.expectNoMail({ ...asked, at: '2026-06-01T20:00:00.000Z' })
    await office.mailOf({ ...asked, at: '2026-06-03T10:00:00.000Z' })
  })

  it('hears nothing of other refusals, or when a new link has left meanwhile', async () => {
    const membershipId = await invite({ accountId: 'hanako' })
    await office.expectNoMail(refused(membershipId, 'seat_limit_reached'))
    await office.expectNoMail(refused(membershipId, 'expired_asked_again'))
  })

  it('hears nothing any more when they have left the tenant or an operator invited', async () => {
    const byOperator = await invite({ accountId: 'charlie', byOperator: true })
    await answer(byOperator, 'accepted_at', 'active')
    await office.expectNoMail(accepted(byOperator, 'charlie'))
    const membershipId = await invite({ accountId: 'hanako' })
    await answer(membershipId, 'accepted_at', 'active')
    await office.sql(`update membership set status = 'ended' where id = $1`, [alices])
    await office.expectNoMail(accepted(membershipId, 'hanako'))
  })

  it('of one tenant is never written to for another’s', async () => {
    const membershipId = await invite({ accountId: 'hanako' })
    await answer(membershipId, 'accepted_at', 'active')
    await office.expectNoMail({ ...accepted(membershipId, 'hanako'), tenantId: newId() })
  })
})
