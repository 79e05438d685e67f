/** Changes an api: its name, scopes and the life and form of its access tokens. Its identifier is the audience of tokens and stays. */
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { lockApi, updateApiRow, type ApiColumns } from './queries.ts'
import { apiInputShape } from './register-api.ts'
import type { Registrant } from './register-client.ts'

export interface UpdateApiInput extends Registrant {
  readonly identifier: string
  readonly name?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly accessTokenTtlSeconds?: number | undefined
  readonly accessTokenFormat?: 'jwt' | 'opaque' | undefined
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type ApiUpdate =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'precondition_failed' }
  | { readonly ok: false; readonly reason: 'invalid_api'; readonly problems: readonly string[] }

export function updateApi(deps: { readonly databases: Databases }, { identifier, actor, origin, expect, ...changes }: UpdateApiInput): Promise<ApiUpdate> {
  return deps.databases.inEngine(async (trx): Promise<ApiUpdate> => {
    const before = await lockApi(trx, identifier)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'api.updated', actor, origin, subject: identifier } as const
    if (await isUnexpected(trx, expect)) {
      await record(trx, { ...event, outcome: 'refused', reason: 'precondition_failed' })
      return { ok: false, reason: 'precondition_failed' }
    }
    const read = apiInputShape.safeParse({
      identifier, name: changes.name ?? before.name, scopes: changes.scopes ?? before.scopes,
      accessTokenTtlSeconds: changes.accessTokenTtlSeconds ?? before.access_token_ttl_seconds, accessTokenFormat: changes.accessTokenFormat ?? before.access_token_format,
    })
    if (!read.success) {
      await record(trx, { ...event, outcome: 'refused', reason: 'invalid_api' })
      return { ok: false, reason: 'invalid_api', problems: read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
    }
    const { name, scopes, accessTokenTtlSeconds, accessTokenFormat } = read.data
    const after: ApiColumns = { identifier, name, scopes: [...new Set(scopes)], access_token_ttl_seconds: accessTokenTtlSeconds, access_token_format: accessTokenFormat }
    if (JSON.stringify(after) === JSON.stringify({ identifier, ...before })) return { ok: true }
    await updateApiRow(trx, after)
    await record(trx, { ...event, outcome: 'success', before, after: { ...after } })
    return { ok: true }
  })
}
