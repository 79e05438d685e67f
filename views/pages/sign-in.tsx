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
import { PasskeyFields, PasskeyStatus } from '../parts/passkey.tsx'
import { revealWords } from '../parts/password.tsx'
import type { AppProps, FormProps, FrameProps, PasskeyProps, PersonProps, SignInError, SignInReason, TenantProps } from '../props.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

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
  /** Where a forgotten password is mended; without it the administrator is named. */
  recoverUrl?: string | undefined
  /** Where a new account is made, where anybody may make one. */
  registerUrl?: string | undefined
  passkey?: PasskeyProps | undefined
  /** With `passkey`: the WebAuthn bundle, then passkey.js. In any case reveal.js. */
  scriptUrls?: readonly string[] | undefined
  canCancel: boolean
}

const { identifier, password, signIn, signInWithPasskey, recover, register, switchAccount, cancel } = formContract.sign_in.elements

/** Asks for identifier and password, or for a passkey where the browser can. */
export function SignInPage(props: SignInProps): JSX.Element {
  const { app, fixedPerson, error } = props
  const t = speak(props.frame.locale)
  const title = t(fixedPerson === undefined ? 'sign_in.title' : 'sign_in.title_again')
  return (
    <Frame frame={props.frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={props.scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={signInLine(t, props.frame.brand ?? props.tenant)} />}
      <h1>{title}</h1>
      {error === undefined ? null : (
        <ErrorSummary text={errorText(t, error, props)} more={waitText(t, props.retryAfterSeconds)} fieldId={fieldOf(error, fixedPerson)} />
      )}
      {error !== undefined || props.reason === undefined ? null : <Notice>{t(`sign_in.reason.${props.reason}`)}</Notice>}
      <SignInForm {...props} t={t} />
      <OtherWays {...props} t={t} />
      {app === undefined ? null : <AppLinks app={app} t={t} />}
    </Frame>
  )
}

function SignInForm(props: SignInProps & { t: Translate }): JSX.Element {
  const { t, fixedPerson, passkey } = props
  return (
    <Form form={props.form} passkey={passkey === undefined ? undefined : { use: 'get', props: passkey }}>
      {passkey === undefined ? null : <PasskeyFields passkey={passkey} />}
      <Credentials {...props} />
      <div class="actions">
        <Action button={signIn} look="main">
          {t(fixedPerson === undefined ? 'sign_in.submit' : 'sign_in.submit_again')}
        </Action>
        {passkey === undefined ? null : (
          <>
            <Action button={signInWithPasskey} look="quiet" leaves hidden>
              {t(fixedPerson === undefined ? 'passkey.sign_in' : 'passkey.use')}
            </Action>
            <PasskeyStatus use="get" t={t} />
          </>
        )}
        {props.canCancel ? (
          <Action button={cancel} look="quiet" leaves>
            {t(props.app === undefined ? 'action.stop' : 'action.cancel')}
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
  )
}

// Where a password cannot be mended here, the words still say who can.
function OtherWays({ recoverUrl, registerUrl, fixedPerson, t }: SignInProps & { t: Translate }): JSX.Element {
  const toRecover = pathOrSafeUrl(recoverUrl)
  const toRegister = fixedPerson === undefined ? pathOrSafeUrl(registerUrl) : undefined
  return (
    <>
      {toRecover === undefined ? <p class="aside">{t('sign_in.forgot')}</p> : null}
      {toRecover === undefined && toRegister === undefined ? null : (
        <p class="ways">
          {toRecover === undefined ? null : (
            <a id={recover.id} href={toRecover}>
              {t('sign_in.recover')}
            </a>
          )}
          {toRegister === undefined ? null : (
            <a id={register.id} href={toRegister}>
              {t('sign_in.register')}
            </a>
          )}
        </p>
      )}
    </>
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
      <Field
        field={password}
        label={t('sign_in.password')}
        error={passwordError(t, error)}
        autofocus={error === undefined && value !== ''}
        reveal={revealWords(t)}
      />
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
