/**
 * One membership as a row of a list. What may be chosen is a button; what may not is text with its reason,
 * so that a person sees that the tenant is known and why it is closed.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { DisabledReason, MembershipChoice } from '../props.ts'
import { Chip } from './chip.tsx'

const { membership } = formContract.select_tenant.elements

/** A membership that may be used now: a submit button. */
export function OpenMembership(props: { choice: MembershipChoice }): JSX.Element {
  const { choice } = props
  return (
    <button
      class="choice"
      type="submit"
      name={membership.name}
      id={membership.id.replace('{subdomain}', choice.subdomain)}
      value={choice.membershipId}
    >
      <Chip initial={choice.initial} colour={choice.colour} />
      <Words choice={choice} />
      <span class="arrow" aria-hidden="true" />
    </button>
  )
}

/** A membership that is closed for now, with the reason. */
export function ClosedMembership(props: { choice: MembershipChoice; reason: DisabledReason; t: Translate }): JSX.Element {
  return (
    <div class="choice closed">
      <Chip initial={props.choice.initial} colour={props.choice.colour} />
      <Words choice={props.choice} />
      <span class="tag">{props.t(`membership.${props.reason}`)}</span>
    </div>
  )
}

function Words({ choice }: { choice: MembershipChoice }): JSX.Element {
  return (
    <span class="words">
      <b>{choice.tenantName}</b>
      <span class="quiet-text">{choice.unitName === undefined ? choice.roleName : `${choice.unitName} · ${choice.roleName}`}</span>
    </span>
  )
}
