/**
 * The apps and apis that a process has seen, kept until something changes (performance.md, "cache clients").
 * Invariant: a cached app never outlives its change where it matters: token issue names the revision it relied on and the
 * database refuses an outdated one, so a suspended app gets nothing however fresh the cache is.
 */
import type { Pool } from 'pg'
import type { AdapterPayload } from 'oidc-provider'
import { signInStart } from '../apps/client.ts'
import { equalStrings, sha256 } from '../base/crypto.ts'
import type { AppProps } from '../../views/props.ts'
import { findClient, listApis, type ApiRow, type ClientRow } from './queries.ts'

export interface ClientStore {
  /** The app as oidc-provider wants it (RFC 7591 names); undefined when it is unknown or suspended. */
  find(id: string): Promise<ClientRow | undefined>
  api(identifier: string): Promise<ApiRow | undefined>
  apis(): Promise<readonly ApiRow[]>
  /** Forgets everything; called when the database's revision has moved. */
  drop(): void
  forget(id: string): void
}

export function createClientStore(pool: Pool): ClientStore {
  let clients = new Map<string, Promise<ClientRow | undefined>>()
  let apis: Promise<readonly ApiRow[]> | undefined
  const store: ClientStore = {
    find(id) {
      // Anything else cannot be an id of ours, and a NUL would be a fault of the database instead of an unknown app.
      if (!/^[\x21-\x7e]{1,255}$/.test(id)) return Promise.resolve(undefined)
      const known = clients.get(id)
      if (known !== undefined) return known
      const kept = clients
      const reading = findClient(pool, id)
      kept.set(id, reading)
      reading.then(
        // An unknown id is not remembered: strangers could fill the memory, and a new app must work at once.
        (row) => { if (row === undefined) kept.delete(id) },
        () => kept.delete(id),
      )
      return reading
    },
    apis() {
      apis ??= listApis(pool).catch((error: unknown) => {
        apis = undefined
        throw error
      })
      return apis
    },
    async api(identifier) {
      return (await store.apis()).find((api) => api.identifier === identifier)
    },
    drop() {
      clients = new Map()
      apis = undefined
    },
    forget: (id) => clients.delete(id),
  }
  return store
}

/** Metadata for oidc-provider. In place of the secret stands its hash; `compareClientSecret` hashes what the app sends. */
export function clientMetadata(row: ClientRow): AdapterPayload {
  return {
    ...row.metadata,
    client_id: row.id,
    client_name: row.name,
    ...(row.secret_hash === null ? {} : { client_secret: row.secret_hash }),
  }
}

/** Whether it is the app's secret, or the one before it while both work. */
export function isSecretOf(row: Pick<ClientRow, 'secret_hash' | 'former_secret_hash' | 'former_secret_until'>, secret: string): boolean {
  const digest = sha256(secret)
  const { secret_hash: now, former_secret_hash: former, former_secret_until: until } = row
  return (now !== null && equalStrings(now, digest)) || (former !== null && until !== null && until.getTime() > Date.now() && equalStrings(former, digest))
}

/** The app as people see it on our pages. */
export function appOf(row: ClientRow): AppProps {
  const { metadata } = row
  return {
    name: row.name,
    firstParty: row.first_party,
    logoUrl: metadata.logo_uri,
    policyUrl: metadata.policy_uri,
    termsUrl: metadata.tos_uri,
    homeUrl: metadata.client_uri ?? signInStart(metadata) ?? undefined,
  }
}

/** Where a person starts again at the app: its registered sign-in address (OIDC Core §4), home page, or at least its site. */
export function startUrlOf({ metadata }: ClientRow): string | undefined {
  const site = metadata.redirect_uris?.map((uri) => URL.parse(uri)?.origin).find((origin) => origin?.startsWith('http') === true)
  return signInStart(metadata) ?? site
}
