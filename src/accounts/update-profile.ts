/**
 * Lets people say what they are called, which language they read and which time zone they live in.
 * Invariant: the log says which fields changed, never what they held (it outlives an erasure).
 */
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { judgeNames, type NamesRefusal, type PersonNames } from './account.ts'
import type { AccountDeps } from './account-deps.ts'
import { lockPerson, updateProfileColumns } from './self-queries.ts'

export interface ProfileInput extends PersonNames {
  readonly accountId: string
  readonly locale: 'ja' | 'en' | null
  /** A name of the IANA time zone database, such as Asia/Tokyo. */
  readonly zoneinfo: string
  readonly actor: string | null
  readonly origin: Origin
}

export type ProfileUpdate = { readonly ok: true } | { readonly ok: false; readonly reason: NamesRefusal | 'zoneinfo_unknown' }

/** Throws where there is no such account: its pages need a session. */
export async function updateProfile(deps: Pick<AccountDeps, 'databases'>, input: ProfileInput): Promise<ProfileUpdate> {
  const { accountId, actor, origin } = input
  const event = { type: 'profile.updated', subject: accountId, actor, origin } as const
  const judged = judgeNames(input)
  const zoneinfo = knownZone(input.zoneinfo)
  const reason = !judged.ok ? judged.reason : zoneinfo === null ? 'zoneinfo_unknown' : null
  if (!judged.ok || zoneinfo === null || reason !== null) {
    const because = reason ?? 'zoneinfo_unknown'
    await deps.databases.inEngine((trx) => record(trx, { ...event, outcome: 'refused', reason: because }))
    return { ok: false, reason: because }
  }
  const { familyName, givenName, familyNameKana, givenNameKana } = judged.names
  const kept = { family_name: familyName, given_name: givenName, family_name_kana: familyNameKana, given_name_kana: givenNameKana, locale: input.locale, zoneinfo }
  return deps.databases.inEngine(async (trx): Promise<ProfileUpdate> => {
    const before = await lockPerson(trx, accountId)
    if (before === undefined || before.status === 'erased') throw new Error('There is no account to update.')
    const was: Readonly<Record<string, unknown>> = { ...before }
    const fields = Object.entries(kept).flatMap(([field, value]) => (was[field] === value ? [] : field))
    if (fields.length === 0) return { ok: true }
    await updateProfileColumns(trx, accountId, { ...kept, display_name: judged.displayName })
    await record(trx, { ...event, outcome: 'success', after: { fields } })
    return { ok: true }
  })
}

/** The zone in the spelling of the database, or null; offsets such as +09:00 are no zones (OIDC Core §5.1, zoneinfo). */
export function knownZone(text: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return null
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions()
    // Other names of a zone resolve to its first one; they stay as they are.
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
