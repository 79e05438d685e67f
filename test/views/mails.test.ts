/** Keeps the promises every mail makes: text and HTML say the same, nothing is loaded, names are text, links are those it was given. */
import { parse } from 'node-html-parser'
import { describe, expect, it } from 'vitest'
import { locales, type Locale } from '../../views/locale.ts'
import { accountLockedMail, secondFactorLockedMail } from '../../views/mails/account-locked.tsx'
import { addressChangedMail, addressConfirmMail, addressRestoredMail, addressWantedMail } from '../../views/mails/address.ts'
import { deletionCancelledMail, deletionRequestedMail } from '../../views/mails/deletion.ts'
import { factorChangedMail, factorsResetMail, passkeyCloneMail, recoveryCodeUsedMail, type FactorChange } from '../../views/mails/factors.ts'
import { breakGlassMail, tenantClosingMail, tenantStaysMail } from '../../views/mails/tenant.ts'
import { invitationAcceptedMail, invitationAskedAgainMail, invitationMail } from '../../views/mails/invitation.ts'
import type { Mail } from '../../views/mails/layout.tsx'
import { newBrowserMail } from '../../views/mails/new-browser.ts'
import { passwordChangedMail, passwordResetMail, type PasswordChange } from '../../views/mails/password.ts'
import { alreadyRegisteredMail, registrationMail } from '../../views/mails/registration.ts'

const until = '2026-11-21T00:30:00Z'
const url = 'https://id.example.com/link/TOKEN'
const page = 'https://id.example.com/page'
const code = { digits: '048213', until }
const changes: readonly FactorChange[] = ['totp_enrolled', 'totp_removed', 'passkey_registered', 'passkey_removed', 'recovery_codes_generated']
const ways: readonly PasswordChange[] = ['reset', 'activation', 'self', 'expired', 'operator']
const occasion = { at: '2026-11-20T23:10:00Z', from: { browser: 'Firefox', system: 'Windows', clientAddress: '192.0.2.7' } }
const byAdministrator = { at: '2026-11-20T23:10:00Z', from: null }

/** Every mail in every state worth looking at. */
function mailsFor(locale: Locale, displayName = '山田 花子'): Readonly<Record<string, Mail>> {
  const reader = { locale, displayName }
  const stranger = { locale, displayName: null }
  const link = { url, urlUntil: until }
  const notice = { ...reader, occasion, recoverUrl: page }
  const locked = { ...reader, address: 'hanako@example.com', until, clientAddress: '192.0.2.7', signInUrl: page }
  return {
    locked: accountLockedMail({ ...locked, unlockUrl: url }),
    locked_and_over: accountLockedMail(locked),
    second_factor_locked: secondFactorLockedMail({ ...notice, until }),
    registration: registrationMail({ ...stranger, ...link, code }),
    registration_without_code: registrationMail({ ...stranger, ...link, code: null }),
    already_registered: alreadyRegisteredMail({ ...reader, recoverUrl: page, signInUrl: 'https://id.example.com/' }),
    reset: passwordResetMail({ ...reader, ...link, occasion }),
    ...Object.fromEntries(ways.map((how) => [`password_${how}`, passwordChangedMail({ ...notice, how })])),
    address: addressConfirmMail({ ...stranger, ...link, code }),
    address_without_code: addressConfirmMail({ ...stranger, ...link, code: null }),
    address_wanted: addressWantedMail(reader),
    address_changed: addressChangedMail({ ...reader, occasion, undoUrl: url, undoUntil: until }),
    address_restored: addressRestoredMail(notice),
    ...Object.fromEntries(changes.map((change) => [change, factorChangedMail({ ...notice, change })])),
    recovery_code_used: recoveryCodeUsedMail({ ...notice, left: 3 }),
    last_recovery_code_used: recoveryCodeUsedMail({ ...notice, left: 0 }),
    factors_reset: factorsResetMail({ ...reader, occasion: byAdministrator, factorsUrl: page }),
    passkey_clone: passkeyCloneMail({ ...reader, occasion, factorsUrl: page }),
    new_browser: newBrowserMail({ ...notice, occasion: { ...occasion, from: { browser: null, system: null, clientAddress: '2001:db8::7' } } }),
    deletion: deletionRequestedMail({ ...reader, occasion, deleteAfter: until, keepUrl: url }),
    deletion_cancelled: deletionCancelledMail({ ...reader, occasion, signInUrl: page }),
    invitation: invitationMail({ ...reader, ...link, tenantName: '医療法人さくら会', roleName: 'STAFF', inviterName: displayName, units: ['看護部門', displayName] }),
    invitation_by_operator: invitationMail({ ...stranger, ...link, tenantName: '医療法人さくら会', roleName: displayName, inviterName: null, units: [] }),
    invitation_accepted: invitationAcceptedMail({ ...reader, tenantName: '医療法人さくら会', roleName: 'STAFF', invitee: { name: displayName, email: 'ken@example.com' } }),
    break_glass: breakGlassMail({ ...reader, tenantName: '医療法人さくら会', operatorName: displayName, reason: displayName, until }),
    tenant_closing: tenantClosingMail({ ...reader, tenantName: '医療法人さくら会', closesAt: until }),
    tenant_stays: tenantStaysMail({ ...reader, tenantName: '医療法人さくら会' }),
    invitation_asked_again: invitationAskedAgainMail({ ...reader, tenantName: displayName, roleName: 'STAFF', invitee: { name: displayName, email: null } }),
  }
}

const mails = locales.flatMap((locale) => Object.entries(mailsFor(locale)).map(([name, mail]) => ({ name, locale, mail })))
const withoutSpaces = (text: string) => text.replaceAll(/\s+/gu, '')
const visible = (html: string) => withoutSpaces(parse(html).querySelector('body')?.structuredText ?? '')

describe.each(mails)('$name in $locale', ({ locale, mail }) => {
  it('says the same in text and HTML, in the same order', () => {
    let rest = visible(mail.html)
    for (const line of mail.text.replace('-- \n', '').split('\n').filter((text) => text !== '')) {
      // In HTML a fact's label and value stand in cells of their own.
      for (const part of [withoutSpaces(line)].flatMap((text) => (rest.includes(text) ? [text] : text.split(/[:：](.*)/u).filter((piece) => piece !== '')))) {
        expect(rest).toContain(part)
        rest = rest.slice(rest.indexOf(part) + part.length)
      }
    }
    expect(rest).toBe('')
  })

  it('names its language and loads nothing', () => {
    expect(mail.html).toMatch(new RegExp(`^<!doctype html>\\n<html lang="${locale}">`, 'u'))
    expect(mail.html).not.toMatch(/<(?:img|link|script|iframe|object|form|input)\b|url\(|@import|\ssrc=|\son\w+=/u)
  })

  it('leads to the addresses it was given alone, each shown in full', () => {
    const hrefs = parse(mail.html).querySelectorAll('a').map((link) => link.getAttribute('href') ?? '')
    expect(hrefs.length).toBeLessThanOrEqual(1)
    for (const href of hrefs) {
      expect([url, page]).toContain(href)
      expect(mail.text.split('\n')).toContain(href)
    }
  })

  it('has one line as its subject, which begins with who writes', () => {
    expect(mail.subject).toMatch(/^(?:\[Tegata\] |【Tegata】)[^\r\n]+$/u)
    expect(mail.subject + mail.text).not.toMatch(/[{}]/u)
  })

  it('ends with what its reader may do, and says that nobody reads answers', () => {
    expect(mail.text).toContain(locale === 'ja' ? '返信はお受けできません' : 'Replies are not read')
  })
})

describe('a name', () => {
  const hostile = '<img src=x onerror=alert(1)>\r\n\r\nBcc: charlie@example.com\u2028\u202E<a href="https://evil.example">'
  const tame = mailsFor('en')

  it.each(Object.entries(mailsFor('en', hostile)))('is one line of text in %s', (name, mail) => {
    expect(mail.text.split('\n')).toHaveLength(tame[name]?.text.split('\n').length ?? 0)
    expect(mail.html).not.toMatch(/<img|<a href="https:\/\/evil/u)
    expect(mail.text + mail.html + mail.subject).not.toMatch(/[\r\u2028\u202e]/u)
    expect(mail.subject).toBe(tame[name]?.subject)
  })

  it('stands in no mail to an address that nobody has proved', () => {
    for (const name of ['registration', 'registration_without_code', 'address', 'address_without_code']) expect(tame[name]?.text).not.toContain('花子')
  })
})

describe('the mails', () => {
  it.each(locales)('have a subject of their own for each thing that happened (%s)', (locale) => {
    const families = { password: 5, registration: 2, address: 2, locked: 2, recovery_code_used: 2, invitation: 2 }
    const all = Object.values(mailsFor(locale))
    const doubles = Object.values(families).reduce((sum, size) => sum + size - 1, 0)
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(all.length - doubles)
  })

  it('keep the code as it is written', () => {
    for (const locale of locales) {
      expect(mailsFor(locale)['registration']?.text.split('\n')).toContain('048213')
      expect(mailsFor(locale)['registration_without_code']?.text).not.toContain('048213')
    }
  })

  it('drop a link that is no web address', () => {
    const mail = addressChangedMail({ locale: 'en', displayName: 'A', occasion, undoUntil: until, undoUrl: 'javascript:alert(1)' })
    expect(mail.html + mail.text).not.toContain('javascript:')
  })
})
