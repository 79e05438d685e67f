/**
 * Owns the description of the JSON doors: OpenAPI 3.1, made from the very schemas that check requests and answers, so it cannot
 * say anything else than what happens. Invariant: every endpoint of the list is in it.
 */
import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { publicEndpoint, successStatus, type EndpointDoor } from './endpoint.ts'
import { genericProblems } from './problem.ts'

export const openApiPath = '/api/v1/openapi.json'

const problemSchema = z.object({
  type: z.literal('about:blank'), title: z.string(), status: z.int(), reason: z.string().meta({ description: 'Stable, for programs.' }),
  detail: z.string().optional(), request_id: z.string(),
  errors: z.array(z.object({ in: z.enum(['params', 'query', 'header', 'body']), pointer: z.string().meta({ description: 'RFC 6901' }), detail: z.string() })).optional(),
}).meta({ id: 'Problem', description: 'RFC 9457 problem document.' })

const problemOf = (description: string) => ({ description, content: { 'application/problem+json': { schema: problemSchema } } })

/** The door that serves the description of `doors()` and of itself; made once, at the first call. */
export function openApiDoor(issuer: string, doors: () => readonly EndpointDoor[]): EndpointDoor {
  let document: Record<string, unknown> | undefined
  return publicEndpoint({
    method: 'GET', path: openApiPath, response: z.record(z.string(), z.unknown()), summary: 'This description (OpenAPI 3.1).',
    handle: async () => ({ status: 200, body: (document ??= { ...(await openApiDocument(issuer, doors())) }) }),
  })
}

/** The description as data. */
export async function openApiDocument(issuer: string, doors: readonly EndpointDoor[]) {
  // Loaded for whoever asks: no request that does something needs it.
  const { createDocument } = await import('zod-openapi')
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tegata API', version: '1',
      description: 'Access tokens are opaque ones of this issuer for the resource of this API (RFC 8707). Errors are problem documents (RFC 9457) with a stable `reason`.',
    },
    servers: [{ url: issuer }],
    security: [{ oauth: [] }],
    components: {
      securitySchemes: {
        oauth: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
      },
    },
    paths: pathsOf(doors),
  })
}

function pathsOf(doors: readonly EndpointDoor[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const door of doors) {
    const path = door.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [door.method.toLowerCase()]: operationOf(door) }
  }
  return paths
}

function operationOf(door: EndpointDoor): ZodOpenApiOperationObject {
  const { access, params, query, body, response, summary } = door
  const description = accessText(access)
  return {
    summary,
    operationId: `${door.method.toLowerCase()}${door.path.replaceAll(/[/:.-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(description === null ? { security: [] } : { description, security: [{ oauth: access !== 'public' && access.scope !== undefined ? [access.scope] : [] }] }),
    requestParams: { ...(params instanceof z.ZodObject ? { path: params } : {}), ...(query instanceof z.ZodObject ? { query } : {}) },
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [String(successStatus(door))]: response instanceof z.ZodUndefined ? { description: 'Done.' } : answerOf(door),
      ...(access === 'public' ? {} : { 401: problemOf(genericProblems.not_authenticated.detail), 403: problemOf(genericProblems.permission_missing.detail) }),
      default: problemOf('A refusal; `reason` says which.'),
    },
  }
}

function answerOf({ mediaType, response }: EndpointDoor) {
  const content = mediaType === undefined ? { 'application/json': { schema: response } } : { [mediaType]: { schema: { type: 'string' as const } } }
  return { description: 'The answer.', content }
}

function accessText(access: EndpointDoor['access']): string | null {
  if (access === 'public') return null
  const needs = [
    access.scope === undefined ? null : `scope \`${access.scope}\``,
    access.permission === undefined ? null : `permission \`${access.permission}\``,
    access.fresh === true ? 'a sign-in of the last five minutes, as strong as the account allows (RFC 9470)' : null,
  ].filter((need) => need !== null)
  return needs.length === 0 ? 'Takes any valid access token.' : `Needs ${needs.join(', ')}.`
}
