/** Mails about an account that its owner wants erased: the time to think again, and that it stays after all. */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'

export interface DeletionRequestedProps extends Reader {
  /** ISO 8601: when the account is erased. */
  deleteAfter: string
  keepUrl: string
  occasion: Occasion
}

/** Says when the account is erased, and brings the link that keeps it. */
export function deletionRequestedMail({ deleteAfter, keepUrl, occasion, ...reader }: DeletionRequestedProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting, moment } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('deletion_mail.title'),
    greeting,
    paragraphs: [t('deletion_mail.what'), t('deletion_mail.keep')],
    facts: [{ label: t('deletion_mail.at'), value: moment(deleteAfter) }, ...occasionFacts(voice, occasion)],
    action: { label: t('deletion_mail.action'), url: keepUrl },
    afterwards: [t('deletion_mail.you'), t('deletion_mail.not_you')],
  })
}

export interface DeletionCancelledProps extends Reader {
  occasion: Occasion
  signInUrl: string
}

/** Says that the account stays. */
export function deletionCancelledMail({ occasion, signInUrl, ...reader }: DeletionCancelledProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('deletion_cancelled_mail.title'),
    greeting,
    paragraphs: [t('deletion_cancelled_mail.what')],
    facts: occasionFacts(voice, occasion),
    action: { label: t('locked_mail.sign_in'), url: signInUrl },
    afterwards: [t('deletion_cancelled_mail.not_you')],
  })
}
