/**
 * The notice that signing in to an account is paused after wrong passwords. Text and HTML say the same.
 * Nothing remote is loaded: a mail must not report that it was read, and old mail programs block it anyway.
 */
import type { JSX } from 'preact'
import { dateTime } from '../dates.ts'
import type { Locale } from '../locale.ts'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { renderPage } from '../render.ts'
import { safeUrl } from '../safe-url.ts'

export interface AccountLockedProps {
  locale: Locale
  displayName: string
  address: string
  /** ISO 8601: when signing in works again. */
  until: string
  clientAddress: string
  signInUrl: string
  productName?: string | undefined
  /** IANA name; the account's zone where it has one. */
  timeZone?: string | undefined
}

export interface Mail {
  subject: string
  text: string
  html: string
}

/** Writes the mail for one locked account. */
export function accountLockedMail(props: AccountLockedProps): Mail {
  const t = speak(props.locale)
  const product = props.productName ?? 'Tegata'
  const subject = oneLine(t('locked_mail.subject', { product }))
  const greeting = t('locked_mail.greeting', { name: props.displayName })
  const paragraphs = paragraphsOf(t, props)
  const closing = t('locked_mail.no_reply', { product })
  const link = `${t('locked_mail.sign_in')}: ${props.signInUrl}`
  return {
    subject,
    text: `${[greeting, ...paragraphs, link, `-- \n${closing}`].join('\n\n')}\n`,
    html: renderPage(<Html {...props} subject={subject} greeting={greeting} paragraphs={paragraphs} closing={closing} t={t} />),
  }
}

function paragraphsOf(t: Translate, props: AccountLockedProps): string[] {
  const until = t('locked_mail.until', { until: dateTime(props.locale, props.until, props.timeZone) })
  const from = t('locked_mail.from', { client: props.clientAddress })
  return [t('locked_mail.what', { address: props.address }), `${until}\n${from}`, t('locked_mail.you'), t('locked_mail.not_you')]
}

// A line break in a subject would start a new header.
function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ')
}

interface HtmlProps extends AccountLockedProps {
  subject: string
  greeting: string
  paragraphs: readonly string[]
  closing: string
  t: Translate
}

// No quotes in here: the renderer escapes them, which CSS would not undo.
const style = `
:root { color-scheme: light dark }
body { margin: 0; padding: 24px; background: #faf8f3; color: #1d1c1a; font: 16px/1.7 system-ui, Hiragino Sans, Noto Sans JP, sans-serif }
.sheet { max-width: 520px; margin: 0 auto; padding: 28px; background: #fffefb; border: 1px solid #e4dfd4; border-radius: 14px }
.mark { font-weight: 600; letter-spacing: .06em; color: #b4362c }
h1 { font-size: 19px; line-height: 1.4 } p { margin: 0 0 16px; white-space: pre-line }
a { color: #1f4068 } .closing { margin: 24px 0 0; font-size: 13px; color: #5d5952 }
@media (prefers-color-scheme: dark) {
  body { background: #14161a; color: #ece9e2 } .sheet { background: #1b1e24; border-color: #2e323a }
  .mark { color: #f0897d } a { color: #8db6e8 } .closing { color: #a8a49b }
}`

function Html({ locale, subject, greeting, paragraphs, closing, signInUrl, productName, t }: HtmlProps): JSX.Element {
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{subject}</title>
        <style>{style}</style>
      </head>
      <body>
        <div class="sheet">
          <p class="mark">{productName ?? 'Tegata'}</p>
          <h1>{subject}</h1>
          <p>{greeting}</p>
          {paragraphs.map((text) => (
            <p key={text}>{text}</p>
          ))}
          <p>
            <a href={safeUrl(signInUrl) ?? ''}>{t('locked_mail.sign_in')}</a>
          </p>
          <p class="closing">{closing}</p>
        </div>
      </body>
    </html>
  )
}
