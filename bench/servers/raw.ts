/**
 * A child process: stock oidc-provider with a login form of twenty lines that believes every password. What Tegata adds
 * (tenants, events, hashing, row-level security, limits) is exactly what is missing here.
 */
import { createServer } from 'node:http'
import Provider, { type Configuration } from 'oidc-provider'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { serveUntilParentGoes } from './child.ts'
import { openRawStore } from './raw-store.ts'
import { api, appsShape, redirectUri } from './world.ts'

const inputShape = z.object({
  port: z.number(),
  alg: z.enum(['RS256', 'ES256']),
  /** Made by the parent, so that start-up measures starting and not the search for primes. */
  jwk: z.looseObject({ kty: z.enum(['RSA', 'EC']) }),
  databaseUrl: z.string().nullable(),
  apps: appsShape,
})
type Input = z.output<typeof inputShape>

const input = inputShape.parse(JSON.parse(process.argv[2] ?? ''))
const configuration = { ...configurationOf(input), ...(input.databaseUrl === null ? {} : { adapter: await openRawStore(input.databaseUrl) }) }
const provider = new Provider(`http://127.0.0.1:${input.port}`, configuration)
addLoginForm(provider)
const handle = provider.callback()
const server = createServer((req, res) => void handle(req, res)).listen(input.port, '127.0.0.1')
serveUntilParentGoes(async () => {
  server.closeAllConnections()
  server.close()
})

function configurationOf({ alg, jwk, apps }: Input): Configuration {
  const web = { redirect_uris: [redirectUri], response_types: ['code' as const] }
  return {
    jwks: { keys: [{ ...jwk, alg, use: 'sig' }] },
    cookies: { keys: ['bench'] },
    clientDefaults: { id_token_signed_response_alg: alg },
    clients: [
      { ...named(apps.machine), grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
      { ...named(apps.sso), ...web, grant_types: ['authorization_code'] },
      { ...named(apps.web), ...web, grant_types: ['authorization_code', 'refresh_token'] },
    ],
    claims: { openid: ['sub'], profile: ['name', 'family_name', 'given_name', 'locale', 'zoneinfo', 'updated_at'], email: ['email', 'email_verified'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: api.scope, audience: api.identifier, accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg } } }),
      },
    },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: 'Bench Person', family_name: 'Bench', given_name: 'Person', locale: 'ja', zoneinfo: 'Asia/Tokyo', updated_at: 1_700_000_000, email: sub, email_verified: true }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, account } = oidc
      if (!client || !session || !account) return undefined
      const known = session.grantIdFor(client.clientId)
      if (known !== undefined) return oidc.provider.Grant.find(known)
      const grant = new oidc.provider.Grant({ accountId: account.accountId, clientId: client.clientId })
      grant.addOIDCScope('openid profile email offline_access')
      await grant.save()
      return grant
    },
    rotateRefreshToken: true,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  }
}

function named({ clientId, clientSecret }: Input['apps']['machine']) {
  return { client_id: clientId, client_secret: clientSecret }
}

function addLoginForm(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    if (ctx.method === 'GET') {
      await provider.interactionDetails(ctx.req, ctx.res)
      ctx.body = `<form method="post" action="${ctx.path}"><input name="identifier"><input name="password" type="password"><button id="sign_in">Sign in</button></form>`
      return undefined
    }
    const form = new URLSearchParams(await text(ctx.req))
    await provider.interactionDetails(ctx.req, ctx.res)
    ctx.respond = false
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: form.get('identifier') ?? '' }, consent: {} })
  })
}
