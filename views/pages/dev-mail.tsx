/**
 * The demo's mailbox, where links and notices can be read without a mail server. Demo only.
 * Bodies are shown as plain text in which only addresses can be followed, so that the links of our own mails can be tried.
 */
import type { JSX } from 'preact'
import { dateTime } from '../dates.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import type { FrameProps } from '../props.ts'
import { safeUrl } from '../safe-url.ts'

export interface DevMailSummary {
  id: string
  to: string
  subject: string
  /** ISO 8601. */
  at: string
}

export interface DevMailListProps {
  frame: FrameProps
  /** Path of the list; one mail stands at `<listUrl>/<id>`. */
  listUrl: string
  /** Newest first, as the server gives them. */
  mails: readonly DevMailSummary[]
}

export interface DevMailProps {
  frame: FrameProps
  listUrl: string
  mail: DevMailSummary & { text: string }
}

/** Lists the mails the demo has caught. */
export function DevMailListPage({ frame, listUrl, mails }: DevMailListProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('mail.title')} wide>
      <div>
        <h1>{t('mail.title')}</h1>
        <p class="quiet-text">{t('mail.intro')}</p>
      </div>
      <p>{mails.length === 0 ? t('mail.none') : t('mail.count', { count: mails.length })}</p>
      {mails.length === 0 ? null : (
        <table class="stacking">
          <Head t={t} />
          <tbody>
            {mails.map((mail) => (
              <tr key={mail.id}>
                <td>
                  <a href={`${listUrl}/${encodeURIComponent(mail.id)}`}>{mail.subject}</a>
                </td>
                <td>{mail.to}</td>
                <td>
                  <time dateTime={mail.at}>{dateTime(frame.locale, mail.at)}</time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Frame>
  )
}

function Head({ t }: { t: Translate }): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">{t('mail.subject')}</th>
        <th scope="col">{t('mail.to')}</th>
        <th scope="col">{t('mail.at')}</th>
      </tr>
    </thead>
  )
}

/** Shows one mail as text. */
export function DevMailPage({ frame, listUrl, mail }: DevMailProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={mail.subject} wide>
      <h1>{mail.subject}</h1>
      <dl class="facts">
        <dt>{t('mail.to')}</dt>
        <dd id="mail_to">{mail.to}</dd>
        <dt>{t('mail.at')}</dt>
        <dd>
          <time dateTime={mail.at}>{dateTime(frame.locale, mail.at)}</time>
        </dd>
      </dl>
      <pre id="mail_text" tabIndex={0} role="region" aria-label={t('mail.body')}>
        {mail.text.split(addresses).map((part, place) => (place % 2 === 0 ? part : <Address key={place} text={part} />))}
      </pre>
      <p>
        <a id="mail_list" href={listUrl}>
          {t('mail.back')}
        </a>
      </p>
    </Frame>
  )
}

// Split by its one group, a text alternates between words and addresses.
const addresses = /(https?:\/\/[\w.:[\]-]+(?:[/?#][^\s<>"'、。）」]*)?)/u

function Address({ text }: { text: string }): JSX.Element {
  const url = safeUrl(text)
  return url === undefined ? (
    <>{text}</>
  ) : (
    <a href={url} rel="noreferrer">
      {text}
    </a>
  )
}
