/**
 * The key of an authenticator app: as a QR code, as text in groups of four, and as a link for the phone one is looking at.
 * Pictures and addresses that are not what they should be are left out.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import { CopyStatus } from './codes.tsx'
import { ToolButton } from './form.tsx'

interface TotpKeyProps {
  qr: string
  secret: string
  uri?: string | undefined
  t: Translate
}

const { copySecret, openAuthenticator } = formContract.enrol_totp.elements

/** Shows one key in three ways. */
export function TotpKey({ qr, secret, uri, t }: TotpKeyProps): JSX.Element {
  return (
    <div class="totp-key">
      {/^data:image\/(?:svg\+xml|png);base64,[\w+/=]+$/u.test(qr) ? <img class="qr" src={qr} alt={t('enrol_totp.qr')} width="200" height="200" /> : null}
      {uri?.startsWith('otpauth://totp/') === true ? (
        <p class="on-phone">
          <a class="button quiet small" id={openAuthenticator.id} href={uri}>
            {t('enrol_totp.open')}
          </a>
        </p>
      ) : null}
      <p class="quiet-text">{t('enrol_totp.secret')}</p>
      <p class="key">
        <code id="secret">{inGroups(secret)}</code>
        <ToolButton button={copySecret} data={{ 'data-copy': secret, 'data-copied': t('enrol_totp.copied') }}>
          {t('enrol_totp.copy')}
        </ToolButton>
      </p>
      <CopyStatus />
    </div>
  )
}

// Apps ignore the spaces; eyes do not.
function inGroups(secret: string): string {
  return secret.match(/.{1,4}/gu)?.join(' ') ?? ''
}
