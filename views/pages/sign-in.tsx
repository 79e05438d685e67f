/**
 * The sign-in page: one identifier, one password. It words every refusal alike for known and unknown accounts;
 * which refusal it is has been decided before. In re-authentication the identifier stands fixed, and the server
 * must not believe the posted one.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { AppHeader, AppLinks, signInLine } from '../parts/app-header.tsx'
import { Action, Field, Form } from '../parts/form.tsx'
import { ErrorSummary, Notice, waitText } from '../parts/notices.tsx'
import type { AppProps, FormProps, FrameProps, PersonProps, SignInError, SignInReason, TenantProps } from '../props.ts'

export interface SignInProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  tenant?: TenantProps | undefined
  /** What was typed or hinted; empty at first. */
  identifier: string
  /** Whether a staff number is taken as well; the label promises it only then. */
  acceptsStaffNumber?: boolean | undefined
  /** Set in re-authentication: only this person may continue. */
  fixedPerson?: PersonProps | undefined
  error?: SignInError | undefined
  retryAfterSeconds?: number | undefined
  reason?: SignInReason | undefined
  canCancel: boolean
}

const { identifier, password, signIn, switchAccount, cancel } = formContract.sign_in.elements

/** Asks for identifier and password. */
export function SignInPage(props: SignInProps): JSX.Element {
  const { app, fixedPerson, error } = props
  const t = speak(props.frame.locale)
  const title = t(fixedPerson === undefined ? 'sign_in.title' : 'sign_in.title_again')
  return (
    <Frame frame={props.frame} title={app === undefined ? title : `${title} · ${app.name}`}>
      {app === undefined ? null : <AppHeader app={app} line={signInLine(t, props.tenant)} />}
      <h1>{title}</h1>
      {error === undefined ? null : (
        <ErrorSummary text={errorText(t, error, props)} more={waitText(t, props.retryAfterSeconds)} fieldId={fieldOf(error, fixedPerson)} />
      )}
      {error !== undefined || props.reason === undefined ? null : <Notice>{t(`sign_in.reason.${props.reason}`)}</Notice>}
      <Form form={props.form}>
        <Credentials {...props} t={t} />
        <div class="actions">
          <Action button={signIn} look="main">
            {t(fixedPerson === undefined ? 'sign_in.submit' : 'sign_in.submit_again')}
          </Action>
          {props.canCancel ? (
            <Action button={cancel} look="quiet" leaves>
              {t('action.cancel')}
            </Action>
          ) : null}
        </div>
        {/* It stands after the main button because Enter presses the first submit button of a form. */}
        {fixedPerson === undefined ? null : (
          <p class="aside">
            {t('sign_in.not_you', { name: fixedPerson.displayName })}{' '}
            <Action button={switchAccount} look="text" leaves>
              {t('action.switch_account')}
            </Action>
          </p>
        )}
      </Form>
      <p class="aside">{t('sign_in.forgot')}</p>
      {app === undefined ? null : <AppLinks app={app} t={t} />}
    </Frame>
  )
}

function Credentials(props: SignInProps & { t: Translate }): JSX.Element {
  const { t, error, fixedPerson } = props
  const value = fixedPerson?.identifier ?? props.identifier
  const orNumber = orNumberOf(props)
  return (
    <>
      <Field
        field={identifier}
        label={t(`sign_in.identifier${orNumber}`)}
        value={value}
        readOnly={fixedPerson !== undefined}
        error={fixedPerson === undefined ? identifierError(t, error, orNumber) : undefined}
        autofocus={error === undefined && value === ''}
      />
      <Field field={password} label={t('sign_in.password')} error={passwordError(t, error)} autofocus={error === undefined && value !== ''} />
    </>
  )
}

// Words that speak of a staff number as well, where one is taken.
function orNumberOf({ acceptsStaffNumber }: SignInProps): '_or_number' | '' {
  return acceptsStaffNumber === true ? '_or_number' : ''
}

// Where the person is fixed only the password can be wrong, and nothing is given away by saying so.
function errorText(t: Translate, error: SignInError, props: SignInProps): string {
  if (error === 'wrong_credentials' && props.fixedPerson !== undefined) return t('sign_in.error.wrong_password')
  return error === 'wrong_credentials' || error === 'missing_identifier' ? t(`sign_in.error.${error}${orNumberOf(props)}`) : t(`sign_in.error.${error}`)
}

function fieldOf(error: SignInError, fixedPerson: PersonProps | undefined): string | undefined {
  if (error === 'missing_identifier') return identifier.id
  if (error === 'wrong_credentials') return fixedPerson === undefined ? identifier.id : password.id
  return error === 'missing_password' ? password.id : undefined
}

function identifierError(t: Translate, error: SignInError | undefined, orNumber: '_or_number' | ''): string | undefined {
  if (error === 'wrong_credentials') return t(`sign_in.field.wrong_identifier${orNumber}`)
  return error === 'missing_identifier' ? t(`sign_in.error.missing_identifier${orNumber}`) : undefined
}

function passwordError(t: Translate, error: SignInError | undefined): string | undefined {
  if (error === 'wrong_credentials') return t('sign_in.field.wrong_password')
  return error === 'missing_password' ? t('sign_in.error.missing_password') : undefined
}
