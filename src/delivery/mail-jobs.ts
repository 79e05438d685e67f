/**
 * Which events are worth a mail, and the job that each becomes. A job names its event and nothing else: whom the mail goes to,
 * what it says and its links are found out when it leaves, so a job that waited speaks of things as they are then.
 * What the mails say is mail-templates.ts's.
 */
import { z } from 'zod'
import type { EventType } from '../events/catalogue.ts'
import type { JobSpec, StoredEvent } from '../events/subscriber.ts'

export const mailedTypes = [
  'account.locked', 'second_factor.locked', 'passkey.clone_suspected',
  'registration.requested', 'recovery.requested', 'password.changed',
  'address.change_requested', 'address.changed', 'address.change_undone',
  'totp.enrolled', 'totp.removed', 'passkey.registered', 'passkey.removed', 'recovery_codes.generated', 'recovery_code.used', 'factors.reset',
  'device.recognised', 'account.deletion_requested', 'account.deletion_cancelled',
  'invitation.sent', 'invitation.resent', 'invitation.accepted', 'invitation.refused', 'import.wave_finished',
  'tenant.closing_started', 'tenant.closing_undone', 'break_glass.started',
] as const satisfies readonly EventType[]

export type MailedType = (typeof mailedTypes)[number]

export const mailJob = z.object({ event_id: z.uuid(), type: z.enum(mailedTypes), occurred_at: z.iso.datetime(), reader: z.string().optional() })

/** None for what nobody needs to be told, or what has nobody to tell. */
export function mailJobsOf(event: StoredEvent): readonly JobSpec[] {
  if (!isWorthAMail(event)) return []
  const payload = { event_id: event.id, type: event.type, occurred_at: event.occurredAt.toISOString() }
  const queue = laneOf(event)
  const told = toldBy(event)
  // One for each, so that an address that fails holds up nobody else and nobody gets theirs twice.
  if (told !== null) return told.map((reader) => ({ task: 'send_mail', payload: { ...payload, reader }, key: `mail:${event.id}:${reader}`, queue }))
  return [{ task: 'send_mail', payload, key: `mail:${event.id}`, queue }]
}

const toldShape = z.object({ told: z.array(z.string()) })

/** Accounts that the event itself lists; null for events that are their subject's own. */
function toldBy({ type, after }: StoredEvent): readonly string[] | null {
  return /^(?:tenant|break_glass)\./.test(type) ? toldShape.parse(after).told : null
}

// What was refused is itself the news here.
const warnings: readonly EventType[] = ['account.locked', 'second_factor.locked', 'passkey.clone_suspected']

function isWorthAMail({ type, outcome, subject, reason, after }: StoredEvent): boolean {
  if (subject === null) return false
  if (type === 'invitation.refused') return reason === 'expired_asked_again'
  if (outcome !== 'success' && !warnings.includes(type)) return false
  // Nobody has that name, or has no address to write to.
  if (type === 'recovery.requested') return typeof after?.['link_id'] === 'string'
  return type !== 'password.changed' || after?.['how'] !== 'registration'
}

/**
 * Two mails at a time and one at a time for each person, in order: a mail server that hangs holds up mails alone, not the
 * other jobs of this process.
 */
function laneOf({ subject }: StoredEvent): string {
  const sum = Array.from(subject ?? '').reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0)
  return `mail:${sum % 2}`
}
