/** `tegata account sessions|end-sessions|sign-out-everywhere`: where somebody is signed in, and the end of it. */
import { z } from 'zod'
import type { AccountDeps } from '../accounts/account-deps.ts'
import { lockPerson } from '../accounts/self-queries.ts'
import { signOutEverywhere } from '../accounts/session-ending.ts'
import { createSessionBook } from '../oidc/session-book.ts'
import { accountNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { table, verb, type Verb } from './verbs.ts'

const byName = z.object({ argument: z.string() })

/** Ends all that was proved before now: sessions, tokens, unfinished sign-ins, known and trusted browsers. */
export function signOut({ databases, sessions }: Pick<AccountDeps, 'databases' | 'sessions'>, accountId: string, reason: string): Promise<void> {
  return databases.inEngine(async (trx) => {
    await lockPerson(trx, accountId)
    await signOutEverywhere(trx, sessions, { accountId, reason, ...byCommandLine })
  })
}

export const sessionVerbs: readonly Verb[] = [
  verb({
    name: 'sessions', meaning: 'shows where it is signed in', argument: '<account>', input: byName,
    run: async ({ databases }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const sessions = (await createSessionBook({ databases }).list(accountId)).map((one) => ({
        session_uid: one.uid, acr: one.acr, amr: one.amr, signed_in_at: new Date(one.authTime * 1000).toISOString(), last_seen_at: one.lastSeenAt.toISOString(),
        ip: one.ip, user_agent: one.userAgent, client_ids: one.clientIds,
      }))
      const rows = sessions.map((one) => [one.session_uid, one.acr, one.signed_in_at, one.ip ?? '-', one.client_ids.join(' ')])
      return { ok: true, facts: { account_id: accountId, sessions }, lines: table(rows) }
    },
  }),
  verb({
    name: 'end-sessions', meaning: 'ends its sessions; their apps are told', argument: '<account>',
    options: { '--session <uid>': 'this one only' }, input: byName.extend({ session: z.string().optional() }),
    run: async ({ databases }, { argument, session }) => {
      const accountId = await accountNamed(databases, argument)
      const book = createSessionBook({ databases })
      const { origin } = byCommandLine
      const one = async (uid: string) => ((await book.end({ accountId, uid, origin })) ? 1 : 0)
      const ended = session === undefined ? await book.endOthers({ accountId, keepSessionUid: null, origin }) : await one(session)
      if (session !== undefined && ended === 0) return { ok: false, reason: 'not_found', detail: 'the account has no such session.' }
      return { ok: true, facts: { account_id: accountId, ended }, lines: [`ended ${ended} ${ended === 1 ? 'session' : 'sessions'} of account ${accountId}`] }
    },
  }),
  verb({
    name: 'sign-out-everywhere', meaning: 'ends its sessions, tokens and unfinished sign-ins, and forgets its browsers', argument: '<account>', input: byName,
    run: async ({ databases, accounts }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      await signOut(accounts, accountId, 'operator')
      return { ok: true, facts: { account_id: accountId }, lines: [`account ${accountId} is signed out everywhere`] }
    },
  }),
]
