/** The notice that an account was used in a browser that had not been seen with it. */
import { writeMail, type Mail } from './layout.tsx'
import { occasionFacts, voiceFor, type Occasion, type Reader } from './reader.ts'

export interface NewBrowserProps extends Reader {
  occasion: Occasion
  recoverUrl: string
}

/** Asks the reader whether this was they. */
export function newBrowserMail({ occasion, recoverUrl, ...reader }: NewBrowserProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('new_browser_mail.title'),
    greeting,
    paragraphs: [t('new_browser_mail.what')],
    facts: occasionFacts(voice, occasion),
    action: { label: t('any_mail.reset_password'), url: recoverUrl },
    afterwards: [t('any_mail.you'), t('any_mail.not_you')],
  })
}
