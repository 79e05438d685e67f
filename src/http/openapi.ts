/**
 * Owns the description of the JSON doors: OpenAPI 3.1, made from the very schemas that check requests and answers, so it cannot
 * say anything else than what happens. Invariant: every endpoint of the list is in it.
 */
import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import { isForTenants, publicEndpoint, type EndpointDoor } from './endpoint.ts'
import { answersOf } from './openapi-answers.ts'
import { keyPattern } from './idempotency.ts'

export const openApiPath = '/api/v1/openapi.json'

/** Where tokens for the API come from. */
export interface TokenPlaces {
  readonly issuer: string
  readonly authorizationPath: string
  readonly tokenPath: string
}

/** The door that serves the description of `doors()` and of itself; made once, at the first call. */
export function openApiDoor(places: TokenPlaces, doors: () => readonly EndpointDoor[]): EndpointDoor {
  let document: Record<string, unknown> | undefined
  return publicEndpoint({
    method: 'GET', path: openApiPath, response: z.record(z.string(), z.unknown()), etag: true, summary: 'This description (OpenAPI 3.1).',
    handle: async () => ({ status: 200, body: (document ??= { ...(await openApiDocument(places, doors())) }) }),
  })
}

/** The description as data. */
export async function openApiDocument({ issuer, authorizationPath, tokenPath }: TokenPlaces, doors: readonly EndpointDoor[]) {
  // Loaded for whoever asks: no request that does something needs it.
  const { createDocument } = await import('zod-openapi')
  const scopes = Object.fromEntries(scopesOf(doors).map((scope) => [scope, meaningOf(scope)]))
  const [authorizationUrl, tokenUrl] = [`${issuer}${authorizationPath}`, `${issuer}${tokenPath}`]
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tegata API', version: '1',
      description: `Access tokens are opaque ones of this issuer for the resource ${issuer}/api/v1 (RFC 8707). Errors are problem documents (RFC 9457) with a stable \`reason\`. Lists have pages: \`next_cursor\` of one is \`cursor\` of the next.`,
    },
    servers: [{ url: issuer }],
    tags: [...new Set(doors.map(tagOf))].map((name) => ({ name })),
    components: {
      securitySchemes: {
        openid: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
        oauth: { type: 'oauth2', flows: { authorizationCode: { authorizationUrl, tokenUrl, scopes }, clientCredentials: { tokenUrl, scopes } } },
      },
    },
    paths: pathsOf(doors),
  }, { override: ({ jsonSchema, io }) => { if (io === 'input') refuseNul(jsonSchema) } })
}

/** What no text that comes in may hold (json-body.ts, request-state.ts); the database cannot keep it. */
function refuseNul(schema: { type?: unknown; pattern?: unknown; format?: unknown; enum?: unknown; const?: unknown; allOf?: unknown }): void {
  const isPlain = schema.type === 'string' && schema.pattern === undefined && schema.format === undefined && schema.enum === undefined && schema.const === undefined && schema.allOf === undefined
  if (isPlain) schema.pattern = String.raw`^[^\u0000]*$`
}

function scopesOf(doors: readonly EndpointDoor[]): readonly string[] {
  return [...new Set(doors.flatMap(({ access }) => (access === 'public' ? [] : access.scope ?? [])))].toSorted()
}

function meaningOf(scope: string): string {
  const [thing, verb] = scope.split(':')
  return `${verb === 'read' ? 'Reads' : 'Changes'} ${thing}.`
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
  const { access, params, query, body, summary } = door
  const description = accessText(access)
  const scopes = access !== 'public' && access.scope !== undefined ? [access.scope] : []
  const header = headersOf(door)
  return {
    summary, operationId: operationIdOf(door), tags: [tagOf(door)],
    ...(description === null ? { security: [] } : { description, security: [{ openid: scopes }, { oauth: scopes }] }),
    requestParams: { ...(params instanceof z.ZodObject ? { path: params } : {}), ...(query instanceof z.ZodObject ? { query } : {}), ...(header === null ? {} : { header }) },
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: answersOf(door),
  }
}

const tags = z.string().regex(/^(?:\*|(?:W\/)?"[A-Za-z0-9_-]*"(?:, ?(?:W\/)?"[A-Za-z0-9_-]*")*)$/)

function headersOf(door: EndpointDoor): z.ZodObject | null {
  const headers = {
    ...(isForTenants(door) ? { 'X-Tenant-ID': z.string().regex(/^[a-z0-9-]{1,63}$/).optional().meta({ description: 'The tenant, by id or subdomain, where the token allows it.' }) } : {}),
    ...(door.method === 'GET' && door.etag === true ? { 'If-None-Match': tags.optional().meta({ description: 'What you have already: then 304.' }) } : {}),
    ...(door.guarded === true ? { 'If-Match': tags.optional().meta({ description: 'Only while the thing is still so: else 412.' }) } : {}),
    ...(door.idempotent === true ? { 'Idempotency-Key': z.string().regex(keyPattern).optional().meta({ description: 'Sent again with the same key, it is answered again and done once.' }) } : {}),
  }
  return Object.keys(headers).length === 0 ? null : z.object(headers)
}

/** `PUT /api/v1/members/:membership_id/role` → putMemberRole: one thing of many is called by its singular, the caller's own tenant its own. */
function operationIdOf({ method, path }: EndpointDoor): string {
  const parts = path.split('/').slice(3)
  const named = parts.flatMap((part, index) => (part.startsWith(':') ? [] : [parts[index + 1]?.startsWith(':') === true ? part.replace(/(?<!s)s$/, '') : part]))
  return [method.toLowerCase(), ...(named[0] === 'tenant' && parts[0] === 'tenant' ? ['own'] : []), ...named].join('-').replaceAll(/[^A-Za-z0-9]+(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The first thing of the path, which is what its room keeps. */
function tagOf({ path }: EndpointDoor): string {
  const [, , , first = 'other'] = path.split('/')
  return first.replace(/\..*$/, '')
}

function accessText(access: EndpointDoor['access']): string | null {
  if (access === 'public') return null
  const needs = [
    access.scope === undefined ? null : `scope \`${access.scope}\``,
    access.permission === undefined ? null : `permission \`${access.permission}\``,
    access.platform === undefined ? null : access.platform === 'write' ? 'an operator of the platform who owns it' : 'an operator of the platform',
    access.fresh === true ? 'a sign-in of the last five minutes, as strong as the account allows (RFC 9470)' : null,
  ].filter((need) => need !== null)
  return needs.length === 0 ? 'Takes any valid access token.' : `Needs ${needs.join(', ')}.`
}
