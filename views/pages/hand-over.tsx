/**
 * Carries values on to their next address by a form: an answer to an app that asked for form_post, or the change from one
 * account to another. A one-line script of ours presses the button; without scripts the person does.
 */
import type { JSX } from 'preact'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import type { FrameProps } from '../props.ts'

export interface HandOverProps {
  frame: FrameProps
  /** A checked address: our own path, or the app's registered redirect_uri. */
  action: string
  fields: readonly (readonly [name: string, value: string])[]
  scriptUrl: string
  /** Who goes on: the app with its answer, or the next person with this browser. */
  to: 'app' | 'next_person'
}

/** Names and ids of the hidden fields are the receiver's; the button has no name, because everything here is sent. */
export function HandOverPage({ frame, action, fields, scriptUrl, to }: HandOverProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t(`hand_over.title.${to}`)
  return (
    <Frame frame={frame} title={title} scriptUrls={[scriptUrl]}>
      <h1>{title}</h1>
      <p>{t(`hand_over.text.${to}`)}</p>
      <form class="stack" method="post" action={action}>
        {fields.map(([name, value]) => (
          <input key={name} type="hidden" name={name} id={name} value={value} />
        ))}
        <button class="button" type="submit" id="continue">
          {t('hand_over.continue')}
        </button>
      </form>
    </Frame>
  )
}
