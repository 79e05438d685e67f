/** Which event becomes which mail, to whom and with which link: over the real relay, the real job runner and real SMTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkCode, linkPath, linkToken, type LinkPurpose } from '../../src/accounts/links.ts'
import type { EventType } from '../../src/events/catalogue.ts'
import { mailedTypes } from '../../src/delivery/mail-jobs.ts'
import { addressesIn, issuer, openPostOffice, type PostOffice } from './post-office.ts'

let office: PostOffice
beforeAll(async () => { office = await openPostOffice() })
afterAll(() => office.close())

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0'
const origin = { ip: '192.0.2.7', userAgent: firefox, requestId: null }
const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString()
const urlOf = (purpose: LinkPurpose, linkId: string) => `${issuer}${linkPath(purpose, linkToken(office.db.masterKey, linkId))}`
const codeOf = (linkId: string) => linkCode(office.db.masterKey, linkId)

interface NoticeCase {
  readonly type: EventType
  readonly after?: Readonly<Record<string, unknown>>
  readonly outcome?: 'success' | 'refused' | 'failure'
  readonly page: '/recover' | '/account/factors' | '/'
  readonly en: string
  readonly ja: string
}

const notices: readonly NoticeCase[] = [
  { type: 'password.changed', after: { how: 'reset' }, page: '/recover', en: 'Your password was changed', ja: 'パスワードが変更されました' },
  { type: 'password.changed', after: { how: 'activation' }, page: '/recover', en: 'Your password was changed', ja: 'パスワードが変更されました' },
  { type: 'password.changed', after: { how: 'self' }, page: '/recover', en: 'Your password was changed', ja: 'パスワードが変更されました' },
  { type: 'password.changed', after: { how: 'expired' }, page: '/recover', en: 'Your password was changed', ja: 'パスワードが変更されました' },
  { type: 'password.changed', after: { how: 'operator' }, page: '/recover', en: 'Your password was changed', ja: 'パスワードが変更されました' },
  { type: 'address.change_undone', page: '/recover', en: 'Your email address was restored', ja: 'メールアドレスを元に戻しました' },
  { type: 'totp.enrolled', page: '/recover', en: 'An authenticator app was added', ja: '認証アプリが設定されました' },
  { type: 'totp.removed', page: '/recover', en: 'An authenticator app was removed', ja: '認証アプリが解除されました' },
  { type: 'passkey.registered', after: { passkey_id: 'x' }, page: '/recover', en: 'A passkey was added', ja: 'パスキーが登録されました' },
  { type: 'passkey.removed', after: { passkey_id: 'x' }, page: '/recover', en: 'A passkey was removed', ja: 'パスキーが削除されました' },
  { type: 'recovery_codes.generated', page: '/recover', en: 'You have new recovery codes', ja: 'リカバリーコードが新しくなりました' },
  { type: 'recovery_code.used', after: { left: 1 }, page: '/recover', en: 'A recovery code was used', ja: 'リカバリーコードが使われました' },
  { type: 'recovery_code.used', after: { left: 0 }, page: '/recover', en: 'A recovery code was used', ja: 'リカバリーコードが使われました' },
  { type: 'factors.reset', page: '/account/factors', en: 'Your two-factor authentication was reset', ja: '二要素認証がリセットされました' },
  { type: 'passkey.clone_suspected', outcome: 'refused', after: { passkey_id: 'x' }, page: '/account/factors', en: 'Somebody may have a copy of your passkey', ja: 'パスキーの複製が使われた疑いがあります' },
  { type: 'second_factor.locked', outcome: 'refused', after: { until: '2026-11-21T03:00:00.000Z' }, page: '/recover', en: 'Somebody may know your password', ja: 'パスワードが知られているおそれがあります' },
  { type: 'device.recognised', page: '/recover', en: 'Sign-in from a new browser', ja: '新しいブラウザーでのサインイン' },
  { type: 'account.deletion_cancelled', page: '/', en: 'Your account stays', ja: 'アカウントの削除を取り消しました' },
]

describe('a notice', () => {
  it.each(notices)('of $type ($after) goes to the account’s address in its reader’s language, with a link to the issuer alone', async ({ type, after = null, outcome = 'success', page, en, ja }) => {
    const english = await office.mailOf({ type, outcome, subject: 'alice', actor: 'alice', after, origin })
    expect(english).toMatchObject({ to: 'alice@example.com', subject: `[Tegata] ${en}` })
    const japanese = await office.mailOf({ type, outcome, subject: 'hanako', actor: null, after, origin })
    expect(japanese).toMatchObject({ to: 'hanako@example.com', subject: `【Tegata】${ja}` })
    for (const mail of [english, japanese]) {
      expect(addressesIn(mail)).toEqual(new Set([`${issuer}${page}`]))
      for (const half of [mail.text, mail.html]) {
        expect(half).toContain('192.0.2.7')
        expect(half).toContain('Firefox')
        expect(half).toContain('Windows')
      }
    }
    expect(english.text).toContain('Dear Alice,')
    expect(japanese.text).toContain('山田 花子 さま')
  })

  it('tells the time in the person’s zone', async () => {
    const locked = { type: 'second_factor.locked', outcome: 'refused', after: { until: '2026-07-01T03:00:00.000Z' }, origin } as const
    expect((await office.mailOf({ ...locked, subject: 'alice' })).text).toContain('1 July 2026 at 04:00 BST')
    expect((await office.mailOf({ ...locked, subject: 'hanako' })).text).toContain('2026年7月1日 12:00 JST')
  })

  it('leaves in spite of a zone that no library knows and a language that nobody named', async () => {
    await office.sql(`insert into account (id, display_name, email, zoneinfo) values ('mars', 'Mars', 'mars@example.com', 'Mars/Olympus')`)
    expect((await office.mailOf({ type: 'totp.removed', subject: 'mars', origin })).subject).toContain('認証アプリ')
  })

  it('keeps an administrator’s whereabouts from the person', async () => {
    const mail = await office.mailOf({ type: 'factors.reset', subject: 'alice', actor: 'charlie', origin, reason: 'lost her phone' })
    expect(mail.text).toContain('Done by: an administrator')
    expect(mail.text + mail.html).not.toMatch(/192\.0\.2\.7|Firefox|charlie|lost her phone/iu)
  })

  it('never says what a stranger’s browser calls itself', async () => {
    const userAgent = 'Call +81-120-000-000 at once/1.0 (evil.example) '
    const mail = await office.mailOf({ type: 'device.recognised', subject: 'alice', origin: { ...origin, userAgent } })
    expect(mail.text).toContain('Browser: unknown')
    expect(mail.text + mail.html).not.toMatch(/evil\.example|0120|\+81/)
  })

  it('cannot be given another header, paragraph or reader by a name', async () => {
    await office.sql(`insert into account (id, display_name, email, locale) values ('mallory', $1, 'mallory@example.com', 'en')`, ['Mallory\r\nBcc: charlie@example.net\r\n\r\n<b>Visit</b>\u2028us'])
    const mail = await office.mailOf({ type: 'totp.removed', subject: 'mallory', origin })
    expect(mail.to).toBe('mallory@example.com')
    expect(mail.text.split('\n')[0]).toBe('Dear Mallory Bcc: charlie@example.net <b>Visit</b> us,')
    expect(mail.html).toContain('&lt;b>Visit&lt;/b>')
  })

  it.each<[string, Parameters<PostOffice['tell']>[0]]>([
    ['for staff without an address', { type: 'totp.enrolled', subject: 'staff' }],
    ['for nobody', { type: 'totp.enrolled', subject: 'nobody at all' }],
    ['where nothing came of it', { type: 'totp.enrolled', outcome: 'refused', subject: 'alice' }],
    ['for the password of a registration', { type: 'password.changed', subject: 'alice', after: { how: 'registration' } }],
    ['for a recovery of nobody', { type: 'recovery.requested', subject: null, after: { link_id: null } }],
    ['for a recovery without an address', { type: 'recovery.requested', subject: 'staff', after: { link_id: null } }],
    ['for an address that follows none', { type: 'address.changed', subject: 'alice', after: {} }],
  ])('is not sent %s', async (_why, event) => {
    await office.expectNoMail(event)
  })

  it('is in this file for every type that has one; those of invitations, imports and tenants have theirs', () => {
    const withLinks: readonly EventType[] = ['account.locked', 'registration.requested', 'recovery.requested', 'address.change_requested', 'address.changed', 'account.deletion_requested']
    expect(new Set([...notices.map(({ type }) => type), ...withLinks])).toEqual(new Set(mailedTypes.filter((type) => !/^(?:invitation|import|tenant|break_glass)\./.test(type))))
  })
})

describe('the mail of a registration', () => {
  const ask = async (email: string, locale: 'ja' | 'en') => {
    const linkId = await office.link({ purpose: 'registration', email, locale })
    return { linkId, event: { type: 'registration.requested', subject: linkId, after: { link_id: linkId }, origin } } as const
  }

  it.each([['en', '[Tegata] Confirm your email address'], ['ja', '【Tegata】メールアドレスの確認']] as const)('brings code and link to an address that nobody has (%s)', async (locale, subject) => {
    const { linkId, event } = await ask('new@example.org', locale)
    const mail = await office.mailOf(event)
    expect(mail).toMatchObject({ to: 'new@example.org', subject })
    expect(addressesIn(mail)).toEqual(new Set([urlOf('registration', linkId)]))
    for (const half of [mail.text, mail.html]) expect(half).toContain(codeOf(linkId))
  })

  it.each([['en', '[Tegata] You already have an account'], ['ja', '【Tegata】アカウントはすでにあります']] as const)('tells the owner of an account so, and opens nothing (%s)', async (locale, subject) => {
    const { linkId, event } = await ask('alice@example.com', locale)
    const mail = await office.mailOf(event)
    expect(mail).toMatchObject({ to: 'alice@example.com', subject })
    expect(addressesIn(mail)).toEqual(new Set([`${issuer}/recover`, `${issuer}/`]))
    expect(mail.text + mail.html).not.toContain(codeOf(linkId))
  })

  it('lets an invited person take their account over', async () => {
    await office.sql(`insert into account (id, display_name, email, status) values ('invited', 'Secret Name', 'invited@example.org', 'pending')`)
    const { linkId, event } = await ask('invited@example.org', 'en')
    const mail = await office.mailOf(event)
    expect(addressesIn(mail)).toEqual(new Set([urlOf('registration', linkId)]))
    expect(mail.text).not.toContain('Secret Name')
  })

  it('leaves the code out when its ten minutes are over', async () => {
    const { linkId, event } = await ask('late@example.org', 'en')
    await office.sql(`update account_link set created_at = created_at - interval '11 minutes', expires_at = expires_at - interval '11 minutes' where id = $1`, [linkId])
    const mail = await office.mailOf(event)
    expect(mail.text).toContain(urlOf('registration', linkId))
    expect(mail.text + mail.html).not.toContain(codeOf(linkId))
  })
})

describe('the mail of a recovery', () => {
  const ask = async (accountId: string, email: string) => {
    const linkId = await office.link({ purpose: 'password_reset', accountId, email, locale: 'ja' })
    return { linkId, event: { type: 'recovery.requested', subject: accountId, after: { link_id: linkId }, origin } } as const
  }

  it.each([['alice', 'alice@example.com', '[Tegata] Set a new password'], ['hanako', 'hanako@example.com', '【Tegata】パスワードの再設定']])('brings %s the link in their own language', async (accountId, to, subject) => {
    const { linkId, event } = await ask(accountId, to)
    const mail = await office.mailOf(event)
    expect(mail).toMatchObject({ to, subject })
    expect(addressesIn(mail)).toEqual(new Set([urlOf('password_reset', linkId)]))
  })

  it('does not go to an address that the account has no longer', async () => {
    await office.expectNoMail((await ask('alice', 'former@example.com')).event)
  })

  it.each(['used_at = now()', `expires_at = now() - interval '1 second'`, `purpose = 'activation'`])('does not leave with a link that counts no more (%s)', async (change) => {
    const { linkId, event } = await ask('alice', 'alice@example.com')
    await office.sql(`update account_link set ${change} where id = $1`, [linkId])
    await office.expectNoMail(event)
  })

  it('does not leave when the link is gone', async () => {
    const { linkId, event } = await ask('alice', 'alice@example.com')
    await office.sql('delete from account_link where id = $1', [linkId])
    await office.expectNoMail(event)
  })
})

describe('the mails of an address change', () => {
  const ask = async (email: string, locale: 'ja' | 'en') => {
    const linkId = await office.link({ purpose: 'address_change', accountId: 'alice', email, locale })
    return { linkId, event: { type: 'address.change_requested', subject: 'alice', actor: 'alice', after: { link_id: linkId }, origin } } as const
  }

  it.each([['en', '[Tegata] Confirm your new email address'], ['ja', '【Tegata】新しいメールアドレスの確認']] as const)('ask the new address, without a name (%s)', async (locale, subject) => {
    const { linkId, event } = await ask('alice@new.example.com', locale)
    const mail = await office.mailOf(event)
    expect(mail).toMatchObject({ to: 'alice@new.example.com', subject })
    expect(addressesIn(mail)).toEqual(new Set([urlOf('address_change', linkId)]))
    for (const half of [mail.text, mail.html]) expect(half).toContain(codeOf(linkId))
    expect(mail.text).not.toMatch(/Alice|192\.0\.2\.7/)
  })

  it.each([['charlie@example.net', '[Tegata] Somebody asked to use your email address'], ['hanako@example.com', '【Tegata】メールアドレスの変更の申し込みについて']])('tell the owner of an address that is taken, %s, and open nothing', async (email, subject) => {
    const { linkId, event } = await ask(email, 'en')
    const mail = await office.mailOf(event)
    expect(mail).toMatchObject({ to: email, subject })
    expect(addressesIn(mail).size).toBe(0)
    expect(mail.text + mail.html).not.toMatch(new RegExp(`Alice|192\\.0\\.2\\.7|${codeOf(linkId)}`))
  })

  it.each([['alice', '[Tegata] Your email address was changed'], ['hanako', '【Tegata】メールアドレスが変更されました']])('bring the former address of %s the way back', async (accountId, subject) => {
    const linkId = await office.link({ purpose: 'address_undo', accountId, email: 'former@example.com' })
    const mail = await office.mailOf({ type: 'address.changed', subject: accountId, actor: accountId, after: { link_id: linkId }, origin })
    expect(mail).toMatchObject({ to: 'former@example.com', subject })
    expect(addressesIn(mail)).toEqual(new Set([urlOf('address_undo', linkId)]))
    expect(mail.text).not.toContain(`${accountId}@example.com`)
  })
})

describe('the mail of a deletion', () => {
  it.each([['alice', '[Tegata] Your account will be deleted', '4 July 2026'], ['hanako', '【Tegata】アカウントの削除を受け付けました', '2026年7月4日']])('tells %s when, and brings the link that keeps the account', async (accountId, subject, day) => {
    const linkId = await office.link({ purpose: 'deletion', accountId, email: `${accountId}@example.com` })
    const mail = await office.mailOf({ type: 'account.deletion_requested', subject: accountId, actor: accountId, after: { link_id: linkId, delete_after: '2026-07-04T03:00:00.000Z' }, origin })
    expect(mail).toMatchObject({ to: `${accountId}@example.com`, subject })
    expect(mail.text).toContain(day)
    expect(addressesIn(mail)).toEqual(new Set([urlOf('deletion', linkId)]))
  })

  it('does not leave when they have changed their mind', async () => {
    const linkId = await office.link({ purpose: 'deletion', accountId: 'alice', email: 'alice@example.com' })
    await office.sql('update account_link set used_at = now() where id = $1', [linkId])
    await office.expectNoMail({ type: 'account.deletion_requested', subject: 'alice', after: { link_id: linkId, delete_after: inTenMinutes() } })
  })
})

describe('the mail of a locked account', () => {
  let people = 0
  /** Somebody who was never locked before. */
  const newcomer = async (locale: 'ja' | 'en' = 'en', status = 'active'): Promise<string> => {
    const id = `locked-${++people}`
    await office.sql('insert into account (id, display_name, email, locale, status) values ($1, $1, $2, $3, $4)', [id, `${id}@example.com`, locale, status])
    return id
  }
  const locked = (subject: string, until = inTenMinutes()) => ({ type: 'account.locked', outcome: 'refused', subject, origin, after: { until, ip: '192.0.2.7', scope: 'account' } } as const)
  const unlockLink = async (accountId: string): Promise<string> =>
    (await office.db.databases.engine.selectFrom('account_link').select('id').where('account_id', '=', accountId).where('purpose', '=', 'unlock').executeTakeFirstOrThrow()).id

  it.each([['en', '[Tegata] Signing in is paused for your account'], ['ja', '【Tegata】サインインを一時的に停止しました']] as const)('brings the link that ends the pause (%s)', async (locale, subject) => {
    const id = await newcomer(locale)
    const mail = await office.mailOf(locked(id))
    expect(mail).toMatchObject({ to: `${id}@example.com`, subject })
    expect(mail.text).toContain('192.0.2.7')
    expect(addressesIn(mail)).toEqual(new Set([urlOf('unlock', await unlockLink(id))]))
  })

  it('is sent once in an hour, however often the account is locked', async () => {
    const [id, another] = [await newcomer(), await newcomer()]
    await office.mailOf({ ...locked(id), at: '2026-06-01T10:00:00.000Z' })
    await office.expectNoMail({ ...locked(id), at: '2026-06-01T10:00:00.000Z' })
    await office.expectNoMail({ ...locked(id), at: '2026-06-01T10:59:59.999Z' })
    await office.mailOf({ ...locked(another), at: '2026-06-01T10:30:00.000Z' })
    await office.mailOf({ ...locked(id), at: '2026-06-01T11:00:00.000Z' })
  })

  it('leads to the sign-in page when the pause is over before it leaves', async () => {
    const mail = await office.mailOf(locked(await newcomer(), '2026-01-01T00:00:00.000Z'))
    expect(addressesIn(mail)).toEqual(new Set([`${issuer}/`]))
  })

  it('brings no key to an account that an operator has locked', async () => {
    const mail = await office.mailOf(locked(await newcomer('en', 'locked')))
    expect(addressesIn(mail)).toEqual(new Set([`${issuer}/`]))
  })
})
