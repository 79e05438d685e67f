/** Mails about too many failures in a row: of the password, and of the second factor, which means that the password is known. */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'

export interface AccountLockedProps extends Reader {
  address: string
  /** ISO 8601: when signing in works again. */
  until: string
  clientAddress: string
  signInUrl: string
  /** Ends the pause at once; absent where it is over, or was ended, before the mail left. */
  unlockUrl?: string | undefined
}

/** Says that signing in is paused, and offers the link that ends the pause. */
export function accountLockedMail({ address, until, clientAddress, signInUrl, unlockUrl, ...reader }: AccountLockedProps): Mail {
  const { t, product, greeting, moment } = voiceFor(reader)
  const action = unlockUrl === undefined ? { label: t('locked_mail.sign_in'), url: signInUrl } : { label: t('locked_mail.unlock'), url: unlockUrl }
  return writeMail({
    locale: reader.locale,
    product,
    title: t('locked_mail.title'),
    greeting,
    paragraphs: [t('locked_mail.what', { address })],
    facts: [{ label: t('locked_mail.until'), value: moment(until) }, { label: t('any_mail.client_address'), value: clientAddress }],
    action,
    afterwards: [t(unlockUrl === undefined ? 'locked_mail.you' : 'locked_mail.you_unlock'), t('locked_mail.not_you')],
  })
}

export interface SecondFactorLockedProps extends Reader {
  /** ISO 8601: when a second factor is taken again. */
  until: string
  occasion: Occasion
  recoverUrl: string
}

/** Warns that somebody knows the password and does not get past the second factor. */
export function secondFactorLockedMail({ until, occasion, recoverUrl, ...reader }: SecondFactorLockedProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting, moment } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('second_factor_locked_mail.title'),
    greeting,
    paragraphs: [t('second_factor_locked_mail.what'), t('second_factor_locked_mail.not_you')],
    facts: [{ label: t('second_factor_locked_mail.until'), value: moment(until) }, ...occasionFacts(voice, occasion)],
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('second_factor_locked_mail.you')],
  })
}
