/** What a new password must be: long enough and not what a guesser tries first; nothing else, and never slow. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPasswordRules, minimumLength } from '../../src/accounts/password-rules.ts'

const rules = createPasswordRules()
const judge = (password: string, more: { about?: readonly string[]; hasSecondFactor?: boolean } = {}) => rules.judge({ password, about: [], hasSecondFactor: false, ...more })

describe('the length of a password', () => {
  it('is 15 characters alone and 8 beside a second factor (NIST SP 800-63B-4 §3.1.1.2)', async () => {
    expect([minimumLength(false), minimumLength(true)]).toEqual([15, 8])
    expect(await judge('vW7#kq-Zr3mTx9')).toBe('password_too_short')
    expect(await judge('vW7#kq-Zr3mTx9p')).toBeNull()
    expect(await judge('vW7#kq-', { hasSecondFactor: true })).toBe('password_too_short')
    expect(await judge('vW7#kq-Z', { hasSecondFactor: true })).toBeNull()
    expect(await judge('password', { hasSecondFactor: true })).toBe('password_too_common')
  })

  it('counts characters as people see them typed, after the folding that the hash does', async () => {
    expect(await judge('🐱🍣🗻🌸🎌🏥💊🩺🚑🧬🦷🧠👂👁')).toBe('password_too_short')
    expect(await judge('🐱🍣🗻🌸🎌🏥💊🩺🚑🧬🦷🧠👂👁🐶')).toBeNull()
    expect(await judge('ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞ')).toBe('password_too_short')
  })

  it('ends at 256 characters, and nothing before is cut off', async () => {
    const long = 'Kono byouin no niwa ni wa sakura ga 3 bon aru. '.repeat(6).slice(0, 256)
    expect(await judge(long)).toBeNull()
    expect(await judge(`${long}x`)).toBe('password_too_long')
    expect(await judge('㍿'.repeat(65))).toBe('password_too_long')
    expect(await judge('x'.repeat(100_000))).toBe('password_too_long')
  })
})

describe('a password that people would try', () => {
  it.each([
    '123456789012345', 'aaaaaaaaaaaaaaa', 'qwertyuiopasdfgh', 'passwordpassword', 'password1234567', 'P@$$w0rdP@$$w0rd', 'iloveyouiloveyou', '1qaz2wsx3edc4rfv',
    'sakurasakurasakura', 'さくらさくらさくらさくらさくら', 'ＰａｓｓｗｏｒｄＰａｓｓｗｏｒｄ', 'a-b-c-d-e-f-g-h', '1234-5678-9012-3456', 'abc def ghi jkl',
    '               ', 'tegata-demo-2026', 'Tegata Tegata 2026', 'hospital-password-1',
  ])('is refused: %s', async (password) => {
    expect(await judge(password)).toBe('password_too_common')
  })

  it.each([
    ['yamada-taro-2026', ['山田', '太郎', 'yamada', 'taro']],
    ['yamada.hanako@example.com', ['yamada.hanako@example.com']],
    ['Sakura-Hospital-2026', ['Sakura Hospital']],
    ['医療法人さくら会医療法人さくら会', ['医療法人さくら会']],
    ['山田太郎 山田太郎 山田太郎 2026', ['山田', '太郎']],
  ])('is refused to whoever it is about: %s', async (password, about) => {
    expect(await judge(password, { about })).toBe('password_too_common')
  })
})

describe('any other password', () => {
  it.each([
    'correct horse battery', 'kochi no umi wa aoi desu', 'むかしむかしあるところにおじいさん', 'sakura no hana ga saku', 'watashi no neko wa 3 biki', 'x7Kq93mzPwL2vRt', '%(;!="&?\'$<)#:*>^+',
    'ここはとても しずかな ばしょです',
  ])('is good without capitals, digits or signs: %s', async (password) => {
    expect(await judge(password)).toBeNull()
  })

  it('may hold a name of the person, if enough is left without it', async () => {
    expect(await judge('hanako no neko wa kawaii 3 biki', { about: ['花子', 'hanako', 'hanako@example.com'] })).toBeNull()
  })

  it('is not disturbed by odd words about the person', async () => {
    const about = ['', ' ', '.*', '(', '[a-z]', '\\', 'a', '山', 'x'.repeat(100_000), ...Array.from({ length: 500 }, (_, i) => `word${i}`)]
    expect(await judge('kochi no umi wa aoi desu', { about })).toBeNull()
  })
})

describe('judging', () => {
  it('gives an answer for any text', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.string({ unit: 'binary' })), async (password, about) => {
      expect([null, 'password_too_short', 'password_too_long', 'password_too_common']).toContain(await judge(password, { about }))
    }), { numRuns: 100 })
  })

  it('holds nobody up, whatever is typed', async () => {
    await judge('loads the word lists first')
    const worst = ['4@8({[369!1|0$5+7%2'.repeat(13), '4'.repeat(256), '12345678901234567890'.repeat(12), 'p@$$w0rd1985'.repeat(21)]
    const before = performance.now()
    for (const password of worst) await judge(password)
    // Four of them, two readings each: a tenth of a second or two on a quiet machine.
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
