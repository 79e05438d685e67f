/**
 * What the link of an open invitation leads to: who invites, to what, and how to answer. Opening it changes nothing.
 * The answer is the invited person's alone. Where there is nothing to answer any more, invitation-closed.tsx says why.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { Action, Form } from '../parts/form.tsx'
import { Invited, type InvitationFacts } from '../parts/invited.tsx'
import { ErrorSummary } from '../parts/notices.tsx'
import { Person } from '../parts/person.tsx'
import type { FormProps, FrameProps, PersonProps } from '../props.ts'

export interface InvitationProps {
  frame: FrameProps
  form: FormProps
  invitation: InvitationFacts
  /** Nobody is signed in; the invited person is; somebody else is. */
  who: 'nobody' | 'invitee' | 'other'
  /** Who is signed in. */
  person?: PersonProps | undefined
  error?: 'form_expired' | undefined
}

const open = formContract.invitation.elements

/** Asks somebody who has an account. */
export function InvitationPage(props: InvitationProps): JSX.Element {
  const { frame, form, invitation, who, person, error } = props
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('invitation.title', { tenant: invitation.tenantName })}>
      <div>
        <h1>{t('invitation.title', { tenant: invitation.tenantName })}</h1>
        {person === undefined ? null : <Person person={person} t={t} />}
      </div>
      {error === undefined ? null : <ErrorSummary text={t('form.expired')} />}
      <Invited invitation={invitation} locale={frame.locale} />
      {who === 'invitee' ? null : <p>{t(`invitation.text.${who}`, { invitee: invitation.invitee })}</p>}
      <Form form={form}>
        <div class="actions">
          <Answer who={who} t={t} />
        </div>
      </Form>
      <p class="aside">{t(who === 'other' ? 'invitation.aside_other' : 'invitation.aside')}</p>
    </Frame>
  )
}

// Somebody else answers nothing: neither may a colleague at the same computer decline in another's name.
function Answer({ who, t }: { who: InvitationProps['who']; t: Translate }): JSX.Element {
  if (who === 'other') {
    return (
      <Action button={open.switchAccount} look="main">
        {t('invitation.switch_account')}
      </Action>
    )
  }
  return (
    <>
      <Action button={who === 'invitee' ? open.accept : open.signIn} look="main">
        {t(who === 'invitee' ? 'invitation.accept' : 'invitation.sign_in')}
      </Action>
      <Action button={open.decline} look="quiet">
        {t('invitation.decline')}
      </Action>
    </>
  )
}
