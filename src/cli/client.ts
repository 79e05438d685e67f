/** `tegata client create|list|show|update|suspend|resume|rotate-secret|mapping|delete`: apps. A new secret is printed once and kept nowhere. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { floorLevels, idTokenAlgorithms, platformScopes, type ClientInput } from '../apps/client.ts'
import { findClientRecord, listClientPage } from '../apps/queries.ts'
import { clientTypes } from '../apps/redirect-uri.ts'
import { registerClient } from '../apps/register-client.ts'
import { deleteClient } from '../apps/delete-client.ts'
import { overlapSeconds, rotateSecret } from '../apps/rotate-secret.ts'
import { setClaimMapping } from '../apps/set-claim-mapping.ts'
import { updateClientOf } from '../apps/update-client.ts'
import { resumeClient } from '../apps/resume-client.ts'
import { suspendClient } from '../apps/suspend-client.ts'
import { endGrantsOfClient } from '../oidc/endings.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const list = z.array(z.string()).optional()
const text = z.string().optional()
const flag = z.boolean().optional()

const createShape = z.object({
  name: z.string('is missing'), type: z.enum(clientTypes).optional(), clientId: text, tenant: text, firstParty: flag, openTo: z.enum(['every_tenant', 'listed_tenants']).optional(),
  redirectUri: list, postLogoutRedirectUri: list, backchannelLogoutUri: text, initiateLoginUri: text, clientUri: text, logoUri: text, policyUri: text, tosUri: text,
  idTokenAlg: z.enum(idTokenAlgorithms).optional(), acr: z.enum(floorLevels).optional(), pairwise: flag, dpop: flag, requirePar: flag,
  grantType: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).optional(),
  scope: z.array(z.enum(platformScopes)).optional(), apiScope: list, serves: text, jwks: text,
})

const createOptions = {
  '--name <name>': 'its name, as people read it', '--type <type>': `${clientTypes.join(', ')} (web)`, '--client-id <id>': 'an id of your choice', '--tenant <subdomain>': 'a machine of this tenant',
  '--first-party': 'one of your own: asks people for no consent', '--open-to <whom>': 'every_tenant or listed_tenants (every_tenant)',
  '--redirect-uri <uri...>': 'where people come back to, compared exactly', '--post-logout-redirect-uri <uri...>': 'where they go after signing out',
  '--backchannel-logout-uri <uri>': 'where it hears of sign-outs', '--initiate-login-uri <uri>': 'where a sign-in can be begun', '--client-uri <uri>': 'its home page', '--logo-uri <uri>': 'its logo',
  '--policy-uri <uri>': 'its privacy policy', '--tos-uri <uri>': 'its terms', '--id-token-alg <alg>': `${idTokenAlgorithms.join(', ')} (ES256)`, '--pairwise': 'its own `sub` for every person',
  '--acr <level>': `asks of every sign-in: ${floorLevels.join(', ')}`, '--dpop': 'tokens work only with its key (RFC 9449)', '--require-par': 'takes pushed requests only (RFC 9126)', '--grant-type <grant...>': 'other grant types than its type has',
  '--scope <scope...>': `of ${platformScopes.join(', ')} (all)`, '--api-scope <api=scope...>': 'a scope of an api it may ask for, such as https://karte.example.com/api=records:read',
  '--serves <api>': 'the api it serves: it may introspect its tokens', '--jwks <file>': 'public keys: it signs its requests and gets no secret',
} as const

const byArgument = z.object({ argument: z.string() })
const updateShape = byArgument.extend({
  name: text, firstParty: z.enum(['yes', 'no']).optional(), openTo: z.enum(['every_tenant', 'listed_tenants']).optional(), redirectUri: list, postLogoutRedirectUri: list,
  backchannelLogoutUri: text, initiateLoginUri: text, clientUri: text, logoUri: text, policyUri: text, tosUri: text, acr: z.enum([...floorLevels, 'none']).optional(),
  scope: z.array(z.enum(platformScopes)).optional(), apiScope: list,
})
const updateOptions = {
  '--name <name>': createOptions['--name <name>'], '--first-party <yes|no>': 'whether it asks people for no consent', '--open-to <whom>': 'every_tenant or listed_tenants',
  '--redirect-uri <uri...>': createOptions['--redirect-uri <uri...>'], '--post-logout-redirect-uri <uri...>': createOptions['--post-logout-redirect-uri <uri...>'],
  '--backchannel-logout-uri <uri>': createOptions['--backchannel-logout-uri <uri>'], '--initiate-login-uri <uri>': createOptions['--initiate-login-uri <uri>'],
  '--client-uri <uri>': createOptions['--client-uri <uri>'], '--logo-uri <uri>': createOptions['--logo-uri <uri>'], '--policy-uri <uri>': createOptions['--policy-uri <uri>'],
  '--tos-uri <uri>': createOptions['--tos-uri <uri>'], '--acr <level>': `asks of every sign-in: ${floorLevels.join(', ')}, none`, '--scope <scope...>': createOptions['--scope <scope...>'],
  '--api-scope <api=scope...>': createOptions['--api-scope <api=scope...>'],
} as const

export const verbs: readonly Verb[] = [
  verb({
    name: 'create', meaning: 'registers an app', options: createOptions, input: createShape,
    run: async (platform, given) => {
      const result = await registerClient({ databases: platform.databases }, await inputOf(platform, given), byCommandLine)
      if (!result.ok) return 'problems' in result ? { ok: false, reason: result.reason, detail: result.problems.join(' ') } : result
      const { clientId, clientSecret } = result
      const lines = [`client_id      ${clientId}`, ...(clientSecret === null ? [] : [`client_secret  ${clientSecret}`, 'Keep the secret now: it is not shown again.'])]
      return { ok: true, facts: { client_id: clientId, ...(clientSecret === null ? {} : { client_secret: clientSecret }) }, lines }
    },
  }),
  verb({
    name: 'suspend', meaning: 'stops an app: it gets no tokens and those it has are refused', argument: '<client_id>', input: z.object({ argument: z.string() }),
    run: async ({ databases }, { argument }) => {
      const result = await suspendClient({ databases, grants: { endGrantsOfClient } }, { clientId: argument, ...byCommandLine })
      return result.ok ? { ok: true, facts: { client_id: argument, status: 'suspended' }, lines: [`suspended app ${argument}`] } : result
    },
  }),
  verb({
    name: 'resume', meaning: 'lets a suspended app work again', argument: '<client_id>', input: z.object({ argument: z.string() }),
    run: async ({ databases }, { argument }) => {
      const result = await resumeClient({ databases }, { clientId: argument, ...byCommandLine })
      return result.ok ? { ok: true, facts: { client_id: argument, status: 'active' }, lines: [`resumed app ${argument}`] } : result
    },
  }),
  verb({
    name: 'list', meaning: 'shows all apps', input: z.object({}),
    run: async ({ databases }) => {
      const clients = (await listClientPage(databases.engine, { after: null, limit: 10_000 })).map(({ secret_hash: _digest, ...row }) => row)
      return { ok: true, facts: { clients }, lines: table(clients.map((row) => [row.id, row.status, row.first_party ? 'first-party' : 'third-party', row.subdomain ?? '-', row.name])) }
    },
  }),
  verb({
    name: 'show', meaning: 'shows what an app is registered with', argument: '<client_id>', input: byArgument,
    run: async ({ databases }, { argument }) => {
      const found = await findClientRecord(databases.engine, argument)
      if (found === undefined) return { ok: false, reason: 'not_found' }
      const { secret_hash: digest, ...client } = found
      const facts = { ...client, has_secret: digest !== null }
      return { ok: true, facts, lines: [JSON.stringify(facts, null, 2)] }
    },
  }),
  verb({
    name: 'update', meaning: 'changes what is given of an app; what is listed replaces the list before', argument: '<client_id>', options: updateOptions, input: updateShape,
    run: async ({ databases }, { argument, ...given }) => {
      const result = await updateClientOf({ databases }, { clientId: argument, changes: changesOf(given), ...byCommandLine })
      if (!result.ok) return 'problems' in result ? { ok: false, reason: result.reason, detail: result.problems.join(' ') } : result
      return { ok: true, facts: { client_id: argument }, lines: [`updated app ${argument}`] }
    },
  }),
  verb({
    name: 'rotate-secret', meaning: 'gives an app a new secret; the one before works on for a while', argument: '<client_id>',
    options: { '--overlap <seconds>': `how long, ${overlapSeconds.longest} at most (${overlapSeconds.usual})` },
    input: byArgument.extend({ overlap: z.coerce.number().pipe(z.int().min(0).max(overlapSeconds.longest)).default(overlapSeconds.usual) }),
    run: async ({ databases }, { argument, overlap }) => {
      const result = await rotateSecret({ databases }, { clientId: argument, overlapSeconds: overlap, ...byCommandLine })
      if (!result.ok) return result
      const until = result.formerUntil?.toISOString() ?? null
      return {
        ok: true, facts: { client_id: argument, client_secret: result.clientSecret, former_secret_until: until },
        lines: [`client_secret  ${result.clientSecret}`, until === null ? 'The secret before it works no longer.' : `The secret before it works until ${until}.`, 'Keep the new one now: it is not shown again.'],
      }
    },
  }),
  verb({
    name: 'mapping', meaning: 'says which claims an app is told; without a file, shows it', argument: '<client_id>', options: { '--file <file>': 'a JSON list of {"claim": …, "from": …} and {"claim": …, "value": …}' },
    input: byArgument.extend({ file: text }),
    run: async ({ databases }, { argument, file }) => {
      if (file === undefined) {
        const client = await findClientRecord(databases.engine, argument)
        return client === undefined ? { ok: false, reason: 'not_found' } : { ok: true, facts: { claim_mapping: client.claim_mapping }, lines: [JSON.stringify(client.claim_mapping, null, 2)] }
      }
      const result = await setClaimMapping({ databases }, { clientId: argument, mapping: readMapping(file), ...byCommandLine })
      if (!result.ok) return 'problems' in result ? { ok: false, reason: result.reason, detail: result.problems.join(' ') } : result
      return { ok: true, facts: { claim_mapping: result.mapping }, lines: [`app ${argument} is told ${result.mapping.length} claims of its own`] }
    },
  }),
  verb({
    name: 'delete', meaning: 'removes an app for good, with its tokens and consents', argument: '<client_id>', input: byArgument,
    run: async ({ databases }, { argument }) => {
      const result = await deleteClient({ databases }, { clientId: argument, ...byCommandLine })
      return result.ok ? { ok: true, facts: { client_id: argument }, lines: [`removed app ${argument}`] } : result
    },
  }),
]

function changesOf(given: Omit<z.output<typeof updateShape>, 'argument'>) {
  const { redirectUri, postLogoutRedirectUri, firstParty, apiScope, scope, acr, ...same } = given
  return {
    ...same, redirectUris: redirectUri, postLogoutRedirectUris: postLogoutRedirectUri, firstParty: firstParty === undefined ? undefined : firstParty === 'yes', scopes: scope,
    apiScopes: apiScope === undefined ? undefined : apiScopesOf(apiScope), defaultAcrValues: acr === undefined ? undefined : acr === 'none' ? null : [acr],
  }
}

function readMapping(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new UsageError(`--file ${file}: must be a file with a JSON list.`)
  }
}

async function inputOf({ databases }: Platform, given: z.output<typeof createShape>): Promise<ClientInput> {
  const optional = {
    type: given.type, clientId: given.clientId, tenantId: given.tenant === undefined ? undefined : await tenantNamed(databases, given.tenant), firstParty: given.firstParty, openTo: given.openTo,
    redirectUris: given.redirectUri, postLogoutRedirectUris: given.postLogoutRedirectUri, backchannelLogoutUri: given.backchannelLogoutUri, initiateLoginUri: given.initiateLoginUri,
    clientUri: given.clientUri, logoUri: given.logoUri, policyUri: given.policyUri, tosUri: given.tosUri, idTokenSignedResponseAlg: given.idTokenAlg,
    defaultAcrValues: given.acr === undefined ? undefined : [given.acr],
    subjectType: given.pairwise === true ? ('pairwise' as const) : undefined, dpopBoundAccessTokens: given.dpop, requirePushedAuthorizationRequests: given.requirePar,
    grantTypes: given.grantType, scopes: given.scope, apiScopes: apiScopesOf(given.apiScope ?? []), apiIdentifier: given.serves, jwks: given.jwks === undefined ? undefined : readJwks(given.jwks),
  }
  return { name: given.name, ...optional }
}

function apiScopesOf(pairs: readonly string[]): Record<string, string[]> | undefined {
  const scopes = new Map<string, string[]>()
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=')
    if (at < 1) throw new UsageError(`--api-scope ${pair}: write it as <api>=<scope>.`)
    const api = pair.slice(0, at)
    scopes.set(api, [...(scopes.get(api) ?? []), pair.slice(at + 1)])
  }
  return scopes.size === 0 ? undefined : Object.fromEntries(scopes)
}

function readJwks(file: string): { keys: { kty: string }[] } {
  try {
    return z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new UsageError(`--jwks ${file}: must be a file with a JWK set, {"keys": […]}.`)
  }
}

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'client', meaning: 'apps that people sign in to, and machines', verbs }, args)
}
