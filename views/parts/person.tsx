/**
 * Names the person whose session this is, so that nobody acts under a colleague's account on a shared computer.
 */
import type { JSX } from 'preact'
import type { Translate } from '../messages.ts'
import type { PersonProps } from '../props.ts'

/** Name and identifier on one quiet line. */
export function Person(props: { person: PersonProps; t: Translate }): JSX.Element {
  return (
    <p class="person">
      <span class="unseen">{props.t('person.signed_in_as')} </span>
      <bdi>{props.person.displayName}</bdi>
      <span aria-hidden="true"> · </span>
      <bdi class="identifier">{props.person.identifier}</bdi>
    </p>
  )
}
