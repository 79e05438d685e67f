/** Invitations in every state worth looking at; gallery.ts walks them with the others. */
import { h } from 'preact'
import { ClosedInvitationPage, type ClosedInvitationProps } from '../../views/pages/invitation-closed.tsx'
import { InvitationDetailsPage } from '../../views/pages/invitation-details.tsx'
import { InvitationPage } from '../../views/pages/invitation.tsx'
import type { FrameProps } from '../../views/props.ts'
import type { Picture } from './picture.ts'

const form = { action: '/invitations/Zk3', csrfToken: 'kR3vX0' }
const hanako = { displayName: '佐藤 花子', identifier: 'hanako@example.com' }
const closed = ['already_declined', 'revoked', 'expired', 'tenant_suspended', 'membership_ended', 'seat_limit_reached', 'unknown', 'declined', 'asked_again'] as const

function factsOf({ locale }: FrameProps) {
  const ja = locale === 'ja'
  return {
    tenantName: ja ? '医療法人さくら会' : 'Sakura Medical',
    inviterName: ja ? '山本 美咲' : 'Misaki Yamamoto',
    roleName: 'DEPARTMENT_HEAD',
    units: ja ? ['看護部門', '第一病棟 夜勤チーム'] : ['Nursing', 'Ward 1, night team'],
    until: '2026-11-28T00:30:00Z',
    invitee: 'hanako@example.com',
  }
}

/** All pictures of invitations in one language. */
export function invitationPictures(frame: FrameProps): Picture[] {
  const invitation = factsOf(frame)
  const base = { frame, form, invitation }
  const details = { ...base, email: 'hanako@example.com', familyName: '', givenName: '', familyNameKana: '', givenNameKana: '', scriptUrls: ['/assets/reveal.js'] }
  const errors = ['missing_password', 'password_too_short', 'password_too_common', 'name_missing', 'name_too_long', 'busy', 'form_expired'] as const
  const ending = { frame, tenantName: invitation.tenantName }
  const next = { name: 'Karte', url: 'https://karte.example/login' }
  const picture = (name: string, props: ClosedInvitationProps): Picture => ({ name: `invitation-${name}`, page: 'invitation_closed', node: h(ClosedInvitationPage, props) })
  return [
    { name: 'invitation', page: 'invitation', node: h(InvitationPage, { ...base, who: 'nobody' }) },
    { name: 'invitation-own', page: 'invitation', node: h(InvitationPage, { ...base, who: 'invitee', person: hanako }) },
    { name: 'invitation-own-expired-form', page: 'invitation', node: h(InvitationPage, { ...base, who: 'invitee', person: hanako, error: 'form_expired' }) },
    { name: 'invitation-other', page: 'invitation', node: h(InvitationPage, { ...base, who: 'other', person: { displayName: '田中 健', identifier: 'ken@example.com' } }) },
    { name: 'invitation-plain', page: 'invitation', node: h(InvitationPage, { ...base, invitation: { ...invitation, inviterName: null, units: [], invitee: '佐藤 花子' }, who: 'nobody' }) },
    { name: 'invitation-details', page: 'invitation_details', node: h(InvitationDetailsPage, details) },
    { name: 'invitation-details-no-mail', page: 'invitation_details', node: h(InvitationDetailsPage, { ...details, email: null, invitation: { ...invitation, invitee: '佐藤 花子' } }) },
    ...errors.map((error): Picture => ({ name: `invitation-details-${error}`, page: 'invitation_details', node: h(InvitationDetailsPage, { ...details, familyName: '佐藤', error }) })),
    picture('accepted', { ...ending, state: 'accepted', next }),
    picture('already_accepted', { ...ending, state: 'already_accepted', next: { name: 'Tegata', url: '/account' } }),
    picture('expired-ask', { ...ending, state: 'expired', askAgain: form }),
    ...closed.map((state) => picture(state, { ...ending, state })),
  ]
}
