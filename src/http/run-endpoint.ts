/**
 * Owns the one way through a JSON door: who calls, whether they may, whether the request fits, then the handler.
 * Invariants: this order, so that a caller without the right learns nothing about what the door takes; scope, permission and the
 * operator's role are judged here only; nothing leaves that the response schema does not name; whoever asks for what is not there
 * or not theirs stands in the log. The tenant is the token's, or the one that X-Tenant-ID names and the token allows.
 */
import { Readable } from 'node:stream'
import { readJson } from './json-body.ts'
import { etagOf, isKnown, tagsPattern } from './etag.ts'
import { isForTenants, successStatus, type Authenticate, type Caller, type EndpointAnswer, type EndpointDoor, type EndpointRequest, type EnterTenant, type Refusal } from './endpoint.ts'
import { readPart } from './field-errors.ts'
import { freshSignInSeconds, stepUp } from './freshness.ts'
import { keyPattern, type Idempotency } from './idempotency.ts'
import type { RateLimits } from './rate-limit.ts'
import { generic, writeProblem } from './problem.ts'
import type { FieldError, RequestRefusal } from './problem.ts'
import type { AppContext } from './context.ts'

export interface EndpointDeps {
  readonly authenticate: Authenticate
  /** Without it X-Tenant-ID counts for nothing. */
  readonly enterTenant?: EnterTenant
  /** Without it Idempotency-Key counts for nothing. */
  readonly idempotency?: Idempotency
  /** Without it nobody is counted. */
  readonly rateLimits?: Pick<RateLimits, 'count'>
  /** Hears of every caller that was turned away, for the event log. */
  readonly onRefused?: (refused: { ctx: AppContext; door: EndpointDoor; caller: Caller | null; reason: string }) => Promise<void>
}

interface Arrival {
  readonly ctx: AppContext
  readonly params: Readonly<Record<string, string>>
}

interface Parts { readonly params: unknown; readonly query: unknown; readonly body: unknown; readonly ifMatch: string | null; readonly idempotencyKey: string | null }
type Read = { readonly ok: true; readonly parts: Parts } | { readonly ok: false; readonly refusal: RequestRefusal; readonly errors?: readonly FieldError[] }

/** Runs one endpoint and writes its answer or a problem document. */
export async function runEndpoint(door: EndpointDoor, deps: EndpointDeps, arrival: Arrival): Promise<void> {
  const { ctx } = arrival
  const { caller, refused } = await letIn(door, deps, ctx)
  // Before a refusal is written down: whoever hammers must not fill the log.
  const limited = (await deps.rateLimits?.count(ctx, caller)) ?? null
  if (limited !== null) {
    writeProblem(ctx, limited)
    return
  }
  if (refused !== null) {
    await deps.onRefused?.({ ctx, door, caller, reason: refused.reason })
    turnAway(ctx, refused)
    return
  }
  const read = await readRequest(door, arrival)
  if (!read.ok) {
    writeProblem(ctx, read.refusal, read.errors)
    return
  }
  const { idempotencyKey: key, ...parts } = read.parts
  const act = () => carryOut(door, deps, { ctx, caller, origin: ctx.state.origin, ...parts })
  if (key === null || caller === null || deps.idempotency === undefined) await act()
  else await deps.idempotency.once({ ctx, caller, key, body: parts.body }, act)
}

async function carryOut(door: EndpointDoor, { onRefused }: EndpointDeps, request: EndpointRequest<Caller | null, unknown, unknown, unknown>): Promise<void> {
  const { ctx, caller } = request
  const answer = await door.handle(request)
  if ('refused' in answer) {
    if (answer.status === 404 && caller !== null) await onRefused?.({ ctx, door, caller, reason: 'not_found' })
    writeProblem(ctx, answer)
  } else writeAnswer(ctx, door, answer)
}

/** Who calls, in the tenant that they name, and why they are turned away. */
async function letIn(door: EndpointDoor, { authenticate, enterTenant }: EndpointDeps, ctx: AppContext): Promise<{ caller: Caller | null; refused: Refusal | null }> {
  if (door.access === 'public') return { caller: null, refused: null }
  const who = await authenticate(ctx)
  if ('reason' in who) return { caller: null, refused: who }
  const named = headerOf(ctx, 'X-Tenant-ID')
  if (enterTenant === undefined || named === null || !isForTenants(door)) return { caller: who, refused: missingRight(door, who) }
  const entered = await enterTenant(who, named)
  if ('reason' in entered) return { caller: who, refused: entered }
  // Before anything is judged or done: every event of this request says by which visit.
  if (entered.breakGlassId !== null) ctx.state.origin = { ...ctx.state.origin, breakGlassId: entered.breakGlassId }
  return { caller: entered, refused: missingRight(door, entered) }
}

function missingRight({ access }: EndpointDoor, caller: Caller | null): Refusal | null {
  if (access === 'public') return null
  if (caller === null) return { status: 401, reason: 'not_authenticated' }
  if (access.scope !== undefined && !caller.scopes.includes(access.scope)) {
    // RFC 6750 §3.1
    return { status: 403, reason: 'insufficient_scope', wwwAuthenticate: `Bearer error="insufficient_scope", scope="${access.scope}"` }
  }
  if (access.platform !== undefined) {
    const refused = missingPlatform(access.platform, caller)
    if (refused !== null) return refused
  }
  if (access.permission !== undefined && !caller.permissions.includes(access.permission)) return { status: 403, reason: 'permission_missing' }
  return access.fresh === true ? missingFreshness(caller) : null
}

function missingPlatform(wanted: 'read' | 'write', { platform, mustStepUp }: Caller): Refusal | null {
  if (mustStepUp === true) return stepUp('operators act with a second factor only', 'acr_values="aal2"')
  return platform === 'owner' || (platform === 'auditor' && wanted === 'read') ? null : { status: 403, reason: 'operator_required' }
}

/** A machine has no person behind it who could sign in. */
function missingFreshness({ authentication }: Caller): Refusal | null {
  if (authentication === null) return { status: 403, reason: 'account_required' }
  const { acr, authTime, strongestAcr } = authentication
  if (Date.now() / 1000 - authTime <= freshSignInSeconds && (acr === 'phr' || acr === strongestAcr || strongestAcr === 'aal1')) return null
  return stepUp('a fresh sign-in is needed', `acr_values="${strongestAcr}", max_age="${freshSignInSeconds}"`)
}

function turnAway(ctx: AppContext, { status, reason, wwwAuthenticate }: Refusal): void {
  // RFC 9110 §15.5.2: a 401 always says how to authenticate.
  const challenge = wwwAuthenticate ?? (status === 401 ? 'Bearer' : undefined)
  if (challenge !== undefined) ctx.set('WWW-Authenticate', challenge)
  writeProblem(ctx, { status, reason })
}

async function readRequest(door: EndpointDoor, { ctx, params }: Arrival): Promise<Read> {
  const pairs = new URLSearchParams(ctx.querystring)
  if (pairs.size !== new Set(pairs.keys()).size) return { ok: false, refusal: generic('field_repeated') }
  const json = door.body === undefined ? { ok: true as const, value: undefined } : await readJson(ctx.req, { limitBytes: door.bodyLimitBytes })
  if (!json.ok) return json
  const read = {
    params: readPart('params', door.params, params),
    query: readPart('query', door.query, Object.fromEntries(pairs)),
    body: readPart('body', door.body, json.value),
  }
  const ifMatch = door.guarded === true ? headerOf(ctx, 'If-Match') : null
  const idempotencyKey = door.idempotent === true ? headerOf(ctx, 'Idempotency-Key') : null
  const errors = [
    ...read.params.errors, ...read.query.errors, ...read.body.errors,
    ...(ifMatch === null || tagsPattern.test(ifMatch) ? [] : [misfit('If-Match', 'must be * or entity tags in double quotes')]),
    ...(idempotencyKey === null || keyPattern.test(idempotencyKey) ? [] : [misfit('Idempotency-Key', 'must be 1 to 255 visible ASCII characters')]),
  ]
  if (errors.length > 0) return { ok: false, refusal: generic('invalid_request'), errors }
  return { ok: true, parts: { params: read.params.value, query: read.query.value, body: read.body.value, ifMatch, idempotencyKey } }
}

function headerOf({ req }: AppContext, name: string): string | null {
  const value = req.headers[name.toLowerCase()]
  return value === undefined ? null : String(value)
}

function misfit(name: string, detail: string): FieldError {
  return { in: 'header', pointer: `/${name}`, detail }
}

function writeAnswer(ctx: AppContext, door: EndpointDoor, answer: EndpointAnswer<unknown>): void {
  if (answer.status !== successStatus(door)) throw new Error(`${door.method} ${door.path} answered ${answer.status}: its declaration says ${successStatus(door)}.`)
  // A body that does not fit its schema is a fault of ours; extra members fall away here, so a row never leaks.
  const body = door.response.parse(answer.body)
  for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value)
  ctx.set('Cache-Control', 'no-store')
  if (body instanceof Readable) {
    ctx.body = body
    return
  }
  if (isKnownTo(ctx, door, body)) {
    ctx.status = 304
    return
  }
  if (body instanceof Readable) {
    ctx.body = body
    return
  }
  // The body first: Koa takes "no body" for 204, whatever the status was.
  ctx.body = body === undefined ? null : JSON.stringify(body)
  if (body !== undefined) ctx.type = 'application/json'
  ctx.status = answer.status
}

/** Tags the answer of a door that has tags, and says whether whoever asks has it already. */
function isKnownTo(ctx: AppContext, door: EndpointDoor, body: unknown): boolean {
  if (body === undefined || (door.etag !== true && door.guarded !== true)) return false
  const etag = etagOf(body)
  ctx.set('ETag', etag)
  const known = ctx.req.headers['if-none-match']
  return door.method === 'GET' && known !== undefined && isKnown(known, etag)
}
