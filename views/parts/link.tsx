/**
 * Links that lead out of this server. The address passes safeUrl(); where that refuses, the words stay as plain text.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { Translate } from '../messages.ts'
import { pathOrSafeUrl, safeUrl } from '../safe-url.ts'

/** A link that opens beside the page, so that a half-filled form is not lost. */
export function OutsideLink(props: { url: string | undefined; t: Translate; children: ComponentChildren }): JSX.Element {
  const href = safeUrl(props.url)
  if (href === undefined) return <span>{props.children}</span>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {props.children}
      <span class="unseen">{props.t('frame.new_tab')}</span>
    </a>
  )
}

/** A link that looks like a button and leads on in the same tab; nothing at all where the address is refused. */
export function ButtonLink(props: { url: string | undefined; id: string; quiet?: boolean; children: ComponentChildren }): JSX.Element | null {
  const href = pathOrSafeUrl(props.url)
  if (href === undefined) return null
  return (
    <a class={props.quiet === true ? 'button quiet' : 'button'} id={props.id} href={href} rel="noreferrer">
      {props.children}
    </a>
  )
}
