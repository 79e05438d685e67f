/** Mails about the password: the link that sets a new one, and the notice that one was set. */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'

export interface PasswordResetProps extends Reader {
  url: string
  /** ISO 8601. */
  urlUntil: string
  occasion: Occasion
}

/** Brings the link by which a new password is set. */
export function passwordResetMail({ url, urlUntil, occasion, ...reader }: PasswordResetProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting, moment } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('reset_mail.title'),
    greeting,
    paragraphs: [t('reset_mail.what'), t('reset_mail.how')],
    facts: [{ label: t('any_mail.link_until'), value: moment(urlUntil) }, ...occasionFacts(voice, occasion)],
    action: { label: t('reset_mail.action'), url },
    afterwards: [t('any_mail.keep_secret', { product }), t('reset_mail.not_you')],
  })
}

/** By what right a password was set. */
export type PasswordChange = 'reset' | 'activation' | 'self' | 'expired' | 'operator'

export interface PasswordChangedProps extends Reader {
  how: PasswordChange
  occasion: Occasion
  recoverUrl: string
}

/** The notice that the password was changed. */
export function passwordChangedMail({ how, occasion, recoverUrl, ...reader }: PasswordChangedProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('password_mail.title'),
    greeting,
    // Whoever sets a first password was signed in nowhere.
    paragraphs: [t(`password_mail.what.${how}`), ...(how === 'activation' ? [] : [t('password_mail.ended')])],
    facts: occasionFacts(voice, occasion),
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('any_mail.you'), t('any_mail.not_you')],
  })
}
