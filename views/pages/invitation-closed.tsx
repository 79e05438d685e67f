/**
 * Says why an invitation cannot be accepted, or what an answer to it has done, and always what to do next.
 * A link that says nothing (replaced by a newer one, or never one) gets no name of a tenant either.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak, type Translate } from '../messages.ts'
import { Action, Form } from '../parts/form.tsx'
import { ButtonLink } from '../parts/link.tsx'
import type { FormProps, FrameProps } from '../props.ts'

/** Why there is nothing to accept; `unknown` for a link that was replaced by a newer one or never was one. */
export type ClosedInvitationState = 'already_accepted' | 'already_declined' | 'revoked' | 'expired' | 'tenant_suspended' | 'membership_ended' | 'seat_limit_reached' | 'unknown'

/** What an answer has done. */
export type InvitationAnswer = 'accepted' | 'declined' | 'asked_again'

export interface ClosedInvitationProps {
  frame: FrameProps
  state: ClosedInvitationState | InvitationAnswer
  /** Empty where the link says nothing. */
  tenantName: string
  /** Present where whoever invited can be asked for another invitation. */
  askAgain?: FormProps | undefined
  next?: { name: string; url: string } | undefined
}

const { askAgain: askAgainButton, continue: continueLink } = formContract.invitation_closed.elements

/** Says how the invitation stands. */
export function ClosedInvitationPage({ frame, state, tenantName, askAgain, next }: ClosedInvitationProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t(`invitation_closed.title.${state}`, { tenant: tenantName })
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t(`invitation_closed.text.${state}`, { tenant: tenantName })}</p>
      <p>{advice(t, state, askAgain !== undefined)}</p>
      {askAgain === undefined ? null : (
        <Form form={askAgain}>
          <div class="actions">
            <Action button={askAgainButton} look="main">
              {t('invitation_closed.ask_again')}
            </Action>
          </div>
        </Form>
      )}
      {next === undefined ? null : (
        <div class="actions">
          <ButtonLink url={next.url} id={continueLink.id}>
            {t('done.continue', { name: next.name })}
          </ButtonLink>
        </div>
      )}
    </Frame>
  )
}

function advice(t: Translate, state: ClosedInvitationProps['state'], canAsk: boolean): string {
  return canAsk ? t('invitation_closed.advice.ask') : t(`invitation_closed.advice.${state}`)
}
