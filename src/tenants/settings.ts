/** Owns the bounds of what a tenant's admins write about it. Pure. */
import { accentOf } from './accent.ts'
import type { SettingColumns } from './settings-queries.ts'

export const longestName = 100
export const longestContact = 300
export const longestInvitationDays = 90

/** What is absent stays as it is. */
export interface SettingChanges {
  readonly name?: string | undefined
  /** To whom somebody turns who is not let in; null or nothing but spaces for nobody. */
  readonly contact?: string | null | undefined
  /** `#rrggbb`; null for the platform's own. */
  readonly accentColor?: string | null | undefined
  /** From each time an invitation is sent. */
  readonly invitationLifetimeDays?: number | undefined
}

export type SettingRefusal =
  | { readonly ok: false; readonly reason: 'invalid_name' | 'invalid_contact' | 'invalid_invitation_lifetime' | 'invalid_color' }
  | { readonly ok: false; readonly reason: 'contrast_too_low'; readonly ratio: number; readonly suggestion: string }

/** The name as it is stored; null where it is empty or longer than 100 characters. */
export function normaliseTenantName(text: string): string | null {
  const name = text.trim()
  return name === '' || name.length > longestName ? null : name
}

/** The settings as they would be, or why not. */
export function changedSettings(before: SettingColumns, changes: SettingChanges): { readonly ok: true; readonly settings: SettingColumns } | SettingRefusal {
  const name = normaliseTenantName(changes.name ?? before.name)
  if (name === null) return { ok: false, reason: 'invalid_name' }
  const contact = (changes.contact === undefined ? before.contact : changes.contact)?.trim() ?? ''
  if (contact.length > longestContact) return { ok: false, reason: 'invalid_contact' }
  const days = changes.invitationLifetimeDays ?? before.invitation_lifetime_days
  if (!Number.isInteger(days) || days < 1 || days > longestInvitationDays) return { ok: false, reason: 'invalid_invitation_lifetime' }
  const color = changes.accentColor === undefined ? { ok: true as const, color: before.accent_color } : changedColor(changes.accentColor)
  if (!color.ok) return color
  return { ok: true, settings: { name, contact: contact === '' ? null : contact, accent_color: color.color, invitation_lifetime_days: days } }
}

function changedColor(color: string | null) {
  return color === null ? { ok: true as const, color } : accentOf(color)
}
