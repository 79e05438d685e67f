/**
 * Mails about another address for an account. The new address is asked, the former one is told and can undo it.
 * Invariant: an address that nobody has proved yet reads no name that somebody chose.
 */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'
import type { VerificationProps } from './registration.ts'

/** Asks the new address, by code or by link. */
export function addressConfirmMail({ url, urlUntil, code, ...reader }: VerificationProps): Mail {
  const { t, product, greeting, moment } = voiceFor(reader)
  return writeMail({
    locale: reader.locale,
    product,
    title: t('address_mail.title'),
    greeting,
    paragraphs: [t('address_mail.what', { product }), t(code === null ? 'address_mail.how_link' : 'address_mail.how_code')],
    facts: [
      ...(code === null ? [] : [{ label: t('any_mail.code_until'), value: moment(code.until) }]),
      { label: t('any_mail.link_until'), value: moment(urlUntil) },
    ],
    code: code === null ? undefined : { label: t('any_mail.code'), value: code.digits },
    action: { label: t('address_mail.action'), url },
    afterwards: [t('any_mail.keep_secret', { product }), t('address_mail.not_you')],
  })
}

/** Tells the owner of an address that somebody wanted it for another account. */
export function addressWantedMail(reader: Reader): Mail {
  const { t, product, greeting } = voiceFor(reader)
  return writeMail({
    locale: reader.locale,
    product,
    title: t('address_wanted_mail.title'),
    greeting,
    paragraphs: [t('address_wanted_mail.what', { product }), t('address_wanted_mail.unchanged')],
    afterwards: [t('address_wanted_mail.you'), t('address_wanted_mail.not_you')],
  })
}

export interface AddressChangedProps extends Reader {
  undoUrl: string
  /** ISO 8601. */
  undoUntil: string
  occasion: Occasion
}

/** Tells the former address, and offers the way back. */
export function addressChangedMail({ undoUrl, undoUntil, occasion, ...reader }: AddressChangedProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting, moment } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('address_changed_mail.title'),
    greeting,
    paragraphs: [t('address_changed_mail.what'), t('address_changed_mail.you'), t('address_changed_mail.not_you')],
    facts: [...occasionFacts(voice, occasion), { label: t('any_mail.link_until'), value: moment(undoUntil) }],
    action: { label: t('address_changed_mail.action'), url: undoUrl },
    afterwards: [t('any_mail.keep_secret', { product })],
  })
}

export interface AddressRestoredProps extends Reader {
  occasion: Occasion
  recoverUrl: string
}

/** Tells the former address that it is the account's again, and what to do next. */
export function addressRestoredMail({ occasion, recoverUrl, ...reader }: AddressRestoredProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('address_restored_mail.title'),
    greeting,
    paragraphs: [t('address_restored_mail.what'), t('address_restored_mail.next')],
    facts: occasionFacts(voice, occasion),
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('address_restored_mail.help')],
  })
}
