/** One of several ways on, as a row that is a link: its sign, its name and a quiet line below. */
import type { JSX } from 'preact'
import type { TenantColour } from '../props.ts'
import { Chip } from './chip.tsx'

interface ChoiceLinkProps {
  id?: string | undefined
  /** Ours, or passed by safe-url.ts. */
  href: string
  initial: string
  colour: TenantColour
  name: string
  line: string
}

export function ChoiceLink({ id, href, initial, colour, name, line }: ChoiceLinkProps): JSX.Element {
  return (
    <a class="choice" id={id} href={href}>
      <Chip initial={initial} colour={colour} />
      <span class="words">
        <b>{name}</b>
        <span class="quiet-text">{line}</span>
      </span>
      <span class="arrow" aria-hidden="true" />
    </a>
  )
}
