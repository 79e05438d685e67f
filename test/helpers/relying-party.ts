/**
 * A relying party in a few lines of plain HTTP, so that tests can also do what a well-behaved client library never would:
 * use a code twice, mix parameters up, race.
 */
import { createHash, randomBytes } from 'node:crypto'

export interface PartyOptions {
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client. */
  readonly clientSecret?: string
  readonly redirectUri: string
}

export interface Started {
  readonly url: URL
  readonly verifier: string
  readonly state: string
}

export interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export class RelyingParty {
  readonly options: PartyOptions
  constructor(options: PartyOptions) {
    this.options = options
  }

  /** An authorization request with PKCE; `extra` adds or replaces parameters. */
  start(scope: string, extra: Readonly<Record<string, string>> = {}): Started {
    const verifier = randomBytes(32).toString('base64url')
    const state = randomBytes(8).toString('base64url')
    const url = new URL('/oauth2/authorize', this.options.issuer)
    url.search = new URLSearchParams({
      client_id: this.options.clientId, redirect_uri: this.options.redirectUri, response_type: 'code', scope, state, nonce: state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', ...extra,
    }).toString()
    return { url, verifier, state }
  }

  redeem(started: Started, code: string, issuer?: string): Promise<TokenAnswer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.options.redirectUri, code_verifier: started.verifier }, issuer)
  }

  refresh(refreshToken: string, extra: Readonly<Record<string, string>> = {}, issuer?: string): Promise<TokenAnswer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...extra }, issuer)
  }

  token(parameters: Readonly<Record<string, string>>, issuer?: string): Promise<TokenAnswer> {
    return this.post('/oauth2/token', parameters, issuer)
  }

  introspect(token: string): Promise<TokenAnswer> {
    return this.post('/oauth2/introspect', { token })
  }

  async userinfo(accessToken: string): Promise<TokenAnswer> {
    return answerOf(await fetch(new URL('/oauth2/userinfo', this.options.issuer), { headers: { authorization: `Bearer ${accessToken}` } }))
  }

  /** POST with this client's own authentication; `issuer` names another process of the same platform. */
  async post(path: string, parameters: Readonly<Record<string, string>>, issuer = this.options.issuer): Promise<TokenAnswer> {
    const { clientId, clientSecret } = this.options
    const body = new URLSearchParams(clientSecret === undefined ? { ...parameters, client_id: clientId } : parameters)
    const headers: Record<string, string> = clientSecret === undefined ? {} : { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}` }
    return answerOf(await fetch(new URL(path, issuer), { method: 'POST', body, headers }))
  }
}

async function answerOf(response: Response): Promise<TokenAnswer> {
  const text = await response.text()
  const body: unknown = text === '' ? {} : JSON.parse(text)
  return { status: response.status, body: typeof body === 'object' && body !== null ? { ...body } : {} }
}

/** A member of an answer that has to be text. */
export function textIn(answer: { readonly body: Readonly<Record<string, unknown>> }, name: string): string {
  const value = answer.body[name]
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(answer.body)}`)
  return value
}
