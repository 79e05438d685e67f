/** `tegata member update|sessions|end-sessions|reset-factors|activation|export`: an operator's hand on members, bound by the same rules as the tenant's own. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { errorCode } from '../base/embedded-errors.ts'
import { parseMembershipId, parseTenantId } from '../base/ids.ts'
import { csvDownload } from '../http/csv.ts'
import { endMemberSessions } from '../members/end-member-sessions.ts'
import { exportMembers } from '../members/export-members.ts'
import type { MemberHelp } from '../members/help-member.ts'
import { issueMemberActivation } from '../members/issue-member-activation.ts'
import { byName } from '../members/member-list.ts'
import { findTenantOfMembership } from '../members/queries.ts'
import { resetMemberFactors } from '../members/reset-member-factors.ts'
import { updateMember } from '../members/update-member.ts'
import { memberSessions } from '../oidc/member-sessions.ts'
import { UsageError } from './fail.ts'
import { filterInput, filterOf, filterOptions, membershipId } from './member-list.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { table, verb, type Answer, type Verb } from './verbs.ts'

const byOperator = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const
const byMembership = z.object({ argument: membershipId })
const notFound = { ok: false, reason: 'not_found' } as const

/** Does it where the membership is. */
async function atMember({ databases }: Platform, id: string, act: (help: MemberHelp) => Promise<Answer>): Promise<Answer> {
  const found = await findTenantOfMembership(databases.engine, id)
  return found === undefined ? notFound : act({ tenantId: parseTenantId(found.tenant_id), membershipId: parseMembershipId(id), ...byOperator })
}

const none = z.literal('none').transform(() => null)
const date = z.union([none, z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((text) => new Date(text))], 'is neither a date nor none').optional()
const words = z.union([none, z.string()]).optional()

const update = verb({
  name: 'update', meaning: 'changes what is named of a member; `none` takes it away', argument: '<membership_id>',
  options: {
    '--unit <code...>': 'all units, the primary one first; `none` for no unit', '--employee-number <number>': 'staff number', '--title <title>': 'what they are called at work',
    '--valid-from <date>': 'member from then on', '--valid-until <date>': 'member until then',
  },
  input: byMembership.extend({ unit: z.array(z.string()).optional(), employeeNumber: words, title: words, validFrom: date, validUntil: date }),
  run: (platform, { argument, unit, ...given }) => atMember(platform, argument, async (member) => {
    const result = await updateMember(platform, { ...member, ...given, units: unit?.join() === 'none' ? [] : unit })
    return result.ok ? { ok: true, facts: { membership_id: argument }, lines: [`membership ${argument} is set`] } : result
  }),
})

const sessions = verb({
  name: 'sessions', meaning: 'shows the sessions in which a member acts for the tenant', argument: '<membership_id>', input: byMembership,
  run: (platform, { argument }) => atMember(platform, argument, async ({ tenantId }) => {
    const list = await platform.databases.inEngine((trx) => memberSessions.list(trx, { tenantId, membershipId: argument }))
    const shown = list.map(({ uid, userAgent, createdAt, lastSeenAt, apps }) => ({ session_id: uid, user_agent: userAgent, since: createdAt.toISOString(), last_seen_at: lastSeenAt.toISOString(), apps }))
    return { ok: true, facts: { sessions: shown }, lines: table(shown.map((one) => [one.session_id, one.last_seen_at, one.apps.join(', '), one.user_agent ?? '-'])) }
  }),
})

const endSessions = verb({
  name: 'end-sessions', meaning: 'ends them, with the tokens of the membership', argument: '<membership_id>', input: byMembership,
  run: (platform, { argument }) => atMember(platform, argument, async (member) => {
    const result = await endMemberSessions({ databases: platform.databases, memberSessions }, member)
    return result.ok ? { ok: true, facts: { membership_id: argument, ended: result.ended }, lines: [`${result.ended} sessions of membership ${argument} have ended`] } : result
  }),
})

const resetFactors = verb({
  name: 'reset-factors', meaning: 'takes all second factors of a member away and signs them out everywhere', argument: '<membership_id>', options: { '--reason <text>': 'why, for the log and for the person' },
  input: byMembership.extend({ reason: z.string('is missing') }),
  run: (platform, { argument, reason }) => atMember(platform, argument, async (member) => {
    const result = await resetMemberFactors(platform.accounts, { ...member, reason })
    return result.ok ? { ok: true, facts: { membership_id: argument }, lines: [`membership ${argument} has no second factor any more; the person is told`] } : result
  }),
})

const activation = verb({
  name: 'activation', meaning: 'makes a one-time link by which a member without an address sets a password', argument: '<membership_id>', input: byMembership,
  run: (platform, { argument }) => atMember(platform, argument, async (member) => {
    const result = await issueMemberActivation(platform.accounts, member)
    if (!result.ok) return result
    const [link, until] = [`${platform.config.issuer}${result.path}`, result.expiresAt.toISOString()]
    return { ok: true, facts: { membership_id: argument, link, expires_at: until }, lines: [link, `It works once, until ${until}: give it to this person only.`] }
  }),
})

const exportList = verb({
  name: 'export', meaning: 'writes the members of a tenant into a CSV file for Excel', options: { ...filterOptions, '--to <file>': 'a file that is not there yet' },
  input: filterInput.extend({ to: z.string('is missing') }),
  run: async ({ databases }, { to, ...narrow }) => {
    const { tenantId, filter } = await filterOf(databases, narrow)
    const file = createWriteStream(to, { flags: 'wx', mode: 0o600 })
    try {
      // Opened before anything is asked: what cannot be written is no event.
      await new Promise<void>((resolve, reject) => { file.once('open', () => { resolve() }).once('error', reject) })
    } catch (error) {
      throw new UsageError(`--to: ${to} cannot be written (${errorCode(error) ?? 'unknown'}).`, { cause: error })
    }
    await pipeline(csvDownload(await exportMembers({ databases }, { tenantId, filter, ...byName, ...byOperator })).body, file)
    return { ok: true, facts: { file: to }, lines: [`wrote ${to}`] }
  },
})

export const actVerbs: readonly Verb[] = [update, sessions, endSessions, resetFactors, activation, exportList]
