/**
 * Decides, when a mail leaves, whom it goes to and which one it is: by the account and the link as they are at that moment.
 * Invariants: notices go to the account's address alone; a link goes to the address it was made for; where there is nobody to
 * write to, or the link does not count any more, there is no mail. The words are views/mails'.
 */
import { z } from 'zod'
import { accountLockedMail } from '../../views/mails/account-locked.tsx'
import { addressChangedMail, addressConfirmMail, addressWantedMail } from '../../views/mails/address.ts'
import { deletionRequestedMail } from '../../views/mails/deletion.ts'
import type { Mail } from '../../views/mails/layout.tsx'
import { passwordResetMail } from '../../views/mails/password.ts'
import { alreadyRegisteredMail, registrationMail } from '../../views/mails/registration.ts'
import { createLink } from '../accounts/links.ts'
import { composeWaveMail } from './mail-imports.ts'
import { composeInvitationMail } from './mail-invitations.ts'
import type { MailedType } from './mail-jobs.ts'
import { openMailLink, type LinkDeps, type MailLink } from './mail-links.ts'
import { notices, type NoticeType } from './mail-notices.ts'
import { composeTenantMail } from './mail-tenants.ts'
import { occasionOf, readerOf, strangerWith } from './mail-reader.ts'
import { findEarlierLock, findOwnerOfAddress, findRecipient, findUnlockLinkSince, type MailEvent, type Recipient } from './queries.ts'

export interface OutgoingMail extends Mail {
  readonly to: string
}

type Outcome = Promise<OutgoingMail | null>

/** The mail that an event asks for now; null for none. */
export function composeMail(deps: LinkDeps, type: MailedType, event: MailEvent): Outcome {
  switch (type) {
    case 'account.locked':
      return accountLocked(deps, event)
    case 'registration.requested':
      return registrationRequested(deps, event)
    case 'recovery.requested':
      return recoveryRequested(deps, event)
    case 'address.change_requested':
      return addressChangeRequested(deps, event)
    case 'address.changed':
      return addressChanged(deps, event)
    case 'account.deletion_requested':
      return deletionRequested(deps, event)
    case 'invitation.sent':
    case 'invitation.resent':
    case 'invitation.accepted':
    case 'invitation.refused':
      return composeInvitationMail(deps, type, event)
    case 'import.wave_finished':
      return composeWaveMail(deps, event)
    case 'tenant.closing_started':
    case 'tenant.closing_undone':
    case 'break_glass.started':
      return composeTenantMail(deps, type, event)
    default:
      return notice(deps, type, event)
  }
}

type Reached = Recipient & { readonly email: string }

/** Null for an erased account, and for staff who sign in by number. */
async function findReached({ databases }: LinkDeps, accountId: string): Promise<Reached | null> {
  const found = await findRecipient(databases.engine, accountId)
  return found === undefined || found.email === null ? null : { ...found, email: found.email }
}

function pagesOf({ config: { issuer } }: LinkDeps): { recoverUrl: string; factorsUrl: string; signInUrl: string } {
  return { recoverUrl: `${issuer}/recover`, factorsUrl: `${issuer}/account/factors`, signInUrl: `${issuer}/` }
}

const namedLink = z.object({ link_id: z.uuid() })

async function notice(deps: LinkDeps, type: NoticeType, event: MailEvent): Outcome {
  const account = await findReached(deps, event.subject)
  if (account === null) return null
  return { to: account.email, ...notices[type]({ after: event.after, reader: readerOf(account), occasion: occasionOf(event), ...pagesOf(deps) }) }
}

const lockFacts = z.object({ until: z.iso.datetime(), ip: z.string().nullish() })

/** One for each account and hour of the clock, however often it is locked. */
async function accountLocked(deps: LinkDeps, event: MailEvent): Outcome {
  const account = await findReached(deps, event.subject)
  if (account === null || (await findEarlierLock(deps.databases.engine, account.id, { id: event.id, occurredAt: event.occurred_at }))) return null
  const { until, ip } = lockFacts.parse(event.after)
  const unlock = Date.parse(until) <= Date.now() || account.status !== 'active' ? null : await unlockLink(deps, account, event.occurred_at)
  return {
    to: account.email,
    ...accountLockedMail({
      ...readerOf(account),
      address: account.email,
      until,
      clientAddress: event.ip ?? ip ?? '-',
      signInUrl: pagesOf(deps).signInUrl,
      unlockUrl: unlock?.url,
    }),
  }
}

/** The link is made here, for only a mail that leaves needs one; a job that is tried again finds the one it made. */
async function unlockLink(deps: LinkDeps, account: Reached, lockedAt: Date): Promise<MailLink | null> {
  const { databases, masterKey } = deps
  const link = { purpose: 'unlock', accountId: account.id, email: account.email, clientId: null, locale: readerOf(account).locale } as const
  const linkId = (await findUnlockLinkSince(databases.engine, account.id, lockedAt)) ?? (await databases.inEngine((trx) => createLink(trx, masterKey, link))).id
  return openMailLink(deps, linkId, 'unlock')
}

/** Whether the address has an account is looked up here and nowhere before, so that asking takes the same time either way. */
async function registrationRequested(deps: LinkDeps, event: MailEvent): Outcome {
  const link = await openMailLink(deps, namedLink.parse(event.after).link_id, 'registration')
  if (link === null || link.email === null) return null
  const owner = await findOwnerOfAddress(deps.databases.engine, link.email)
  const stranger = strangerWith(link.locale)
  // Invited and never signed in: the registration takes that account over.
  if (owner === undefined || owner.status === 'pending') return { to: link.email, ...registrationMail({ ...link, ...stranger }) }
  return { to: link.email, ...alreadyRegisteredMail({ ...readerOf(owner), locale: stranger.locale, ...pagesOf(deps) }) }
}

async function recoveryRequested(deps: LinkDeps, event: MailEvent): Outcome {
  const account = await findReached(deps, event.subject)
  const link = await openMailLink(deps, namedLink.parse(event.after).link_id, 'password_reset')
  // The address was changed since: its former owner gets no key to the account.
  if (account === null || link === null || (link.email ?? account.email) !== account.email) return null
  return { to: account.email, ...passwordResetMail({ ...link, ...readerOf(account), occasion: occasionOf(event) }) }
}

async function addressChangeRequested(deps: LinkDeps, event: MailEvent): Outcome {
  const link = await openMailLink(deps, namedLink.parse(event.after).link_id, 'address_change')
  if (link === null || link.email === null) return null
  const owner = await findOwnerOfAddress(deps.databases.engine, link.email)
  if (owner !== undefined && owner.id !== event.subject) return { to: link.email, ...addressWantedMail(readerOf(owner)) }
  return { to: link.email, ...addressConfirmMail({ ...link, ...strangerWith(link.locale) }) }
}

async function addressChanged(deps: LinkDeps, event: MailEvent): Outcome {
  // Whoever had no address before has no link either.
  const named = namedLink.safeParse(event.after)
  const account = await findRecipient(deps.databases.engine, event.subject)
  const link = named.success ? await openMailLink(deps, named.data.link_id, 'address_undo') : null
  if (account === undefined || link === null || link.email === null) return null
  return { to: link.email, ...addressChangedMail({ ...readerOf(account), undoUrl: link.url, undoUntil: link.urlUntil, occasion: occasionOf(event) }) }
}

const deletionFacts = z.object({ link_id: z.uuid().nullable(), delete_after: z.iso.datetime({ offset: true }) })

async function deletionRequested(deps: LinkDeps, event: MailEvent): Outcome {
  const { link_id: linkId, delete_after: deleteAfter } = deletionFacts.parse(event.after)
  const account = await findReached(deps, event.subject)
  const link = linkId === null ? null : await openMailLink(deps, linkId, 'deletion')
  if (account === null || link === null) return null
  return { to: account.email, ...deletionRequestedMail({ ...readerOf(account), deleteAfter, keepUrl: link.url, occasion: occasionOf(event) }) }
}
