/**
 * The error page. Each named code has a fixed text of its own; any other gets a general one.
 * What the library or an app said is shown small, as text for developers, never as the message itself.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { waitText } from '../parts/notices.tsx'
import type { AppProps, FrameProps } from '../props.ts'

export const errorCodes = [
  'invalid_redirect_uri',
  'invalid_client',
  'invalid_request',
  'server_error',
  'temporarily_unavailable',
  'not_found',
  'forbidden',
  'method_not_allowed',
  'payload_too_large',
  'too_many_requests',
  'form_expired',
  'access_denied',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export interface ErrorProps {
  frame: FrameProps
  /** One of errorCodes, or anything else, which gets the general text. */
  code: string
  /** Technical, English; shown to developers only in the small print. */
  description?: string | undefined
  retryUrl?: string | undefined
  retryAfterSeconds?: number | undefined
  app?: AppProps | undefined
}

/** Explains a failure in plain words. */
export function ErrorPage({ frame, code, description, retryUrl, retryAfterSeconds, app }: ErrorProps): JSX.Element {
  const t = speak(frame.locale)
  const known = isErrorCode(code) ? code : 'unknown'
  const title = t(`error.title.${known}`)
  const { retry, backToApp } = formContract.error.elements
  const wait = waitText(t, retryAfterSeconds)
  return (
    <Frame frame={frame} title={title}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1 id="error_title">{title}</h1>
      <p id="error_text">{t(`error.text.${known}`)}</p>
      {wait === undefined ? null : <p>{wait}</p>}
      {retryUrl === undefined && app?.homeUrl === undefined ? null : (
        <div class="actions">
          <ButtonLink url={retryUrl} id={retry.id}>
            {t('action.retry')}
          </ButtonLink>
          {app === undefined ? null : (
            <ButtonLink url={app.homeUrl} id={backToApp.id} quiet>
              {t('action.back_to_app', { app: app.name })}
            </ButtonLink>
          )}
        </div>
      )}
      <dl class="facts small">
        <dt>{t('error.for_developers')}</dt>
        <dd lang="en">
          <code id="error_code">{codeShown(code)}</code>
          {description === undefined ? null : <p id="error_description">{description}</p>}
        </dd>
      </dl>
    </Frame>
  )
}

function isErrorCode(code: string): code is ErrorCode {
  return errorCodes.some((known) => known === code)
}

// A code comes from the protocol, but a page never trusts that: what does not look like one is not repeated.
function codeShown(code: string): string {
  return /^[a-z][a-z0-9_.-]{0,63}$/u.test(code) ? code : 'unknown_error'
}
