/**
 * Mails to an address that somebody wants an account for. Which of the two leaves is decided by whether the address has one,
 * so that the page that asked for it can say the same either way.
 */
import { writeMail, type Mail } from './layout.tsx'
import { voiceFor, type Reader } from './reader.ts'

export interface VerificationProps extends Reader {
  url: string
  /** ISO 8601. */
  urlUntil: string
  /** Null when its ten minutes were over before the mail left. */
  code: { digits: string; until: string } | null
}

/** Asks the owner of an address to go on with the registration, by code or by link. */
export function registrationMail({ url, urlUntil, code, ...reader }: VerificationProps): Mail {
  const { t, product, greeting, moment } = voiceFor(reader)
  return writeMail({
    locale: reader.locale,
    product,
    title: t('registration_mail.title'),
    greeting,
    paragraphs: [t('registration_mail.what', { product }), t(code === null ? 'registration_mail.how_link' : 'registration_mail.how_code')],
    facts: [
      ...(code === null ? [] : [{ label: t('any_mail.code_until'), value: moment(code.until) }]),
      { label: t('any_mail.link_until'), value: moment(urlUntil) },
    ],
    code: code === null ? undefined : { label: t('any_mail.code'), value: code.digits },
    action: { label: t('registration_mail.action'), url },
    afterwards: [t('any_mail.keep_secret', { product }), t('registration_mail.not_you')],
  })
}

export interface AlreadyRegisteredProps extends Reader {
  recoverUrl: string
  signInUrl: string
}

/** Tells the owner of an account that somebody, perhaps they themselves, wanted to make another one. */
export function alreadyRegisteredMail({ recoverUrl, signInUrl, ...reader }: AlreadyRegisteredProps): Mail {
  const { t, product, greeting } = voiceFor(reader)
  return writeMail({
    locale: reader.locale,
    product,
    title: t('already_registered_mail.title'),
    greeting,
    paragraphs: [t('already_registered_mail.what', { product }), t('already_registered_mail.you')],
    facts: [{ label: t('locked_mail.sign_in'), value: signInUrl }],
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('already_registered_mail.not_you')],
  })
}
