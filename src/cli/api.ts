/** `tegata api create|list`: resource servers that accept our access tokens. */
import { z } from 'zod'
import { listApis } from '../apps/queries.ts'
import { registerApi } from '../apps/register-api.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

export const verbs: readonly Verb[] = [
  verb({
    name: 'create', meaning: 'registers an api', argument: '<identifier>',
    options: { '--name <name>': 'its name, as people read it at consent', '--scope <scope...>': 'what can be asked for', '--ttl <seconds>': 'life of its access tokens (300)', '--format <format>': 'jwt or opaque (jwt)' },
    input: z.object({ argument: z.string(), name: z.string('is missing'), scope: z.array(z.string()).default([]), ttl: z.coerce.number().default(300), format: z.enum(['jwt', 'opaque']).default('jwt') }),
    run: async ({ databases }, { argument, name, scope, ttl, format }) => {
      const result = await registerApi({ databases }, { identifier: argument, name, scopes: scope, accessTokenTtlSeconds: ttl, accessTokenFormat: format }, byCommandLine)
      if (!result.ok) return 'problems' in result ? { ok: false, reason: result.reason, detail: result.problems.join(' ') } : result
      return { ok: true, facts: { identifier: result.identifier }, lines: [`registered api ${result.identifier}`] }
    },
  }),
  verb({
    name: 'list', meaning: 'shows all apis', input: z.object({}),
    run: async ({ databases }) => {
      const apis = await listApis(databases.engine)
      return { ok: true, facts: { apis }, lines: table(apis.map((api) => [api.identifier, api.access_token_format, `${api.access_token_ttl_seconds} s`, api.scopes.join(' ')])) }
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'api', meaning: 'apis that accept access tokens', verbs }, args)
}
