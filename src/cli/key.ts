/** `tegata key list|rotate`: the keys that sign tokens. Running servers notice a rotation by themselves. */
import { z } from 'zod'
import { listKeys } from '../oidc/key-queries.ts'
import { ensureKeys, rotateKey, signingAlgorithms } from '../oidc/keyring.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

export const verbs: readonly Verb[] = [
  verb({
    name: 'list', meaning: 'shows all published keys, never their private parts', input: z.object({}),
    run: async ({ databases }) => {
      const keys = (await listKeys(databases.engine)).map(({ kid, alg, state }) => ({ kid, alg, state }))
      return { ok: true, facts: { keys }, lines: table(keys.map(({ kid, alg, state }) => [kid, alg, state])) }
    },
  }),
  verb({
    name: 'rotate', meaning: 'lets the next key sign and publishes a new next one',
    options: { '--alg <alg>': `${signingAlgorithms.join(', ')} (ES256)`, '--emergency': 'a key has leaked: take it away at once, although tokens signed with it are then refused' },
    input: z.object({ alg: z.enum(signingAlgorithms).default('ES256'), emergency: z.boolean().default(false) }),
    run: async ({ databases, masterKey }, input) => {
      await ensureKeys(databases, masterKey)
      const result = await rotateKey({ databases, masterKey }, { ...input, ...byCommandLine })
      if (!result.ok) return { ok: false, reason: result.reason, detail: `others may still hold a key set without the next key; try again in ${result.readyInSeconds} seconds.` }
      return { ok: true, facts: { activated: result.activated, retired: result.retired }, lines: [`${result.activated} signs now`, `${result.retired} ${input.emergency ? 'is gone' : 'stays published until its tokens have ended'}`] }
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'key', meaning: 'keys that sign tokens', verbs }, args)
}
