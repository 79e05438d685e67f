/**
 * Owns what a developer copies to connect an app: a few lines per framework, filled in with the app's own id and addresses. Pure.
 * Invariant: no snippet holds a secret; it names the variable that does.
 */
import type { ClientType } from './redirect-uri.ts'

export interface SnippetInput {
  readonly issuer: string
  readonly clientId: string
  readonly type: ClientType
  /** The first of the app's own; absent for a machine. */
  readonly redirectUri?: string | undefined
  /** Of an api that the app may ask for. */
  readonly api?: { readonly identifier: string; readonly scopes: readonly string[] } | undefined
  /** Whether the app authenticates with a secret. */
  readonly hasSecret: boolean
}

export interface Snippet {
  readonly id: 'openid_client' | 'express' | 'next' | 'spring_boot' | 'authlib' | 'go' | 'curl'
  /** As its makers write it. */
  readonly title: string
  readonly language: 'ts' | 'yaml' | 'python' | 'go' | 'sh'
  readonly code: string
}

const scope = 'openid profile email tenant'

/** Those that fit the type of the app, the most common first. */
export function snippetsFor(input: SnippetInput): readonly Snippet[] {
  if (input.type === 'machine') return [curl(input)]
  const given = { ...input, redirectUri: input.redirectUri ?? 'https://app.example.com/callback' }
  if (input.type === 'spa' || input.type === 'native') return [openidClient(given)]
  return [openidClient(given), express(given), next(given), springBoot(given), authlib(given), go(given)]
}

type Given = SnippetInput & { readonly redirectUri: string }

function openidClient({ issuer, clientId, redirectUri, hasSecret }: Given): Snippet {
  const secret = hasSecret ? ', process.env.CLIENT_SECRET' : ''
  return { id: 'openid_client', title: 'openid-client (Koa)', language: 'ts', code: `import * as client from 'openid-client'

const config = await client.discovery(new URL('${issuer}'), '${clientId}'${secret})

// Where the sign-in begins: keep both values in the browser's session.
const codeVerifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: '${redirectUri}',
  scope: '${scope}',
  state,
  code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
  code_challenge_method: 'S256',
})
ctx.redirect(url.href)

// Where people come back to.
const tokens = await client.authorizationCodeGrant(config, new URL(ctx.href), { pkceCodeVerifier: codeVerifier, expectedState: state })
const { sub, tenant_id, membership_id, role } = tokens.claims()
` }
}

function express({ issuer, clientId, redirectUri }: Given): Snippet {
  const callback = new URL(redirectUri)
  return { id: 'express', title: 'Express (express-openid-connect)', language: 'ts', code: `import express from 'express'
import { auth, requiresAuth } from 'express-openid-connect'

const app = express()
app.use(auth({
  issuerBaseURL: '${issuer}',
  baseURL: '${callback.origin}',
  clientID: '${clientId}',
  clientSecret: process.env.CLIENT_SECRET,
  secret: process.env.SESSION_SECRET,
  authRequired: false,
  routes: { callback: '${callback.pathname}' },
  authorizationParams: { response_type: 'code', scope: '${scope}' },
}))
app.get('/', requiresAuth(), (req, res) => res.json(req.oidc.user))
` }
}

function next({ issuer, clientId }: Given): Snippet {
  return { id: 'next', title: 'Next.js (Auth.js)', language: 'ts', code: `import NextAuth from 'next-auth'

// Comes back to /api/auth/callback/tegata: register that address.
export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [{
    id: 'tegata',
    name: 'Tegata',
    type: 'oidc',
    issuer: '${issuer}',
    clientId: '${clientId}',
    clientSecret: process.env.CLIENT_SECRET,
    checks: ['pkce', 'state', 'nonce'],
    authorization: { params: { scope: '${scope}' } },
  }],
  callbacks: {
    jwt: ({ token, profile }) => (profile ? { ...token, tenantId: profile.tenant_id, membershipId: profile.membership_id } : token),
  },
})
` }
}

function springBoot({ issuer, clientId, redirectUri }: Given): Snippet {
  return { id: 'spring_boot', title: 'Spring Boot', language: 'yaml', code: `spring:
  security:
    oauth2:
      client:
        registration:
          tegata:
            client-id: ${clientId}
            client-secret: \${CLIENT_SECRET}
            authorization-grant-type: authorization_code
            redirect-uri: "${redirectUri}"
            scope: ${scope.split(' ').join(',')}
        provider:
          tegata:
            issuer-uri: ${issuer}
# PKCE is required: setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce())
` }
}

function authlib({ issuer, clientId, redirectUri }: Given): Snippet {
  return { id: 'authlib', title: 'Python (Authlib, Flask)', language: 'python', code: `import os
from authlib.integrations.flask_client import OAuth

oauth = OAuth(app)
oauth.register(
    name="tegata",
    server_metadata_url="${issuer}/.well-known/openid-configuration",
    client_id="${clientId}",
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "${scope}", "code_challenge_method": "S256"},
)

@app.route("/login")
def login():
    return oauth.tegata.authorize_redirect("${redirectUri}")

@app.route("${new URL(redirectUri).pathname}")
def callback():
    person = oauth.tegata.authorize_access_token()["userinfo"]
    return {"sub": person["sub"], "membership_id": person.get("membership_id")}
` }
}

function go({ issuer, clientId, redirectUri }: Given): Snippet {
  return { id: 'go', title: 'Go (go-oidc)', language: 'go', code: `provider, err := oidc.NewProvider(ctx, "${issuer}")
if err != nil {
	return err
}
config := oauth2.Config{
	ClientID:     "${clientId}",
	ClientSecret: os.Getenv("CLIENT_SECRET"),
	Endpoint:     provider.Endpoint(),
	RedirectURL:  "${redirectUri}",
	Scopes:       []string{${scope.split(' ').map((name) => `"${name}"`).join(', ')}},
}

// Where the sign-in begins: keep state and verifier in the browser's session.
verifier := oauth2.GenerateVerifier()
http.Redirect(w, r, config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), http.StatusFound)

// Where people come back to.
token, err := config.Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(verifier))
if err != nil {
	return err
}
raw, _ := token.Extra("id_token").(string)
idToken, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
` }
}

function curl({ issuer, clientId, api }: SnippetInput): Snippet {
  const wanted = api === undefined ? '' : ` \\
  --data-urlencode 'resource=${api.identifier}' \\
  --data-urlencode 'scope=${api.scopes.join(' ')}'`
  return { id: 'curl', title: 'curl', language: 'sh', code: `curl --user "${clientId}:$CLIENT_SECRET" ${issuer}/oauth2/token \\
  --data grant_type=client_credentials${wanted}
` }
}
