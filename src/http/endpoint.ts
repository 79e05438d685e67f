/**
 * Owns the JSON doors as data: an endpoint says its path, who may pass, and the zod schemas of what goes in and out, so
 * that the OpenAPI document and the doors test can walk them. Invariant: scope and permission are judged in
 * run-endpoint.ts and nowhere else, and nothing leaves that the response schema does not name.
 */
import type { z } from 'zod'
import type { Origin } from '../base/origin.ts'
import type { AppContext } from './context.ts'

/** A name of the platform's own catalogue of permissions, which the members room owns. */
export type Permission = string

/** Whoever calls, as the access token says it. */
export interface Caller {
  readonly accountId: string | null
  readonly clientId: string
  readonly tenantId: string | null
  readonly membershipId: string | null
  readonly permissions: readonly string[]
  readonly scopes: readonly string[]
  /** What an operator, or a machine of the platform, may do across tenants; null also for an operator without a second factor behind this token. */
  readonly platform: 'owner' | 'auditor' | null
  /** An operator whose sign-in is too weak to act as one. */
  readonly mustStepUp?: boolean
  /** By which an operator acts inside `tenantId`, without being a member there. */
  readonly breakGlassId: string | null
  /** How and when (seconds since the epoch) the person had signed in; null for a machine. */
  readonly authentication: { readonly acr: string; readonly authTime: number; readonly strongestAcr: 'aal1' | 'aal2' } | null
}

/** Why nobody is let in. */
export interface Refusal {
  readonly status: 401 | 403 | 404
  readonly reason: string
  readonly wwwAuthenticate?: string | undefined
}

export type Authenticate = (ctx: AppContext) => Promise<Caller | Refusal>

/** The caller inside the tenant that X-Tenant-ID names, by id or subdomain. */
export type EnterTenant = (caller: Caller, named: string) => Promise<Caller | Refusal>

/** What a caller needs; {} takes any valid token. */
export interface CallerAccess {
  readonly scope?: string
  readonly permission?: Permission
  /** For operators: 'read' lets auditors in too. */
  readonly platform?: 'read' | 'write'
  /** Asks for a sign-in of the last five minutes, as strong as the person can be (RFC 9470). */
  readonly fresh?: true
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Absent = z.ZodUndefined
type MaybeLater<T> = T | Promise<T>

export interface EndpointRequest<Who, Params, Query, Body> {
  readonly ctx: AppContext
  /** Null behind a public door. */
  readonly caller: Who
  readonly origin: Origin
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Of a guarded door, for etag.ts; null where the caller sets no condition. */
  readonly ifMatch: string | null
}

/** What a handler wants sent; `headers` is for Location, ETag and their like. */
export interface EndpointAnswer<Body> {
  readonly status: number
  readonly body: Body
  readonly headers?: Readonly<Record<string, string>>
}

/** An expected "no" of a handler. */
export interface EndpointRefusal {
  readonly refused: true
  readonly status: number
  readonly reason: string
  readonly detail?: string | undefined
}

interface PublicSpec<Who, P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: Method
  readonly path: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly response: R
  /** Of an answer that is no refusal; unless told 200, or 204 where nothing is answered. */
  readonly status?: 200 | 201 | 202 | 204
  /** Answers with a strong ETag; a GET that names it in If-None-Match is answered 304. */
  readonly etag?: true
  /** Changes something only as it was seen: `ifMatch` goes to the command, which refuses with `precondition_failed`. Answers with an ETag too. */
  readonly guarded?: true
  /** Of a body, for doors that take whole files; 256 KiB unless told. */
  readonly bodyLimitBytes?: number
  /** Of an answer that is a stream (http/csv.ts) instead of JSON. */
  readonly mediaType?: string
  /** Creates something: sent again with the same Idempotency-Key it is answered as before and done once. */
  readonly idempotent?: true
  /** One sentence for the reference. */
  readonly summary: string
  handle(request: EndpointRequest<Who, z.output<P>, z.output<Q>, z.output<B>>): MaybeLater<EndpointAnswer<z.input<R>> | EndpointRefusal>
}

type CallerSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> =
  PublicSpec<Caller, P, Q, B, R> & { readonly access: CallerAccess }

/** An endpoint without its type parameters, for lists, OpenAPI and tests; only run-endpoint.ts calls `handle`. */
export interface EndpointDoor {
  readonly kind: 'endpoint'
  readonly method: Method
  readonly path: string
  readonly access: CallerAccess | 'public'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly response: z.ZodType
  readonly status?: 200 | 201 | 202 | 204
  readonly etag?: true
  readonly guarded?: true
  readonly bodyLimitBytes?: number
  readonly mediaType?: string
  readonly idempotent?: true
  readonly summary: string
  /** A method, not a property: its parameter may be narrower, for the runner parses with these very schemas first. */
  handle(request: EndpointRequest<Caller | null, unknown, unknown, unknown>): MaybeLater<EndpointAnswer<unknown> | EndpointRefusal>
}

/** The status that a door answers with when it has done what was asked. */
export function successStatus({ status, response }: Pick<EndpointDoor, 'status' | 'response'>): number {
  return status ?? (response.safeParse(undefined).success && !response.safeParse({}).success ? 204 : 200)
}

/** Whether X-Tenant-ID counts there: not at a person's own doors, nor at the platform's. */
export function isForTenants({ access, path }: Pick<EndpointDoor, 'access' | 'path'>): boolean {
  return access !== 'public' && access.platform === undefined && !path.startsWith('/api/v1/me/')
}

/** Declares an endpoint for callers with a token; its handler gets what the schemas made of the request. */
export function endpoint<R extends z.ZodType, P extends z.ZodType = Absent, Q extends z.ZodType = Absent, B extends z.ZodType = Absent>(
  spec: CallerSpec<P, Q, B, R>,
): EndpointDoor {
  return { kind: 'endpoint', ...spec }
}

/** Declares an endpoint that anybody may call and that never asks who does. */
export function publicEndpoint<R extends z.ZodType, P extends z.ZodType = Absent, Q extends z.ZodType = Absent, B extends z.ZodType = Absent>(
  spec: PublicSpec<null, P, Q, B, R>,
): EndpointDoor {
  return { kind: 'endpoint', access: 'public', ...spec }
}

/** Refuses with a reason for programs and an optional sentence for their authors. */
export function refusal(status: number, reason: string, detail?: string): EndpointRefusal {
  return { refused: true, status, reason, detail }
}
