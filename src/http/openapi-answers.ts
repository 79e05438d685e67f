/**
 * What the description of the API says of answers: every status that a door can answer with, with its headers and the reasons that
 * are known. Invariant: a status that is not said here is never answered, which a client made from the description proves.
 */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { isForTenants, successStatus, type EndpointDoor } from './endpoint.ts'
import { detailOf } from './problem.ts'

const problemSchema = z.object({
  type: z.literal('about:blank'), title: z.string(), status: z.int().min(400).max(599), reason: z.string().meta({ description: 'Stable, for programs.' }),
  detail: z.string().optional(), request_id: z.string().meta({ description: 'Finds the request in the log.' }),
  errors: z.array(z.object({
    in: z.enum(['params', 'query', 'header', 'body']), pointer: z.string().meta({ description: 'RFC 6901; a header by its name.' }), detail: z.string(),
  })).optional(),
}).meta({ id: 'Problem', description: 'RFC 9457 problem document.' })

const text = { type: 'string' as const }
const count = { type: 'integer' as const, minimum: 0 }
const always = {
  'X-Request-Id': { description: 'Finds the request in the log.', schema: text },
  'RateLimit-Limit': { description: 'Requests that this caller may send in a minute.', schema: count },
  'RateLimit-Remaining': { description: 'How many are left.', schema: count },
  'RateLimit-Reset': { description: 'Seconds until all are back.', schema: count },
}
const retryAfter = { 'Retry-After': { description: 'Seconds until it goes on.', schema: count } }
const etag = { ETag: { description: 'The state of the thing, for If-None-Match and If-Match.', schema: text } }
const challenge = { 'WWW-Authenticate': { description: 'What would do (RFC 6750, RFC 9470).', required: true, schema: text } }

/** Everything that the door can answer, by status. */
export function answersOf(door: EndpointDoor): ZodOpenApiResponsesObject {
  const answers: ZodOpenApiResponsesObject = { [`${successStatus(door)}`]: successOf(door) }
  if (door.method === 'GET' && door.etag === true) answers['304'] = { description: 'You have it already.', headers: { ...always, ...etag } }
  for (const [status, reasons] of reasonsOf(door)) answers[`${status}`] = problemOf(status, reasons)
  return answers
}

function successOf(door: EndpointDoor): ZodOpenApiResponseObject {
  const { response, mediaType } = door
  const headers = {
    ...always,
    ...(door.etag === true || door.guarded === true ? etag : {}),
    ...(door.status === 201 ? { Location: { description: 'Where the new thing is.', schema: text } } : {}),
    ...(door.idempotent === true ? { 'Idempotency-Replayed': { description: 'true where it was done before and is only told again.', schema: text } } : {}),
  }
  if (response instanceof z.ZodUndefined) return { description: 'Done.', headers }
  return { description: 'The answer.', headers, content: mediaType === undefined ? { 'application/json': { schema: response } } : { [mediaType]: { schema: text } } }
}

type Status = 400 | 401 | 403 | 404 | 408 | 409 | 412 | 413 | 414 | 415 | 422 | 429 | 500 | 503
type Reasons = readonly (string | false)[]

/** Why a door may say no, by status: what every door has in common; what a room adds stands in its own description. */
function reasonsOf({ access, method, body, guarded, idempotent, path }: EndpointDoor): readonly (readonly [Status, Reasons])[] {
  const own = access !== 'public'
  const inTenant = isForTenants({ access, path })
  return [
    [400, ['invalid_request', 'field_repeated', body !== undefined && 'malformed_body']],
    ...(own ? [
      [401, ['token_missing', 'token_invalid', 'token_audience', 'token_bound', (access.fresh === true || inTenant || access.platform !== undefined) && 'insufficient_user_authentication']] as const,
      [403, [access.scope !== undefined && 'insufficient_scope', access.permission !== undefined && 'permission_missing', access.platform !== undefined && 'operator_required', inTenant && 'tenant_required']] as const,
      [404, ['not_found']] as const,
    ] : []),
    ...(method === 'GET' ? [] : [[409, [idempotent === true && 'idempotency_in_progress']] as const]),
    ...(guarded === true ? [[412, ['precondition_failed']] as const] : []),
    ...(body === undefined ? [] : [[408, ['body_timeout']] as const, [413, ['body_too_large']] as const, [415, ['unsupported_media_type']] as const]),
    [414, ['url_too_long']],
    ...(idempotent === true ? [[422, ['idempotency_key_reused']] as const] : []),
    [429, ['rate_limited']], [500, ['server_error']], [503, ['temporarily_unavailable']],
  ]
}

const told = new Map<string, ZodOpenApiResponseObject>()

/** One component for each status with the same reasons, so that the document stays short. */
function problemOf(status: Status, given: Reasons): ZodOpenApiResponseObject {
  const reasons = given.filter((reason) => reason !== false)
  const title = STATUS_CODES[status] ?? 'Error'
  const id = [title.replaceAll(/[^A-Za-z]/g, ''), ...reasons].join('.')
  const known = told.get(id)
  if (known !== undefined) return known
  const answer: ZodOpenApiResponseObject = {
    id, description: `${title}; \`reason\` says why.`, headers: { ...always, ...(status === 429 || status === 503 || status === 409 ? retryAfter : {}), ...(status === 401 ? challenge : {}) },
    content: { 'application/problem+json': { schema: problemSchema, ...(reasons.length === 0 ? {} : { examples: Object.fromEntries(reasons.map((reason) => [reason, { value: exampleOf(status, reason) }])) }) } },
  }
  told.set(id, answer)
  return answer
}

function exampleOf(status: Status, reason: string): z.input<typeof problemSchema> {
  const detail = detailOf(reason)
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, reason, ...(detail === undefined ? {} : { detail }), request_id: '019f1e6c-5d3a-7000-8000-1f0c9d2b7a44' }
}
