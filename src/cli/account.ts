/** `tegata account …`. A password is read from stdin only: arguments stand in process lists and shell histories. */
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { createAccount } from '../accounts/create-account.ts'
import { listAccounts } from '../accounts/queries.ts'
import { resumeAccount } from '../accounts/resume-account.ts'
import { suspendAccount } from '../accounts/suspend-account.ts'
import { accessVerbs } from './account-access.ts'
import { deletionVerbs } from './account-deletion.ts'
import { factorVerbs } from './account-factors.ts'
import { profileVerbs } from './account-profile.ts'
import { sessionVerbs } from './account-sessions.ts'
import { accountNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const byName = z.object({ argument: z.string() })

const lifeVerbs: readonly Verb[] = [
  verb({
    name: 'create', meaning: 'makes an account; without a password nobody can sign in with it yet',
    options: {
      '--email <address>': 'its address, taken as verified', '--family-name <name>': 'family name', '--given-name <name>': 'given name',
      '--locale <locale>': 'ja or en', '--password-stdin': 'read a password from the first line of stdin',
    },
    input: z.object({ email: z.string().optional(), familyName: z.string().optional(), givenName: z.string().optional(), locale: z.enum(['ja', 'en']).optional(), passwordStdin: z.boolean().optional() }),
    run: async ({ databases, hashes, accounts: { passwords } }, { email = null, familyName = null, givenName = null, locale = null, passwordStdin }) => {
      const password = passwordStdin === true ? ((await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '') : null
      const result = await createAccount({ databases, hashes, passwords }, { email, emailVerified: email !== null, familyName, givenName, locale, password, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: result.accountId, status: result.status }, lines: [`created ${result.status} account ${result.accountId}`] } : result
    },
  }),
  verb({
    name: 'suspend', meaning: 'locks an account and ends its sessions', argument: '<account>',
    options: { '--for-good': 'disable it, which cannot be taken back' }, input: byName.extend({ forGood: z.boolean().default(false) }),
    run: async ({ databases, accounts: { sessions } }, { argument, forGood }) => {
      const accountId = await accountNamed(databases, argument)
      const status = forGood ? 'disabled' : 'locked'
      const result = await suspendAccount({ databases, sessions }, { accountId, status, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId, status }, lines: [`account ${accountId} is ${status}; its sessions ended`] } : result
    },
  }),
  verb({
    name: 'resume', meaning: 'lets a locked account sign in again', argument: '<account>', input: byName,
    run: async ({ databases }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await resumeAccount({ databases }, { accountId, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId, status: result.status }, lines: [`account ${accountId} is ${result.status}`] } : result
    },
  }),
  verb({
    name: 'list', meaning: 'shows accounts in order of id', options: { '--after <id>': 'begin after this account', '--limit <n>': 'at most so many (100)' },
    input: z.object({ after: z.string().optional(), limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(100) }),
    run: async ({ databases }, { after = null, limit }) => {
      const accounts = await listAccounts(databases.engine, { after, limit })
      return { ok: true, facts: { accounts }, lines: table(accounts.map(({ id, status, email, display_name }) => [id, status, email ?? '-', display_name])) }
    },
  }),
]

export const verbs: readonly Verb[] = [...lifeVerbs, ...accessVerbs, ...factorVerbs, ...sessionVerbs, ...profileVerbs, ...deletionVerbs]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'account', meaning: 'people who can sign in; <account> is an address, a staff number such as S-0142@sakura, or an id', verbs }, args)
}
