/**
 * Registers an api (resource server). Its identifier is the audience of its tokens (RFC 8707): an absolute URI without
 * fragment, compared as exact text. Which apps may ask for its scopes is said at the app.
 */
import { z } from 'zod'
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { nameField } from '../http/fields.ts'
import { platformScopes } from './client.ts'
import { insertApi } from './queries.ts'
import type { Registrant } from './register-client.ts'

const platform: readonly string[] = platformScopes

export const apiInputShape = z.strictObject({
  identifier: z.string().max(255).refine(isIdentifier, 'must be an absolute URI without fragment, such as https://karte.example.com/api'),
  name: nameField,
  // RFC 6749 §3.3; a scope of the platform's own name would be granted twice over.
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/).refine((scope) => !platform.includes(scope), 'is a scope of the platform')).max(100).default([]),
  accessTokenTtlSeconds: z.int().min(30).max(3600).default(300),
  accessTokenFormat: z.enum(['jwt', 'opaque']).default('jwt'),
})
export type ApiInput = z.input<typeof apiInputShape>

export type ApiRegistration =
  | { readonly ok: true; readonly identifier: string }
  | { readonly ok: false; readonly reason: 'invalid_api'; readonly problems: readonly string[] }
  | { readonly ok: false; readonly reason: 'identifier_taken' }

export function registerApi(deps: { readonly databases: Databases }, input: ApiInput, by: Registrant): Promise<ApiRegistration> {
  return deps.databases.inEngine((trx) => registerApiIn(trx, input, by))
}

/** The same inside a transaction that does more. */
export async function registerApiIn(trx: EngineTrx, given: ApiInput, by: Registrant): Promise<ApiRegistration> {
  const read = apiInputShape.safeParse(given)
  if (!read.success) return { ok: false, reason: 'invalid_api', problems: read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
  const { identifier, name, scopes, accessTokenTtlSeconds, accessTokenFormat } = read.data
  const columns = { identifier, name, scopes: [...new Set(scopes)], access_token_ttl_seconds: accessTokenTtlSeconds, access_token_format: accessTokenFormat }
  const inserted = await insertApi(trx, columns)
  const event = { type: 'api.registered', actor: by.actor, origin: by.origin, subject: identifier } as const
  if (!inserted) {
    await record(trx, { ...event, outcome: 'refused', reason: 'identifier_taken' })
    return { ok: false, reason: 'identifier_taken' }
  }
  await record(trx, { ...event, outcome: 'success', after: columns })
  return { ok: true, identifier }
}

function isIdentifier(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('#')) return false
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && /^(?:https?|urn):$/.test(url.protocol)
}
