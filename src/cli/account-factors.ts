/**
 * `tegata account factors|reset-factors`: what an account has besides its password, and its end for a person who lost it all.
 * Invariant: a reset leaves nothing that was proved with the old factors: sessions and trusted browsers end with them.
 */
import { z } from 'zod'
import { listFactors } from '../factors/list-factors.ts'
import { resetFactors } from '../factors/reset-factors.ts'
import { signOut } from './account-sessions.ts'
import { accountNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { table, verb, type Verb } from './verbs.ts'

export const factorVerbs: readonly Verb[] = [
  verb({
    name: 'factors', meaning: 'shows its second factors', argument: '<account>', input: z.object({ argument: z.string() }),
    run: async ({ databases }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const { totp, passkeys, recoveryCodesLeft } = await listFactors(databases.engine, accountId)
      const used = (at: Date | null) => (at === null ? 'never used' : `used ${at.toISOString()}`)
      const rows = [
        ...(totp === null ? [] : [['totp', 'authenticator app', `since ${totp.created_at.toISOString()}`, used(totp.last_used_at)]]),
        ...passkeys.map((one) => ['passkey', one.name, `since ${one.created_at.toISOString()}`, one.clone_suspected_at === null ? used(one.last_used_at) : 'a copy is suspected']),
        ...(recoveryCodesLeft === 0 ? [] : [['recovery codes', `${recoveryCodesLeft} left`, '', '']]),
      ]
      return { ok: true, facts: { account_id: accountId, totp, passkeys, recovery_codes_left: recoveryCodesLeft }, lines: table(rows) }
    },
  }),
  verb({
    name: 'reset-factors', meaning: 'takes all second factors away and signs the person out everywhere; the password stays', argument: '<account>',
    options: { '--reason <text>': 'why; it stands in the log, where the person reads it too, so name nobody' },
    input: z.object({ argument: z.string(), reason: z.string('is missing').trim().min(1, 'is empty').max(200, 'is longer than 200 characters') }),
    run: async ({ databases, accounts }, { argument, reason }) => {
      const accountId = await accountNamed(databases, argument)
      await resetFactors(accounts, { accountId, reason, ...byCommandLine })
      await signOut(accounts, accountId, 'factors_reset')
      return { ok: true, facts: { account_id: accountId }, lines: [`account ${accountId} has its password only now; it is signed out everywhere`] }
    },
  }),
]
