/**
 * Keeps the two catalogues in step, and the small pure tools of the views honest.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { dateTime } from '../../views/dates.ts'
import { accountLockedMail } from '../../views/mails/account-locked.tsx'
import { t } from '../../views/messages.ts'
import { en } from '../../views/messages/en.ts'
import { ja } from '../../views/messages/ja.ts'
import { colourOf, initialOf } from '../../views/parts/chip.tsx'
import { waitText } from '../../views/parts/notices.tsx'
import { pathOrSafeUrl, safeUrl } from '../../views/safe-url.ts'

type Ast = ReturnType<IntlMessageFormat['getAst']>

const textKinds: ReadonlySet<number> = new Set([0, 7])

// Kinds 0 and 7 are plain text and `#`; every other element of the parser has the placeholder's name as its value.
function placeholders(ast: Ast): string[] {
  return ast.flatMap((part) => {
    if (textKinds.has(part.type)) return []
    const inner = 'options' in part ? Object.values(part.options).flatMap((option) => placeholders(option.value)) : []
    return ['value' in part ? part.value : '', ...inner]
  })
}

function namesIn(text: string, locale: string): string[] {
  return [...new Set(placeholders(new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst()))].sort()
}

describe('the catalogues', () => {
  it('have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(ja))
  })

  it('agree on the placeholders of every message', () => {
    const english = new Map(Object.entries(en))
    for (const [key, text] of Object.entries(ja)) expect(namesIn(english.get(key) ?? '', 'en'), key).toEqual(namesIn(text, 'ja'))
  })

  it('leave no message empty and mix no Japanese into the English', () => {
    for (const text of [...Object.values(ja), ...Object.values(en)]) expect(text.trim()).not.toBe('')
    for (const text of Object.values(en)) expect(text).not.toMatch(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u)
  })

  it('count in the way of each language', () => {
    expect(t('en')('wait.minutes', { minutes: 1 })).toContain('1 minute.')
    expect(t('en')('wait.minutes', { minutes: 15 })).toContain('15 minutes.')
    expect(waitText(t('ja'), 850)).toBe('約15分後にもう一度お試しください。')
    expect(waitText(t('ja'), 0)).toBe('約1秒後にもう一度お試しください。')
    expect(waitText(t('ja'), undefined)).toBeUndefined()
  })
})

describe('safeUrl', () => {
  it.each([
    ['https://app.example/', 'https://app.example/'],
    ['http://localhost:3001/a?b', 'http://localhost:3001/a?b'],
    ['JAVASCRIPT:alert(1)', undefined],
    [' java\nscript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['blob:https://app.example/1', undefined],
    ['//app.example/', undefined],
    ['/path', undefined],
    ['https://bank.example@evil.example/', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('turns %j into %j', (url, result) => {
    expect(safeUrl(url)).toBe(result)
  })

  it('lets our own paths through where they are meant, and nothing that only looks like one', () => {
    expect(pathOrSafeUrl('/interaction/x')).toBe('/interaction/x')
    expect(pathOrSafeUrl('//evil.example')).toBeUndefined()
    expect(pathOrSafeUrl('/\\evil.example')).toBeUndefined()
    expect(pathOrSafeUrl('/\t/evil.example')).toBeUndefined()
    expect(pathOrSafeUrl('/.//evil.example')).toBeUndefined()
    expect(pathOrSafeUrl('javascript:alert(1)')).toBeUndefined()
  })
})

describe('small tools', () => {
  it('take the first character after the legal form, whole', () => {
    expect(['医療法人さくら会', '社会福祉法人 ひまわり', 'karte', '👩‍⚕️クリニック', '医療法人', ' '].map(initialOf)).toEqual(['さ', 'ひ', 'K', '👩‍⚕️', '医', '・'])
  })

  it('give the same name the same colour', () => {
    expect(colourOf('Karte')).toBe(colourOf('Karte'))
  })

  it('name the zone of a moment, and hand back what is none', () => {
    expect(dateTime('en', '2026-11-21T00:30:00Z')).toContain('09:30')
    expect(dateTime('ja', '2026-11-21T00:30:00Z', 'UTC')).toMatch(/2026年11月21日.*0:30.*UTC/u)
    expect(dateTime('ja', 'soon')).toBe('soon')
  })
})

describe('the mail about a locked account', () => {
  const props = { locale: 'ja', displayName: '<b>花子</b>', address: 'hanako@example.com', until: '2026-11-21T00:30:00Z', clientAddress: '192.0.2.7', signInUrl: 'https://id.example.com/' } as const

  it('says the same in text and HTML, escapes names, and loads nothing', () => {
    const mail = accountLockedMail(props)
    for (const part of ['hanako@example.com', '192.0.2.7', 'https://id.example.com/']) {
      expect(mail.text).toContain(part)
      expect(mail.html).toContain(part)
    }
    expect(mail.html).toContain('&lt;b>花子')
    expect(mail.html).not.toMatch(/<img|<link|url\(|<script/u)
  })

  it('keeps its subject on one line', () => {
    expect(accountLockedMail({ ...props, productName: 'Karte\r\nBcc: x@example.com' }).subject).not.toMatch(/[\r\n]/u)
  })
})
