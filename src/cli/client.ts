/** `tegata client create|suspend|resume|list`: apps. The secret of a new one is printed once and kept nowhere. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { floorLevels, idTokenAlgorithms, platformScopes, type ClientInput } from '../apps/client.ts'
import { listClients } from '../apps/queries.ts'
import { clientTypes } from '../apps/redirect-uri.ts'
import { registerClient } from '../apps/register-client.ts'
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
  name: z.string('is missing'), type: z.enum(clientTypes).optional(), clientId: text, tenant: text, firstParty: flag,
  redirectUri: list, postLogoutRedirectUri: list, backchannelLogoutUri: text, initiateLoginUri: text, clientUri: text, logoUri: text, policyUri: text, tosUri: text,
  idTokenAlg: z.enum(idTokenAlgorithms).optional(), acr: z.enum(floorLevels).optional(), pairwise: flag, dpop: flag, requirePar: flag,
  grantType: z.array(z.enum(['authorization_code', 'refresh_token', 'client_credentials'])).optional(),
  scope: z.array(z.enum(platformScopes)).optional(), apiScope: list, serves: text, jwks: text,
})

const createOptions = {
  '--name <name>': 'its name, as people read it', '--type <type>': `${clientTypes.join(', ')} (web)`, '--client-id <id>': 'an id of your choice', '--tenant <subdomain>': 'a machine of this tenant',
  '--first-party': 'one of your own: asks people for no consent',
  '--redirect-uri <uri...>': 'where people come back to, compared exactly', '--post-logout-redirect-uri <uri...>': 'where they go after signing out',
  '--backchannel-logout-uri <uri>': 'where it hears of sign-outs', '--initiate-login-uri <uri>': 'where a sign-in can be begun', '--client-uri <uri>': 'its home page', '--logo-uri <uri>': 'its logo',
  '--policy-uri <uri>': 'its privacy policy', '--tos-uri <uri>': 'its terms', '--id-token-alg <alg>': `${idTokenAlgorithms.join(', ')} (ES256)`, '--pairwise': 'its own `sub` for every person',
  '--acr <level>': `asks of every sign-in: ${floorLevels.join(', ')}`, '--dpop': 'tokens work only with its key (RFC 9449)', '--require-par': 'takes pushed requests only (RFC 9126)', '--grant-type <grant...>': 'other grant types than its type has',
  '--scope <scope...>': `of ${platformScopes.join(', ')} (all)`, '--api-scope <api=scope...>': 'a scope of an api it may ask for, such as https://karte.example.com/api=records:read',
  '--serves <api>': 'the api it serves: it may introspect its tokens', '--jwks <file>': 'public keys: it signs its requests and gets no secret',
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
      const clients = await listClients(databases.engine)
      return { ok: true, facts: { clients }, lines: table(clients.map((row) => [row.id, row.status, row.first_party ? 'first-party' : 'third-party', row.subdomain ?? '-', row.name])) }
    },
  }),
]

async function inputOf({ databases }: Platform, given: z.output<typeof createShape>): Promise<ClientInput> {
  const optional = {
    type: given.type, clientId: given.clientId, tenantId: given.tenant === undefined ? undefined : await tenantNamed(databases, given.tenant), firstParty: given.firstParty,
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
