/**
 * The JSON doors by which operators act on an app: a new secret, suspend and resume, which claims it is told, and the tenants that it
 * is offered to.
 */
import { z } from 'zod'
import { parseTenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor } from '../http/endpoint.ts'
import { idField } from '../http/fields.ts'
import { claimMappingShape } from './claim-mapping.ts'
import { actorOf, answerClient, byClient, clientShape, expectClient, statusOf, writeClients } from './client-api.ts'
import { offerApp, withdrawApp } from './offer-app.ts'
import { previewClaims } from './preview-claims.ts'
import { resumeClient } from './resume-client.ts'
import { overlapSeconds, rotateSecret } from './rotate-secret.ts'
import type { AppAccessDeps } from './set-app-access.ts'
import { setClaimMapping } from './set-claim-mapping.ts'
import { suspendClient, type ClientGrantEnding } from './suspend-client.ts'

export interface ClientActsDeps extends AppAccessDeps {
  readonly grants: AppAccessDeps['grants'] & ClientGrantEnding
}

export const overlapShape = z.strictObject({ overlap_seconds: z.int().min(0).max(overlapSeconds.longest).default(overlapSeconds.usual) })
export const secretShape = z.object({ client_secret: z.string(), former_secret_until: z.iso.datetime().nullable() })
const byTenant = byClient.extend({ tenant_id: idField })
const claims = z.record(z.string(), z.unknown())

export function clientActEndpoints(deps: ClientActsDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/clients/:client_id/secret', access: writeClients, params: byClient, body: overlapShape, response: secretShape, idempotent: true,
      summary: 'Gives the app a new secret, shown this once; the one before works on for `overlap_seconds`.',
      handle: async ({ caller, params, body, origin }) => {
        const result = await rotateSecret(deps, { clientId: params.client_id, overlapSeconds: body.overlap_seconds, actor: actorOf(caller), origin })
        if (!result.ok) return refusal(statusOf(result.reason), result.reason)
        return { status: 200, body: { client_secret: result.clientSecret, former_secret_until: result.formerUntil?.toISOString() ?? null } }
      },
    }),
    ...(['suspend', 'resume'] as const).map((verb) => endpoint({
      method: 'POST', path: `/api/v1/clients/:client_id/${verb}`, access: writeClients, params: byClient, response: clientShape, guarded: true,
      summary: verb === 'suspend' ? 'Suspends the app; its tokens end at once.' : 'Lets a suspended app work again.',
      handle: async ({ caller, params, origin, ifMatch }) => {
        const change = { clientId: params.client_id, expect: expectClient(ifMatch, params.client_id), actor: actorOf(caller), origin }
        const result = await (verb === 'suspend' ? suspendClient(deps, change) : resumeClient(deps, change))
        return result.ok ? answerClient(deps.databases, params.client_id) : refusal(statusOf(result.reason), result.reason)
      },
    })),
    ...mappingEndpoints(deps),
    ...offerEndpoints(deps),
  ]
}

function mappingEndpoints(deps: ClientActsDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'PUT', path: '/api/v1/clients/:client_id/claim-mapping', access: writeClients, params: byClient, body: z.strictObject({ claim_mapping: claimMappingShape }), response: clientShape,
      guarded: true, summary: 'Says which claims the app is told under names of its own.',
      handle: async ({ caller, params, body, origin, ifMatch }) => {
        const result = await setClaimMapping(deps, { clientId: params.client_id, mapping: body.claim_mapping, expect: expectClient(ifMatch, params.client_id), actor: actorOf(caller), origin })
        return result.ok ? answerClient(deps.databases, params.client_id) : refusal(statusOf(result.reason), result.reason)
      },
    }),
    endpoint({
      method: 'POST', path: '/api/v1/clients/:client_id/claims-preview', access: writeClients, params: byClient,
      body: z.strictObject({
        tenant_id: idField, membership_id: idField,
        claim_mapping: claimMappingShape.optional(), scopes: z.array(z.string().max(100)).max(50).optional(),
      }),
      response: z.object({ claims, mapped: claims, refusal: z.string().nullable() }),
      summary: 'What the app would be told of a member, by its mapping or by one that is not stored yet. Changes nothing.',
      handle: async ({ params, body }) => {
        const { tenant_id: tenantId, membership_id: membershipId, claim_mapping: mapping, scopes } = body
        const result = await previewClaims(deps, { clientId: params.client_id, tenantId: parseTenantId(tenantId), membershipId, mapping, scopes })
        return result.ok ? { status: 200, body: { claims: { ...result.claims }, mapped: { ...result.mapped }, refusal: result.refusal } } : refusal(404, result.reason)
      },
    }),
  ]
}

function offerEndpoints(deps: ClientActsDeps): EndpointDoor[] {
  const path = '/api/v1/clients/:client_id/tenants/:tenant_id'
  return [
    endpoint({
      method: 'PUT', path, access: writeClients, params: byTenant, response: z.undefined(), summary: 'Offers the app to a tenant; needed where it is open to listed tenants only.',
      handle: async ({ caller, params, origin }) => {
        const result = await offerApp(deps, { clientId: params.client_id, tenantId: parseTenantId(params.tenant_id), actor: actorOf(caller), origin })
        return result.ok || result.reason === 'already_offered' ? { status: 204, body: undefined } : refusal(statusOf(result.reason), result.reason)
      },
    }),
    endpoint({
      method: 'DELETE', path, access: writeClients, params: byTenant, response: z.undefined(), summary: 'Takes it away from the tenant again, with what the tenant itself had said of it.',
      handle: async ({ caller, params, origin }) => {
        const result = await withdrawApp(deps, { clientId: params.client_id, tenantId: parseTenantId(params.tenant_id), actor: actorOf(caller), origin })
        return result.ok ? { status: 204, body: undefined } : refusal(result.reason === 'not_offered' ? 404 : statusOf(result.reason), result.reason)
      },
    }),
  ]
}
