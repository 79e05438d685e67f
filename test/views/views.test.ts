/**
 * Keeps the promises every page makes: what it is given is escaped, its names and ids are those of the contract,
 * it asks nothing of the strict CSP, and it has one heading. Walks the whole gallery in both languages.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import type { PageContract } from '../../views/form-contract.ts'
import { formContract } from '../../views/form-contract.ts'
import { locales } from '../../views/locale.ts'
import { ConsentPage } from '../../views/pages/consent.tsx'
import { DevMailPage } from '../../views/pages/dev-mail.tsx'
import { ErrorPage, errorCodes } from '../../views/pages/error.tsx'
import { EnrolTotpPage } from '../../views/pages/enrol-totp.tsx'
import { DonePage } from '../../views/pages/link-page.tsx'
import { RecoveryCodesPage, recoveryCodesFile } from '../../views/pages/recovery-codes.tsx'
import { RegisterDetailsPage } from '../../views/pages/register.tsx'
import { SecondFactorPage } from '../../views/pages/second-factor.tsx'
import { SelectTenantPage } from '../../views/pages/select-tenant.tsx'
import { SignInPage } from '../../views/pages/sign-in.tsx'
import { renderPage } from '../../views/render.ts'
import { frameOf, gallery, karte, memberships, passkey, person } from './gallery.ts'

const pages = locales.flatMap((locale) => gallery(locale).map((picture) => ({ ...picture, locale, html: renderPage(picture.node) })))
const form = { action: '/interaction/x', csrfToken: 'token' }

interface Tag {
  element: string
  attributes: ReadonlyMap<string, string>
}

function tagsOf(html: string, ...elements: string[]): Tag[] {
  const tags = html.matchAll(new RegExp(`<(${elements.join('|')})((?:\\s+[\\w-]+(?:="[^"]*")?)*)\\s*/?>`, 'gu'))
  return [...tags].map(([, element = '', inside = '']) => ({
    element,
    attributes: new Map([...inside.matchAll(/([\w-]+)(?:="([^"]*)")?/gu)].map(([, name = '', value = '']) => [name, value])),
  }))
}

function contractOf(page: keyof typeof formContract): PageContract {
  return formContract[page]
}

function fits(pattern: string, text: string | undefined): boolean {
  return text !== undefined && new RegExp(`^${pattern.replace(/\{\w+\}/gu, '.+')}$`, 'u').test(text)
}

/** The contract's key for a rendered tag, or undefined for one the contract does not know. */
function keyOf(page: keyof typeof formContract, { element, attributes }: Tag): string | undefined {
  const found = Object.entries(contractOf(page).elements).find(([, entry]) => {
    if (entry.element !== element || !fits(entry.id, attributes.get('id'))) return false
    if (entry.element === 'a') return true
    if (entry.name !== attributes.get('name')) return false
    if (entry.element === 'button') return fits(entry.value, attributes.get('value'))
    if (entry.element === 'select') return true
    return entry.type === attributes.get('type') && entry.autocomplete === attributes.get('autocomplete') && entry.inputmode === attributes.get('inputmode')
  })
  return found?.[0]
}

describe.each(pages)('$name in $locale', ({ page, html, locale }) => {
  it('gives every input and button an id and a name that the contract lists', () => {
    expect(tagsOf(html, 'input', 'button')).toHaveLength(html.match(/<(?:input|button)\b/gu)?.length ?? 0)
    for (const tag of tagsOf(html, 'input', 'button', 'select', 'textarea')) expect(keyOf(page, tag), JSON.stringify([...tag.attributes])).toBeDefined()
  })

  it('uses no id twice', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/gu)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('asks for no exception to the content security policy', () => {
    expect(html.replace(/<script src="\/assets\/[\w.-]+\.js" defer><\/script>/gu, '')).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/iu)
  })

  it('names its language, has one heading, and shows the whole request id', () => {
    expect(html).toMatch(new RegExp(`^<!doctype html>\\n<html lang="${locale}">`, 'u'))
    expect(html.match(/<h1[\s>]/gu)).toHaveLength(1)
    expect(html).toContain('<code id="request_id">019a3f6e-7c1d-7b52-9f0a-5d1c0e9b7a42</code>')
  })

  it('carries a token in every form, and binds every visible field to a label', () => {
    const forms = html.split('<form').slice(1)
    for (const text of forms) expect(text).toMatch(/name="(csrf_token|xsrf)"/u)
    for (const { attributes } of tagsOf(html, 'input')) {
      if (attributes.get('type') !== 'hidden') expect(html).toContain(`<label for="${attributes.get('id')}">`)
    }
  })

  it('points aria-describedby and the error summary at what is there', () => {
    const targets = [...html.matchAll(/(?:aria-describedby="|href="#)([^"]+)"/gu)].flatMap(([, names = '']) => names.split(' '))
    for (const target of targets) expect(html).toContain(` id="${target}"`)
  })

  it('gives the focus to one element at most', () => {
    expect(html.match(/\sautofocus/gu)?.length ?? 0).toBeLessThanOrEqual(1)
  })
})

describe('the source of the views', () => {
  it('has no raw HTML, no style prop, no import from src', () => {
    const folder = join(import.meta.dirname, '../../views')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/u.test(file))
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/dangerouslySetInnerHTML|\sstyle=|from '[./]*\/src\//u)
  })
})

describe('the form contract', () => {
  it('lists nothing that no page of the gallery shows', () => {
    const shown = new Set(pages.flatMap(({ page, html }) => tagsOf(html, 'input', 'select', 'button', 'a').map((tag) => `${page}.${keyOf(page, tag) ?? ''}`)))
    const listed = Object.entries(formContract).flatMap(([page, { elements }]) => Object.keys(elements).map((key) => `${page}.${key}`))
    expect(listed.filter((entry) => !shown.has(entry))).toEqual([])
  })

  it('makes Enter press the main button: it is the first one of the sign-in form', () => {
    for (const { html } of pages.filter(({ page }) => page === 'sign_in')) {
      expect(tagsOf(html, 'button')[0]?.attributes.get('id')).toBe('sign_in')
    }
  })
})

describe('what people and apps have named', () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='1'>`
  const frame = { ...frameOf('ja'), requestId: hostile, helpUrl: 'javascript:alert(1)' }
  const app = { name: hostile, logoUrl: 'javascript:alert(1)', policyUrl: 'data:text/html,x', termsUrl: 'https://a@b.example/', homeUrl: 'javascript:alert(1)', firstParty: false }
  const hostilePerson = { displayName: hostile, identifier: hostile }
  const choice = { membershipId: hostile, tenantName: hostile, subdomain: 'x', roleName: hostile, unitName: hostile, initial: '<', colour: 'ai' } as const
  const nodes = [
    h(SignInPage, { frame, form: { action: hostile, csrfToken: hostile }, app, tenant: { name: hostile }, identifier: hostile, fixedPerson: hostilePerson, canCancel: true }),
    h(SelectTenantPage, { frame, form, app, person: hostilePerson, invitations: [], tenants: [choice] }),
    h(ConsentPage, {
      frame,
      form,
      app,
      person: hostilePerson,
      tenant: { name: hostile },
      redirectHost: hostile,
      scopes: [{ name: hostile, known: false }],
      resources: [{ name: hostile, scopes: [hostile] }],
    }),
    h(ErrorPage, { frame, code: hostile, description: hostile, retryUrl: '//evil.example/', app }),
    h(SignInPage, { frame, form, identifier: '', recoverUrl: 'javascript:alert(1)', registerUrl: '//evil.example/', passkey: { options: hostile, challenge: hostile }, canCancel: false }),
    h(EnrolTotpPage, { frame, form, app, qr: 'javascript:alert(1)', secret: hostile, uri: 'javascript:alert(1)', enrolment: hostile, backUrl: '//evil.example/' }),
    h(RegisterDetailsPage, { frame, form, app, email: hostile, proof: hostile, familyName: hostile, givenName: hostile, familyNameKana: hostile, givenNameKana: hostile, signInUrl: 'javascript:alert(1)' }),
    h(DonePage, { frame, kind: 'unlock', next: { name: hostile, url: 'javascript:alert(1)' } }),
    h(DevMailPage, { frame, listUrl: '/dev/mail', mail: { id: hostile, to: hostile, subject: hostile, at: hostile, text: hostile } }),
  ]

  it('is shown as text and never as markup or as a dangerous link', () => {
    for (const html of nodes.map(renderPage)) {
      expect(html).not.toMatch(/<script|<img src=x|href="javascript:|src="javascript:|href="data:|a@b\.example|\/\/evil\.example/u)
      expect(html).toContain('&lt;script')
    }
  })

  it('does not reach the error page as a code', () => {
    expect(renderPage(h(ErrorPage, { frame: frameOf('en'), code: hostile }))).toContain('<code id="error_code">unknown_error</code>')
  })
})

describe('the pages in particular', () => {
  it('give each error code a title of its own', () => {
    for (const locale of locales) {
      const titles = errorCodes.map((code) => /<h1[^>]*>([^<]*)</u.exec(renderPage(h(ErrorPage, { frame: frameOf(locale), code })))?.[1])
      expect(new Set(titles).size).toBe(errorCodes.length)
    }
  })

  it('name a scope without a sentence, even one that claims to be known', () => {
    const scopes = [{ name: 'constructor', known: true }]
    const html = renderPage(h(ConsentPage, { frame: frameOf('ja'), form, app: karte, person, redirectHost: 'karte.example', scopes, resources: [] }))
    expect(html).toContain('<code>constructor</code>')
  })

  it('offer no button for a membership that is closed', () => {
    const tenants = memberships.map((choice) => ({ ...choice, disabledReason: 'suspended' as const }))
    const html = renderPage(h(SelectTenantPage, { frame: frameOf('ja'), form, app: karte, person, invitations: [], tenants }))
    expect(html).not.toContain('name="membership_id"')
    expect(html).toContain('利用が停止されています')
  })

  it('keep the identifier of a fixed person read-only', () => {
    const html = renderPage(h(SignInPage, { frame: frameOf('en'), form, identifier: 'bob@example.com', fixedPerson: person, canCancel: false }))
    expect(tagsOf(html, 'input').find(({ attributes }) => attributes.get('id') === 'identifier')?.attributes.has('readonly')).toBe(true)
    expect(html).not.toContain('bob@example.com')
  })

  it('hide what needs a script, and offer every page with a passkey another way', () => {
    const buttons = pages.flatMap(({ html }) => tagsOf(html, 'button')).filter(({ attributes }) => attributes.get('value') === 'passkey' || attributes.get('type') === 'button')
    expect(buttons.length).toBeGreaterThan(4)
    for (const { attributes } of buttons) expect(attributes.has('hidden'), attributes.get('id')).toBe(true)
    for (const { html } of pages.filter(({ html }) => html.includes('name="passkey_response"'))) {
      const ways = tagsOf(/<main.*<\/main>/su.exec(html)?.[0] ?? '', 'button', 'a').filter(({ attributes }) => attributes.has('id') && !attributes.has('hidden'))
      expect(ways.length).toBeGreaterThan(0)
    }
  })

  it('ask for one second factor at a time, and offer the others but not this one', () => {
    const base = { frame: frameOf('ja'), form, person, passkey, canCancel: true }
    const ids = (html: string): (string | undefined)[] => tagsOf(html, 'input', 'button').map(({ attributes }) => attributes.get('id'))
    const byCode = ids(renderPage(h(SecondFactorPage, { ...base, method: 'recovery_code', others: ['totp', 'recovery_code'] })))
    expect(byCode).toEqual(['csrf_token', 'recovery_code', 'verify', 'cancel', 'use_totp', 'switch_account'])
    const byPasskey = ids(renderPage(h(SecondFactorPage, { ...base, method: 'passkey', others: ['totp'], trustDays: 30, canCancel: false })))
    expect(byPasskey).toEqual(['csrf_token', 'trust_device', 'passkey_challenge', 'passkey_response', 'sign_in_with_passkey', 'use_totp', 'switch_account'])
  })

  it('save and print exactly the text they were given', () => {
    const fileText = recoveryCodesFile('ja', { account: 'S-0142@sakura', date: '2026年11月21日', codes: ['abcde-12345', 'fghij-67890'] })
    expect(fileText).toContain('アカウント：S-0142@sakura\r\n作成日：2026年11月21日\r\n\r\nabcde-12345\r\nfghij-67890\r\n')
    const html = renderPage(h(RecoveryCodesPage, { frame: frameOf('ja'), form, codes: ['abcde-12345', 'fghij-67890'], fileText }))
    const [, saved = ''] = /href="data:text\/plain;charset=utf-8,([^"]*)" download="tegata-recovery-codes.txt"/u.exec(html) ?? []
    expect(decodeURIComponent(saved)).toBe(fileText)
    expect(html).toContain(`<pre class="on-paper">${fileText}</pre>`)
  })

  it('show the key of an authenticator app in groups of four, and no picture that is none', () => {
    const html = renderPage(h(EnrolTotpPage, { frame: frameOf('en'), form, qr: 'https://evil.example/qr.png', secret: 'ABCDEFGHIJ', uri: 'https://evil.example/', enrolment: 'e' }))
    expect(html).toContain('<code id="secret">ABCD EFGH IJ</code>')
    expect(html).not.toContain('evil.example')
  })

  it('word every answer to an address alike, with or without an account', () => {
    for (const { html } of pages.filter(({ name }) => name === 'recover-sent')) expect(html).toMatch(/メールアドレスがあれば|If there is an account/u)
  })
})
