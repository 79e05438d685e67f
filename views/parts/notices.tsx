/**
 * What a page says before its form: the summary of an error, which takes the focus, and quiet notices.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { Translate } from '../messages.ts'

/** The error on top of a card. `fieldId` makes it a link to the field that needs another look. */
export function ErrorSummary(props: { text: string; more?: string | undefined; fieldId?: string | undefined }): JSX.Element {
  return (
    <div class="summary" role="alert" id="error_summary" tabIndex={-1} autofocus>
      <p>{props.fieldId === undefined ? props.text : <a href={`#${props.fieldId}`}>{props.text}</a>}</p>
      {props.more === undefined ? null : <p>{props.more}</p>}
    </div>
  )
}

/** A calm remark that needs no answer. */
export function Notice(props: { children: ComponentChildren }): JSX.Element {
  return <p class="notice">{props.children}</p>
}

/** Says how long to wait: in seconds below one minute, else in whole minutes, rounded up. */
export function waitText(t: Translate, retryAfterSeconds: number | undefined): string | undefined {
  if (retryAfterSeconds === undefined || !Number.isFinite(retryAfterSeconds)) return undefined
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds))
  return seconds < 60 ? t('wait.seconds', { seconds }) : t('wait.minutes', { minutes: Math.ceil(seconds / 60) })
}
