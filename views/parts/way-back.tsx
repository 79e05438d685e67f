/**
 * The way out of pages that stand outside a sign-in: back to it where there is one, else to the app.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

/** A link to the sign-in in the words of the page; nothing where there is none. */
export function ToSignIn(props: { url: string | undefined; t: Translate; children?: string }): JSX.Element | null {
  const href = pathOrSafeUrl(props.url)
  if (href === undefined) return null
  return (
    <p class="ways">
      <a id={formContract.recover.elements.toSignIn.id} href={href}>
        {props.children ?? props.t('form.to_sign_in')}
      </a>
    </p>
  )
}
