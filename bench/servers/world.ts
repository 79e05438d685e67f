/**
 * What all servers of a run share, so that each does the same work: the apps, the api, the people, the scopes.
 * How a server gets them stands in its own file.
 */
import { z } from 'zod'

export const serverNames = ['raw-rs256', 'raw-es256', 'raw-pg', 'tegata'] as const
export type ServerName = (typeof serverNames)[number]
export type Algorithm = 'RS256' | 'ES256'

export const api = { identifier: 'https://api.bench.example', scope: 'read' } as const
export const redirectUri = 'https://app.bench.example/callback'

const credentialsShape = z.object({ clientId: z.string(), clientSecret: z.string() })
export type Credentials = z.output<typeof credentialsShape>

/** `sso` signs people in and gets an access token; `web` gets a refresh token too; `machine` acts by itself. */
export const appsShape = z.object({ machine: credentialsShape, sso: credentialsShape, web: credentialsShape })
export type Apps = z.output<typeof appsShape>

/** One person per request in flight, and as many again for a storm beside it. */
export const peopleCount = 64
export const password = 'tegata-bench-2026'

export function emailOf(worker: number): string {
  return `person${worker % peopleCount}@bench.example`
}

/** A server that answers, as the load generator sees it. */
export interface Target {
  readonly name: ServerName
  readonly origin: string
  readonly pid: number
  readonly alg: Algorithm
  /** What a password costs there, and where state is kept: stands in every line of the report. */
  readonly hash: string
  readonly store: 'memory' | 'PostgreSQL'
  /** The name of its database; null for a server without one. */
  readonly database: string | null
  readonly apps: Apps
  /** What its sign-ins ask for. */
  readonly scope: string
}
