/**
 * Owns the one shape of every mail: text and HTML from the same parts, in the same order.
 * Invariant: every part is one line, whatever names were put into it, so that nothing can begin a header or look like a
 * paragraph of ours. Nothing remote is loaded: a mail must not report that it was read, and mail programs block it anyway.
 */
import type { JSX } from 'preact'
import type { Locale } from '../locale.ts'
import { t as speak } from '../messages.ts'
import { renderPage } from '../render.ts'
import { safeUrl } from '../safe-url.ts'

export interface Mail {
  subject: string
  text: string
  html: string
}

export interface Fact {
  label: string
  value: string
}

export interface MailContent {
  locale: Locale
  product: string
  /** What the mail is about; its subject says who writes as well. */
  title: string
  /** Absent where the address may be anybody's: then no name of ours stands in the mail. */
  greeting?: string | undefined
  paragraphs: readonly string[]
  code?: Fact | undefined
  facts?: readonly Fact[]
  /** The one thing to do; its address is shown in full as well. */
  action?: { label: string; url: string } | undefined
  /** After the action: above all what to do if the reader knows nothing of this. */
  afterwards?: readonly string[]
}

type Parts = Required<MailContent> & { subject: string; closing: string }

/** Writes one mail. */
export function writeMail(content: MailContent): Mail {
  const parts = partsOf(content)
  return { subject: parts.subject, text: textOf(parts), html: renderPage(<Html {...parts} />) }
}

function partsOf({ locale, product, title, greeting, paragraphs, facts = [], code, action, afterwards = [] }: MailContent): Parts {
  const fact = ({ label, value }: Fact): Fact => ({ label: oneLine(label), value: oneLine(value) })
  const t = speak(locale)
  return {
    locale,
    product: oneLine(product),
    title: oneLine(title),
    subject: oneLine(t('any_mail.subject', { product, title })),
    greeting: greeting === undefined ? undefined : oneLine(greeting),
    paragraphs: paragraphs.map(oneLine),
    facts: facts.map(fact),
    code: code === undefined ? undefined : fact(code),
    action: action === undefined ? undefined : { label: oneLine(action.label), url: safeUrl(action.url) ?? '' },
    afterwards: afterwards.map(oneLine),
    closing: oneLine(t('any_mail.no_reply', { product })),
  }
}

// Marks that turn the direction of writing could show an address backwards.
const breaksAndTurns = /[\p{Cc}\s\u2028\u2029]+|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

function oneLine(text: string): string {
  return text.replace(breaksAndTurns, ' ').trim()
}

function textOf({ locale, greeting, paragraphs, facts, code, action, afterwards, closing }: Parts): string {
  const t = speak(locale)
  const blocks = [
    greeting,
    ...paragraphs,
    code === undefined ? undefined : `${code.label}\n${code.value}`,
    facts.length === 0 ? undefined : facts.map((fact) => t('any_mail.fact', { ...fact })).join('\n'),
    action === undefined ? undefined : `${action.label}\n${action.url}`,
    ...afterwards,
    `-- \n${closing}`,
  ]
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`
}

// No quotes in here: the renderer escapes them, which CSS would not undo.
const style = `
:root { color-scheme: light dark }
body { margin: 0; padding: 24px 12px; background: #f7f4ed; color: #1d1c1a; font: 16px/1.75 system-ui, Hiragino Sans, Noto Sans JP, sans-serif; overflow-wrap: anywhere }
.sheet { max-width: 520px; margin: 0 auto; padding: 28px; background: #fffefb; border: 1px solid #e4dfd4; border-radius: 12px }
.product { margin: 0 0 12px; font-weight: 600; letter-spacing: .06em; color: #ab3127 }
h1 { margin: 0 0 20px; font-size: 20px; line-height: 1.45 }
p { margin: 0 0 16px }
:lang(ja) { word-break: auto-phrase }
.facts { margin: 0 0 16px; border-collapse: collapse; width: 100% }
.facts th, .facts td { padding: 7px 0; border-bottom: 1px solid #e4dfd4; text-align: left; vertical-align: top; font-size: 15px; line-height: 1.55 }
.facts th { width: 36%; padding-right: 14px; font-weight: 400; color: #5a564f }
.code { margin: 0 0 20px; padding: 14px 16px 12px; background: #edf2f8; border-radius: 10px; text-align: center }
.code .label { display: block; font-size: 14px; color: #5a564f }
.code .digits { font: 600 32px/1.3 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .2em; margin-right: -.2em }
.button { margin: 24px 0 10px }
.button a { display: inline-block; padding: 11px 22px; background: #1f4068; border-radius: 10px; color: #ffffff; font-weight: 600; text-decoration: none }
.address { margin: 0 0 20px; font-size: 13px; line-height: 1.5; color: #5a564f; word-break: break-all }
.closing { margin: 24px 0 0; padding-top: 14px; border-top: 1px solid #e4dfd4; font-size: 13px; color: #5a564f }
@media (prefers-color-scheme: dark) {
  body { background: #131519; color: #ece9e2 }
  .sheet { background: #1b1e24; border-color: #31353e }
  .product { color: #f2948a }
  .facts th, .facts td, .closing { border-color: #31353e }
  .facts th, .code .label, .address, .closing { color: #b0aca3 }
  .code { background: #1e2a3a }
  .button a { background: #8fb8ea; color: #0e1a29 }
}`

function Html({ locale, product, title, subject, greeting, paragraphs, facts, code, action, afterwards, closing }: Parts): JSX.Element {
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no" />
        <title>{subject}</title>
        <style>{style}</style>
      </head>
      <body>
        <div class="sheet">
          <p class="product">{product}</p>
          <h1>{title}</h1>
          {greeting === undefined ? null : <p>{greeting}</p>}
          <Paragraphs texts={paragraphs} />
          {code === undefined ? null : <Code {...code} />}
          <Facts facts={facts} />
          {action === undefined ? null : <Action {...action} />}
          <Paragraphs texts={afterwards} />
          <p class="closing">{closing}</p>
        </div>
      </body>
    </html>
  )
}

function Paragraphs({ texts }: { texts: readonly string[] }): JSX.Element {
  return (
    <>
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </>
  )
}

function Facts({ facts }: { facts: readonly Fact[] }): JSX.Element | null {
  if (facts.length === 0) return null
  return (
    <table class="facts">
      <tbody>
        {facts.map(({ label, value }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Code({ label, value }: Fact): JSX.Element {
  return (
    <p class="code">
      <span class="label">{label}</span>
      <span class="digits">{value}</span>
    </p>
  )
}

function Action({ label, url }: { label: string; url: string }): JSX.Element {
  return (
    <>
      <p class="button">
        <a href={url}>{label}</a>
      </p>
      <p class="address">{url}</p>
    </>
  )
}
