/**
 * An open invitation to somebody without an account: one form for names, password and the answer.
 * Who invites and to what stands before the first field.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { Action, Field, Form } from '../parts/form.tsx'
import { Invited, type InvitationFacts } from '../parts/invited.tsx'
import { ErrorSummary } from '../parts/notices.tsx'
import { isPasswordRefusal, NewPasswordField, passwordErrorText } from '../parts/password.tsx'
import type { FormProps, FrameProps, PasswordError } from '../props.ts'

export type InvitationDetailsError = PasswordError | 'name_missing' | 'name_too_long' | 'busy' | 'form_expired'

export interface InvitationDetailsProps {
  frame: FrameProps
  form: FormProps
  invitation: InvitationFacts
  /** Null for staff who sign in by number. */
  email: string | null
  familyName: string
  givenName: string
  familyNameKana: string
  givenNameKana: string
  error?: InvitationDetailsError | undefined
  /** reveal.js. */
  scriptUrls?: readonly string[] | undefined
}

const details = formContract.invitation_details.elements

// NIST SP 800-63B-4 §3.1.1.2: a password that stands alone.
const minimum = 15

/** Asks somebody without an account for names and a password. */
export function InvitationDetailsPage(props: InvitationDetailsProps): JSX.Element {
  const { frame, invitation, error } = props
  const t = speak(frame.locale)
  const title = t('invitation.title', { tenant: invitation.tenantName })
  return (
    <Frame frame={frame} title={title} scriptUrls={props.scriptUrls}>
      <h1>{title}</h1>
      {error === undefined ? null : <ErrorSummary text={detailsErrorText(t, error)} fieldId={detailsFieldOf(props)} />}
      <Invited invitation={invitation} locale={frame.locale} />
      <p>{t('invitation_details.intro')}</p>
      <Form form={props.form}>
        {props.email === null ? null : <Field field={details.email} label={t('invitation_details.email')} value={props.email} readOnly />}
        <NameFields {...props} t={t} />
        <NewPasswordField field={details.password} label={t('register_details.password')} minimum={minimum} error={error} t={t} />
        <div class="actions">
          <Action button={details.accept} look="main">
            {t('invitation_details.accept')}
          </Action>
          <Action button={details.decline} look="quiet" leaves>
            {t('invitation.decline')}
          </Action>
        </div>
      </Form>
      <p class="aside">{t('invitation_details.other_account')}</p>
    </Frame>
  )
}

// Nothing takes the focus at first: who invites and to what stands above the fields, and is read before them.
function NameFields(props: InvitationDetailsProps & { t: Translate }): JSX.Element {
  const { t } = props
  const missing = (name: 'family_name' | 'given_name', value: string): string | undefined =>
    props.error === 'name_missing' && value.trim() === '' ? t(`register_details.field.${name}`) : undefined
  return (
    <div class="pairs" role="group" aria-label={t('register_details.names')}>
      <Field field={details.familyName} label={t('register_details.family_name')} value={props.familyName} error={missing('family_name', props.familyName)} isName />
      <Field field={details.givenName} label={t('register_details.given_name')} value={props.givenName} error={missing('given_name', props.givenName)} isName />
      <Field field={details.familyNameKana} label={t('register_details.family_name_kana')} value={props.familyNameKana} isName />
      <Field field={details.givenNameKana} label={t('register_details.given_name_kana')} value={props.givenNameKana} isName />
    </div>
  )
}

function detailsErrorText(t: Translate, error: InvitationDetailsError): string {
  if (isPasswordRefusal(error)) return passwordErrorText(t, error, minimum)
  if (error === 'form_expired') return t('form.expired')
  return error === 'busy' ? t('form.busy') : t(`register_details.error.${error}`)
}

function detailsFieldOf({ error, familyName }: InvitationDetailsProps): string | undefined {
  if (isPasswordRefusal(error)) return details.password.id
  if (error !== 'name_missing') return undefined
  return familyName.trim() === '' ? details.familyName.id : details.givenName.id
}
