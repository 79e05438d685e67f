/**
 * The JSON doors by which operators look after apps: what is said at registration and changed later, in the names of RFC 7591 where
 * it has one. Who may is asked before a handler runs; what remains is asked by the commands.
 */
import { z } from 'zod'
import type { Databases, EngineTrx } from '../base/db.ts'
import { endpoint, refusal, type Caller, type EndpointDoor } from '../http/endpoint.ts'
import { expecting, type Expectation } from '../http/etag.ts'
import { limitField } from '../http/fields.ts'
import { clientInputShape, type ClientInput } from './client.ts'
import { deleteClient } from './delete-client.ts'
import { findClientRecord, listClientPage, type ClientRecord } from './queries.ts'
import { clientTypes } from './redirect-uri.ts'
import { registerClient, type Registrant } from './register-client.ts'
import { readMetadata, typeOf } from './stored-client.ts'
import { updateClientOf, type UpdateClientInput } from './update-client.ts'

export const readClients = { scope: 'platform:read', platform: 'read' } as const
export const writeClients = { scope: 'platform:write', platform: 'write' } as const

const given = clientInputShape.shape
const always = {
  name: given.name, first_party: given.firstParty, open_to: given.openTo, redirect_uris: given.redirectUris, post_logout_redirect_uris: given.postLogoutRedirectUris,
}
const optional = {
  backchannel_logout_uri: given.backchannelLogoutUri, initiate_login_uri: given.initiateLoginUri, client_uri: given.clientUri, logo_uri: given.logoUri,
  policy_uri: given.policyUri, tos_uri: given.tosUri, default_acr_values: given.defaultAcrValues, grant_types: given.grantTypes, scopes: given.scopes,
  api_scopes: given.apiScopes, api_identifier: given.apiIdentifier, jwks: given.jwks,
}
const switches = { id_token_signed_response_alg: given.idTokenSignedResponseAlg, dpop_bound_access_tokens: given.dpopBoundAccessTokens, require_pushed_authorization_requests: given.requirePushedAuthorizationRequests }
const creation = z.strictObject({ ...always, ...optional, ...switches, type: given.type, client_id: given.clientId, tenant_id: given.tenantId, subject_type: given.subjectType })
/** Null takes away what is optional. */
const change = z.strictObject({
  ...z.object({ name: given.name, first_party: given.firstParty.unwrap(), open_to: given.openTo.unwrap(), redirect_uris: given.redirectUris.unwrap(), post_logout_redirect_uris: given.postLogoutRedirectUris.unwrap() }).partial().shape,
  ...z.object({ id_token_signed_response_alg: given.idTokenSignedResponseAlg.unwrap(), dpop_bound_access_tokens: given.dpopBoundAccessTokens.unwrap(), require_pushed_authorization_requests: given.requirePushedAuthorizationRequests.unwrap() }).partial().shape,
  backchannel_logout_uri: optional.backchannel_logout_uri.nullable(), initiate_login_uri: optional.initiate_login_uri.nullable(), client_uri: optional.client_uri.nullable(),
  logo_uri: optional.logo_uri.nullable(), policy_uri: optional.policy_uri.nullable(), tos_uri: optional.tos_uri.nullable(), default_acr_values: optional.default_acr_values.nullable(),
  grant_types: optional.grant_types.nullable(), scopes: optional.scopes.nullable(), api_scopes: optional.api_scopes.nullable(), api_identifier: optional.api_identifier.nullable(),
  jwks: optional.jwks.unwrap().optional(),
})

export const clientShape = z.object({
  client_id: z.string(), type: z.enum(clientTypes), name: z.string(), status: z.enum(['active', 'suspended']), first_party: z.boolean(), open_to: z.string(), built_in: z.boolean(),
  tenant_id: z.string().nullable(), has_secret: z.boolean(), former_secret_until: z.iso.datetime().nullable(), permissions: z.array(z.string()),
  /** As it is stored, in the names of RFC 7591. */
  metadata: z.record(z.string(), z.unknown()),
  claim_mapping: z.array(z.record(z.string(), z.unknown())),
  created_at: z.iso.datetime(),
})
export const byClient = z.object({ client_id: z.string().max(255) })
const page = z.object({
  search: z.string().max(100).optional(), status: z.enum(['active', 'suspended']).optional(), cursor: z.string().max(255).optional(),
  limit: limitField,
})

interface ClientApiDeps {
  readonly databases: Databases
}

export function clientEndpoints(deps: ClientApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'GET', path: '/api/v1/clients', access: readClients, query: page, summary: 'The apps of the platform and the machines of tenants, by name.',
      response: z.object({ clients: z.array(clientShape), next_cursor: z.string().nullable() }),
      handle: async ({ query: { cursor, limit, ...filter } }) => {
        const rows = await listClientPage(deps.databases.engine, { ...filter, after: cursor ?? null, limit: limit + 1 })
        return { status: 200, body: { clients: rows.slice(0, limit).map(presentClient), next_cursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null } }
      },
    }),
    endpoint({
      method: 'POST', path: '/api/v1/clients', access: writeClients, body: creation, status: 201, idempotent: true, summary: 'Registers an app; a secret is shown this once.',
      response: clientShape.extend({ client_secret: z.string().nullable() }),
      handle: async ({ caller, body, origin }) => {
        const result = await registerClient(deps, inputOf(body), { actor: actorOf(caller), origin })
        if (!result.ok) return result.reason === 'client_id_taken' ? refusal(409, result.reason) : refusal(400, result.reason, result.problems.join(' '))
        const row = await findClientRecord(deps.databases.engine, result.clientId)
        return row === undefined ? refusal(404, 'not_found') : { status: 201, body: { ...presentClient(row), client_secret: result.clientSecret } }
      },
    }),
    endpoint({
      method: 'GET', path: '/api/v1/clients/:client_id', access: readClients, params: byClient, response: clientShape, etag: true, summary: 'One app, without its secret.',
      handle: ({ params }) => answerClient(deps.databases, params.client_id),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/clients/:client_id', access: writeClients, params: byClient, body: change, response: clientShape, guarded: true,
      summary: 'Changes what is given; null takes an optional member away. Type, kind of subject and way of authenticating stay.',
      handle: async ({ caller, params, body, origin, ifMatch }) => {
        const result = await updateClientOf(deps, { clientId: params.client_id, changes: changesOf(body), expect: expectClient(ifMatch, params.client_id), actor: actorOf(caller), origin })
        if (result.ok) return answerClient(deps.databases, params.client_id)
        return refusal(statusOf(result.reason), result.reason, 'problems' in result ? result.problems.join(' ') : undefined)
      },
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/clients/:client_id', access: writeClients, params: byClient, response: z.undefined(), guarded: true, summary: 'Removes an app for good; its tokens end.',
      handle: async ({ caller, params, origin, ifMatch }) => {
        const result = await deleteClient(deps, { clientId: params.client_id, expect: expectClient(ifMatch, params.client_id), actor: actorOf(caller), origin })
        return result.ok ? { status: 204, body: undefined } : refusal(statusOf(result.reason), result.reason)
      },
    }),
  ]
}

/** The account, or the machine, that acts. */
export function actorOf(caller: Caller): Registrant['actor'] {
  return caller.accountId ?? caller.clientId
}

export function statusOf(reason: string): number {
  if (reason === 'not_found' || reason.startsWith('unknown_')) return 404
  if (reason === 'precondition_failed') return 412
  return reason.startsWith('invalid_') ? 400 : reason === 'role_above_own' ? 403 : 409
}

/** For If-Match at the doors that change an app. */
export function expectClient(ifMatch: string | null, clientId: string): Expectation<EngineTrx> | undefined {
  return expecting<EngineTrx>(ifMatch, async (trx) => {
    const row = await findClientRecord(trx.query, clientId)
    return row === undefined ? null : presentClient(row)
  })
}

export async function answerClient(databases: Databases, clientId: string) {
  const row = await findClientRecord(databases.engine, clientId)
  return row === undefined ? refusal(404, 'not_found') : { status: 200, body: presentClient(row) }
}

export function presentClient(row: ClientRecord): z.input<typeof clientShape> {
  const { name, first_party, open_to, built_in, tenant_id, permissions } = row
  return {
    client_id: row.id, type: typeOf(readMetadata(row.metadata)), name, status: clientShape.shape.status.parse(row.status), first_party, open_to, built_in, tenant_id,
    has_secret: row.secret_hash !== null, former_secret_until: row.former_secret_until?.toISOString() ?? null, permissions,
    metadata: clientShape.shape.metadata.parse(row.metadata), claim_mapping: clientShape.shape.claim_mapping.parse(row.claim_mapping), created_at: row.created_at.toISOString(),
  }
}

function inputOf(body: z.output<typeof creation>): ClientInput {
  const { type, client_id: clientId, tenant_id: tenantId, subject_type: subjectType, name, ...same } = body
  return clientInputShape.parse({ ...spoken(same), type, clientId, tenantId, subjectType, name })
}

function changesOf({ name, ...same }: z.output<typeof change>): UpdateClientInput['changes'] {
  return { ...spoken(same), name }
}

type Changes = Omit<z.output<typeof change>, 'name'>
/** The same under the names that a command takes. */
function spoken(body: { readonly [Name in keyof Changes]: Changes[Name] | null | undefined }) {
  return {
    firstParty: body.first_party, openTo: body.open_to, redirectUris: body.redirect_uris, postLogoutRedirectUris: body.post_logout_redirect_uris,
    backchannelLogoutUri: body.backchannel_logout_uri, initiateLoginUri: body.initiate_login_uri, clientUri: body.client_uri, logoUri: body.logo_uri, policyUri: body.policy_uri,
    tosUri: body.tos_uri, idTokenSignedResponseAlg: body.id_token_signed_response_alg, defaultAcrValues: body.default_acr_values, dpopBoundAccessTokens: body.dpop_bound_access_tokens,
    requirePushedAuthorizationRequests: body.require_pushed_authorization_requests, grantTypes: body.grant_types, scopes: body.scopes, apiScopes: body.api_scopes,
    apiIdentifier: body.api_identifier, jwks: body.jwks,
  }
}
