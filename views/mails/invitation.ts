/**
 * Mails of an invitation: the link for whoever is invited, and the news for whoever invited. Tenant, role and names of people
 * are what a tenant's members have typed: they stand in the mail as text, in the subject only the tenant's name.
 */
import { writeMail, type Fact, type Mail } from './layout.tsx'
import { voiceFor, type Reader, type Voice } from './reader.ts'

export interface Invited {
  tenantName: string
  roleName: string
}

export interface InvitationProps extends Reader, Invited {
  /** Null where an operator invited. */
  inviterName: string | null
  units: readonly string[]
  url: string
  /** ISO 8601. */
  urlUntil: string
}

/** Brings the link by which an invitation is accepted or declined. */
export function invitationMail({ tenantName, roleName, inviterName, units, url, urlUntil, ...reader }: InvitationProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting, moment } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('invitation_mail.title', { tenant: tenantName }),
    greeting,
    paragraphs: [
      inviterName === null ? t('invitation_mail.what_administrator', { tenant: tenantName }) : t('invitation_mail.what', { tenant: tenantName, inviter: inviterName }),
      t('invitation_mail.how'),
    ],
    facts: [
      ...placeFacts(voice, { tenantName, roleName }),
      ...(units.length === 0 ? [] : [{ label: t('invitation.units'), value: units.join(t('invitation_mail.between_units')) }]),
      { label: t('invitation.until'), value: moment(urlUntil) },
    ],
    action: { label: t('invitation_mail.action'), url },
    afterwards: [t('any_mail.keep_secret', { product }), t('invitation_mail.not_you')],
  })
}

export interface InvitationNewsProps extends Reader, Invited {
  /** Who was invited: the name, and the address where there is one. */
  invitee: { name: string; email: string | null }
}

/** Tells whoever invited that the person has joined. */
export function invitationAcceptedMail({ tenantName, roleName, invitee, ...reader }: InvitationNewsProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('invitation_accepted_mail.title'),
    greeting,
    paragraphs: [t('invitation_accepted_mail.what', { tenant: tenantName })],
    facts: [...inviteeFacts(voice, invitee), ...placeFacts(voice, { tenantName, roleName })],
    afterwards: [t('invitation_accepted_mail.you')],
  })
}

/** Tells whoever invited that the person came too late and asks for another link. */
export function invitationAskedAgainMail({ tenantName, roleName, invitee, ...reader }: InvitationNewsProps): Mail {
  const voice = voiceFor(reader)
  const { t, product, greeting } = voice
  return writeMail({
    locale: reader.locale,
    product,
    title: t('invitation_asked_again_mail.title'),
    greeting,
    paragraphs: [t('invitation_asked_again_mail.what', { tenant: tenantName }), t('invitation_asked_again_mail.how')],
    facts: [...inviteeFacts(voice, invitee), ...placeFacts(voice, { tenantName, roleName })],
    afterwards: [t('invitation_asked_again_mail.not_you')],
  })
}

function placeFacts({ t }: Voice, { tenantName, roleName }: Invited): Fact[] {
  return [{ label: t('invitation.tenant'), value: tenantName }, { label: t('invitation.role'), value: roleName }]
}

function inviteeFacts({ t }: Voice, { name, email }: InvitationNewsProps['invitee']): Fact[] {
  return [{ label: t('invitation.invitee'), value: name }, ...(email === null ? [] : [{ label: t('invitation_mail.address'), value: email }])]
}
