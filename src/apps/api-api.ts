/** The JSON doors by which operators look after apis (resource servers). An identifier is an address, so it stands in the path percent-encoded. */
import { z } from 'zod'
import type { Databases, EngineTrx } from '../base/db.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { expecting } from '../http/etag.ts'
import { actorOf, readClients, statusOf, writeClients } from './client-api.ts'
import { findApi, listApis, type ApiListRow } from './queries.ts'
import { registerApi } from './register-api.ts'
import { updateApi } from './update-api.ts'

const apiShape = z.object({
  identifier: z.string(), name: z.string(), scopes: z.array(z.string()), access_token_ttl_seconds: z.int(), access_token_format: z.enum(['jwt', 'opaque']),
})
const change = z.strictObject({
  name: z.string().max(100).optional(), scopes: z.array(z.string().max(100)).max(100).optional(), access_token_ttl_seconds: z.int().optional(), access_token_format: z.enum(['jwt', 'opaque']).optional(),
})
const byApi = z.object({ identifier: z.string().max(255) })
const creation = change.extend({ identifier: z.string().max(255), name: z.string().max(100) })

export function apiEndpoints(deps: { readonly databases: Databases }): EndpointDoor[] {
  const answer = async (identifier: string, status: 200 | 201) => {
    const row = await findApi(deps.databases.engine, identifier)
    return row === undefined ? refusal(404, 'not_found') : { status, body: present(row) }
  }
  return [
    endpoint({
      method: 'GET', path: '/api/v1/apis', access: readClients, response: z.object({ apis: z.array(apiShape) }), summary: 'The apis that accept our access tokens.',
      handle: async () => ({ status: 200, body: { apis: (await listApis(deps.databases.engine)).map(present) } }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/apis', access: writeClients, body: creation, response: apiShape, status: 201, idempotent: true, summary: 'Registers an api.',
      handle: async ({ caller, body, origin }) => {
        const { identifier, name, scopes, access_token_ttl_seconds: accessTokenTtlSeconds, access_token_format: accessTokenFormat } = body
        const result = await registerApi(deps, { identifier, name, scopes, accessTokenTtlSeconds, accessTokenFormat }, { actor: actorOf(caller), origin })
        return result.ok ? answer(identifier, 201) : refusal(statusOf(result.reason), result.reason, 'problems' in result ? result.problems.join(' ') : undefined)
      },
    }),
    endpoint({
      method: 'GET', path: '/api/v1/apis/:identifier', access: readClients, params: byApi, response: apiShape, etag: true, summary: 'One of them.',
      handle: ({ params }) => answer(params.identifier, 200),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/apis/:identifier', access: writeClients, params: byApi, body: change, response: apiShape, guarded: true,
      summary: 'Changes what is given of an api; its identifier stays.',
      handle: async ({ caller, params, body, origin, ifMatch }) => {
        const { name, scopes, access_token_ttl_seconds: accessTokenTtlSeconds, access_token_format: accessTokenFormat } = body
        const result = await updateApi(deps, { identifier: params.identifier, name, scopes, accessTokenTtlSeconds, accessTokenFormat, expect: expectApi(ifMatch, params.identifier), actor: actorOf(caller), origin })
        return result.ok ? answer(params.identifier, 200) : refusal(statusOf(result.reason), result.reason, 'problems' in result ? result.problems.join(' ') : undefined)
      },
    }),
  ]
}

function expectApi(ifMatch: string | null, identifier: string) {
  return expecting<EngineTrx>(ifMatch, async (trx) => {
    const row = await findApi(trx.query, identifier)
    return row === undefined ? null : present(row)
  })
}

function present(row: ApiListRow): z.input<typeof apiShape> {
  return { ...row, access_token_format: apiShape.shape.access_token_format.parse(row.access_token_format) }
}
