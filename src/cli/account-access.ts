/** `tegata account activate|unlock|locks`: the way in for people who get no mail, and the locks that failures put on it. */
import { z } from 'zod'
import { issueActivation } from '../accounts/issue-activation.ts'
import { unlockAccount } from '../accounts/unlock-account.ts'
import { accountNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { table, verb, type Verb } from './verbs.ts'

const byName = z.object({ argument: z.string() })

const whyNoActivation = {
  not_found: 'there is no such account.',
  account_suspended: 'the account is locked, disabled or erased.',
  address_unproved: 'nobody has proved its address yet, so the account waits for whoever owns that address: they register with it.',
} as const

export const accessVerbs: readonly Verb[] = [
  verb({
    name: 'activate', meaning: 'makes a one-time link to set a password by, to hand over in person; earlier ones die', argument: '<account>', input: byName,
    run: async ({ databases, accounts, config }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await issueActivation(accounts, { accountId, ...byCommandLine })
      if (!result.ok) return { ...result, detail: whyNoActivation[result.reason] }
      const link = `${config.issuer}${result.path}`
      const until = result.expiresAt.toISOString()
      return { ok: true, facts: { account_id: accountId, link, expires_at: until }, lines: [link, `It works once, until ${until}, and is not shown again: give it to this person only.`] }
    },
  }),
  verb({
    name: 'unlock', meaning: 'lets failed passwords and codes count afresh; what an operator suspended stays so', argument: '<account>', input: byName,
    run: async ({ databases, accounts }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await unlockAccount(accounts, { accountId, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId }, lines: [`account ${accountId} is unlocked: its failures count afresh`] } : result
    },
  }),
  verb({
    name: 'locks', meaning: 'shows how many passwords and codes have failed, and until when they are locked', argument: '<account>', input: byName,
    run: async ({ databases, accounts: { attempts } }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const kinds = await Promise.all((['password', 'second_factor'] as const).map(async (kind) => ({ kind, ...(await attempts.look(kind, accountId)) })))
      const facts = Object.fromEntries(kinds.map(({ kind, failures, lockedUntil }) => [kind, { failures, locked_until: lockedUntil?.toISOString() ?? null }]))
      const rows = kinds.map(({ kind, failures, lockedUntil }) => [kind, `${failures} failed`, lockedUntil === null ? 'not locked' : `locked until ${lockedUntil.toISOString()}`])
      return { ok: true, facts: { account_id: accountId, ...facts }, lines: table(rows) }
    },
  }),
]
