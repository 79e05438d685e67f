/**
 * What a form with a passkey needs besides its button: two hidden fields, a line that passkey.js speaks through,
 * and the words for browsers in which it cannot run. The options stand on the form itself, see Form.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { PasskeyProps } from '../props.ts'
import { Hidden } from './form.tsx'
import { Notice } from './notices.tsx'

const { passkeyChallenge, passkeyResponse } = formContract.sign_in.elements

/** The sealed challenge, and the empty field that the script fills. */
export function PasskeyFields(props: { passkey: PasskeyProps }): JSX.Element {
  return (
    <>
      <Hidden field={passkeyChallenge} value={props.passkey.challenge} />
      <Hidden field={passkeyResponse} value="" />
    </>
  )
}

/** An empty line that passkey.js fills with one of the words prepared here; screen readers say it at once. */
export function PasskeyStatus(props: { use: 'get' | 'create'; t: Translate }): JSX.Element {
  const { use, t } = props
  return (
    <p
      class="status"
      id="passkey_status"
      role="status"
      data-waiting={t(`passkey.waiting.${use}`)}
      data-failed={t(`passkey.failed.${use}`)}
      data-known={t('passkey.known')}
    />
  )
}

/** Stands on pages whose main way is a passkey, until the script finds that it can go. */
export function PasskeyUnsupported(props: { use: 'get' | 'create'; t: Translate }): JSX.Element {
  return (
    <div id="passkey_unsupported">
      <Notice>{props.t(`passkey.unsupported.${props.use}`)}</Notice>
    </div>
  )
}
