/**
 * Buttons and links of a list, one for each entry. What they are about is part of their name for those who hear the page,
 * because "Remove" three times over says nothing.
 */
import type { JSX } from 'preact'
import type { ButtonContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

interface RowProps {
  /** What it is about, for those who cannot see where it stands. */
  about: string
  label: string
  t: Translate
}

/** A submit button of an entry: a placeholder in its id and value becomes `of`. */
export function RowButton(props: RowProps & { button: ButtonContract; of?: string; danger?: boolean }): JSX.Element {
  const { button, of = '', danger } = props
  return (
    <button class={danger === true ? 'button quiet danger compact' : 'button quiet compact'} type="submit" name={button.name} id={filled(button.id, of)} value={filled(button.value, of)}>
      <Name {...props} />
    </button>
  )
}

/** A link of an entry, looking like a button; nothing where the address is refused. */
export function RowLink(props: RowProps & { href: string; id?: string | undefined }): JSX.Element | null {
  const href = pathOrSafeUrl(props.href)
  if (href === undefined) return null
  return (
    <a class="button quiet compact" id={props.id} href={href}>
      <Name {...props} />
    </a>
  )
}

function Name({ label, about, t }: RowProps): JSX.Element {
  return (
    <span>
      {label}
      <span class="unseen">{t('account.about', { name: about })}</span>
    </span>
  )
}

/** Puts an id into the placeholder of a contract's id or value. */
export function filled(pattern: string, of: string): string {
  // As a function, because a text may hold `$&`.
  return pattern.replace(/\{\w+\}/u, () => of)
}
