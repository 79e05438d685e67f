/** `tegata account profile`: what is kept about a person, and a change of it. What is not named stays; an empty text takes a reading away. */
import { z } from 'zod'
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { updateProfile } from '../accounts/update-profile.ts'
import { accountNamed } from './find.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { table, verb, type Answer, type Verb } from './verbs.ts'

const text = z.string().optional()
const changeShape = z.object({ familyName: text, givenName: text, familyNameKana: text, givenNameKana: text, locale: z.enum(['ja', 'en']).optional(), zoneinfo: text })

export const profileVerbs: readonly Verb[] = [
  verb({
    name: 'profile', meaning: 'shows names, address, language and time zone, or changes those that are named', argument: '<account>',
    options: {
      '--family-name <name>': 'family name', '--given-name <name>': 'given name', '--family-name-kana <name>': 'its reading', '--given-name-kana <name>': 'its reading',
      '--locale <locale>': 'ja or en', '--zoneinfo <zone>': 'time zone, such as Asia/Tokyo',
    },
    input: changeShape.extend({ argument: z.string() }),
    run: async (platform, { argument, ...change }) => {
      const accountId = await accountNamed(platform.databases, argument)
      const profile = await findProfile(platform.databases.engine, accountId)
      if (profile === undefined || profile.status === 'erased') return { ok: false, reason: 'account_erased' }
      const named = Object.values(change).some((value) => value !== undefined)
      return named ? update(platform, profile, change) : show(profile)
    },
  }),
]

function show({ created_at, email_verified_at, delete_after, password_changed_at, ...profile }: ProfileRow): Answer {
  const written = (at: Date | null) => at?.toISOString() ?? null
  const facts = {
    ...profile, email_verified_at: written(email_verified_at), password_changed_at: written(password_changed_at), created_at: written(created_at), delete_after: written(delete_after),
  }
  return { ok: true, facts: { profile: facts }, lines: table(Object.entries(facts).map(([name, value]) => [name, value ?? '-'])) }
}

async function update({ accounts }: Platform, profile: ProfileRow, change: z.output<typeof changeShape>): Promise<Answer> {
  const { id, locale } = profile
  const result = await updateProfile(accounts, {
    accountId: id,
    familyName: change.familyName ?? profile.family_name, givenName: change.givenName ?? profile.given_name,
    familyNameKana: change.familyNameKana ?? profile.family_name_kana, givenNameKana: change.givenNameKana ?? profile.given_name_kana,
    locale: change.locale ?? (locale === 'ja' || locale === 'en' ? locale : null), zoneinfo: change.zoneinfo ?? profile.zoneinfo,
    ...byCommandLine,
  })
  return result.ok ? { ok: true, facts: { account_id: id }, lines: [`the profile of account ${id} is set`] } : result
}
