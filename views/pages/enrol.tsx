/**
 * Asks which second factor to set up, for somebody who has none and needs one.
 * A passkey stands first where it is possible, because it cannot be phished.
 */
import type { JSX } from 'preact'
import { formContract, type ButtonContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader, signInLine } from '../parts/app-header.tsx'
import { Action, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notices.tsx'
import { Person } from '../parts/person.tsx'
import type { AppProps, FormProps, FrameProps, PersonProps, SecondFactorReason, TenantProps } from '../props.ts'

export interface EnrolProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  person: PersonProps
  tenant?: TenantProps | undefined
  /** Whether this server can make passkeys here; whether the browser can shows on the next page. */
  passkeyPossible: boolean
  /** The last day on which it may be put off, written for people; it may not be put off without. */
  graceUntil?: string | undefined
  reason: SecondFactorReason
}

const { enrolPasskey, enrolTotp, later, switchAccount, cancel } = formContract.enrol.elements

/** Asks which second factor to set up. */
export function EnrolPage(props: EnrolProps): JSX.Element {
  const { app, tenant, graceUntil, passkeyPossible } = props
  const t = speak(props.frame.locale)
  return (
    <Frame frame={props.frame} title={app === undefined ? t('enrol.title') : `${t('enrol.title')} · ${app.name}`}>
      {app === undefined ? null : <AppHeader app={app} line={signInLine(t, tenant)} />}
      <div>
        <h1>{t('enrol.title')}</h1>
        <Person person={props.person} t={t} />
      </div>
      <div>
        <p>{reasonText(t, props)}</p>
        <p>{t('enrol.question')}</p>
      </div>
      {graceUntil === undefined ? null : <Notice>{t('enrol.grace', { until: graceUntil })}</Notice>}
      <Form form={props.form}>
        <div class="choices">
          {passkeyPossible ? (
            <Way button={enrolPasskey} name={t('enrol.passkey')} text={t('enrol.passkey_text')} tag={t('enrol.recommended')} />
          ) : null}
          <Way button={enrolTotp} name={t('enrol.totp')} text={t('enrol.totp_text')} />
        </div>
        {graceUntil === undefined && app === undefined ? null : (
          <div class="actions">
            {graceUntil === undefined ? null : (
              <Action button={later} look="quiet">
                {t('enrol.later')}
              </Action>
            )}
            {app === undefined ? null : (
              <Action button={cancel} look="quiet">
                {t('action.cancel')}
              </Action>
            )}
          </div>
        )}
        <p class="ways">
          <Action button={switchAccount} look="text">
            {t('action.switch_account')}
          </Action>
        </p>
      </Form>
    </Frame>
  )
}

function Way(props: { button: ButtonContract; name: string; text: string; tag?: string }): JSX.Element {
  const { button, name, text, tag } = props
  return (
    <button class="choice plain" type="submit" name={button.name} id={button.id} value={button.value}>
      <span class="words">
        <b>
          {name}
          {tag === undefined ? null : <span class="badge">{tag}</span>}
        </b>
        <span class="quiet-text">{text}</span>
      </span>
      <span class="arrow" aria-hidden="true" />
    </button>
  )
}

function reasonText(t: Translate, { reason, tenant }: EnrolProps): string {
  if (reason !== 'tenant') return t(`enrol.reason.${reason}`)
  return tenant === undefined ? t('enrol.reason.tenant_unnamed') : t('enrol.reason.tenant', { tenant: tenant.name })
}
