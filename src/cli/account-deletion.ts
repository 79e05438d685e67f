/** `tegata account delete|keep`: erasure at a person's wish, after the grace, and the way back from it. */
import { z } from 'zod'
import { cancelDeletion, requestDeletion } from '../accounts/delete-account.ts'
import { accountNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { verb, type Verb } from './verbs.ts'

const byName = z.object({ argument: z.string() })

export const deletionVerbs: readonly Verb[] = [
  verb({
    name: 'delete', meaning: 'has an account erased after 14 days, in which everything works as before', argument: '<account>', input: byName,
    run: async ({ databases, deletion }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await requestDeletion(deletion, { accountId, ...byCommandLine })
      if (!result.ok) {
        const detail = result.reason === 'last_admin' ? `name another administrator first: ${result.tenants.join(', ')}.` : 'only an active account can be erased.'
        return { ok: false, reason: result.reason, detail }
      }
      const day = result.deleteAfter.toISOString()
      return { ok: true, facts: { account_id: accountId, delete_after: day }, lines: [`account ${accountId} is erased after ${day}; \`tegata account keep\` takes that back`] }
    },
  }),
  verb({
    name: 'keep', meaning: 'takes the erasure back', argument: '<account>', input: byName,
    run: async ({ databases, deletion }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await cancelDeletion(deletion, { by: { accountId }, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId }, lines: [`account ${accountId} is kept`] } : result
    },
  }),
]
