/** Notices that a second factor came, went or was used up. */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'

export type FactorChange = 'totp_enrolled' | 'totp_removed' | 'passkey_registered' | 'passkey_removed' | 'recovery_codes_generated'

export interface FactorNoticeProps extends Reader {
  occasion: Occasion
  recoverUrl: string
}

/** The notice that the person's second factors are other ones than before. */
export function factorChangedMail({ change, ...props }: FactorNoticeProps & { change: FactorChange }): Mail {
  const { t } = voiceFor(props)
  return factorNotice(props, { title: t(`factor_mail.title.${change}`), paragraphs: [t(`factor_mail.what.${change}`)] })
}

/** The notice that a recovery code was used; `left` is how many there are now. */
export function recoveryCodeUsedMail({ left, ...props }: FactorNoticeProps & { left: number }): Mail {
  const { t } = voiceFor(props)
  const next = left === 0 ? t('recovery_code_mail.none_left') : t('recovery_code_mail.left', { left })
  return factorNotice(props, { title: t('recovery_code_mail.title'), paragraphs: [t('recovery_code_mail.what'), next] })
}

interface Words {
  title: string
  paragraphs: readonly string[]
}

function factorNotice({ occasion, recoverUrl, ...reader }: FactorNoticeProps, words: Words): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    ...words,
    greeting,
    facts: occasionFacts(voice, occasion),
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('any_mail.you'), t('any_mail.not_you')],
  })
}

export interface AccountNoticeProps extends Reader {
  occasion: Occasion
  factorsUrl: string
}

/** The notice that an administrator removed the second factors. */
export function factorsResetMail(props: AccountNoticeProps): Mail {
  return accountNotice(props, 'factors_reset_mail')
}

/** The warning that somebody may have a copy of a passkey. */
export function passkeyCloneMail(props: AccountNoticeProps): Mail {
  return accountNotice(props, 'passkey_clone_mail')
}

function accountNotice({ occasion, factorsUrl, ...reader }: AccountNoticeProps, kind: 'factors_reset_mail' | 'passkey_clone_mail'): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t(`${kind}.title`),
    greeting,
    paragraphs: [t(`${kind}.what`), t(`${kind}.next`)],
    facts: occasionFacts(voice, occasion),
    action: { label: t('any_mail.open_account'), url: factorsUrl },
    afterwards: [t(`${kind}.not_you`)],
  })
}
