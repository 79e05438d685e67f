/** All SQL of apps and apis. This room alone writes `client` and `api`. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>
type Metadata = Readonly<Record<string, unknown>>

export interface NewClient {
  readonly id: string
  readonly tenant_id: string | null
  readonly name: string
  readonly first_party: boolean
  readonly metadata: Metadata
  readonly secret_hash: string | null
  readonly built_in?: boolean
}

/** False when the id is taken. */
export async function insertClient(trx: EngineTrx, client: NewClient): Promise<boolean> {
  const result = await trx.query
    .insertInto('client')
    .values({ ...client, metadata: JSON.stringify(client.metadata) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export interface LockedClient {
  readonly status: string
  readonly metadata: unknown
  readonly tenant_id: string | null
  readonly secret_hash: string | null
  readonly built_in: boolean
  readonly open_to: string
}

export async function lockClient(trx: EngineTrx, clientId: string): Promise<LockedClient | undefined> {
  return trx.query
    .selectFrom('client')
    .select(['status', 'metadata', 'tenant_id', 'secret_hash', 'built_in', 'open_to'])
    .where('id', '=', clientId)
    .forNoKeyUpdate()
    .executeTakeFirst()
}

export async function updateClientStatus(trx: EngineTrx, clientId: string, status: 'active' | 'suspended'): Promise<void> {
  await trx.query.updateTable('client').set({ status, updated_at: sql`now()` }).where('id', '=', clientId).execute()
}

export interface ClientChanges {
  readonly name?: string
  readonly first_party?: boolean
  readonly open_to?: string
  readonly metadata?: Metadata
  readonly secret_hash?: string | null
  readonly built_in?: boolean
}

export async function updateClient(trx: EngineTrx, clientId: string, { metadata, ...columns }: ClientChanges): Promise<void> {
  const json = metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }
  await trx.query.updateTable('client').set({ ...columns, ...json, updated_at: sql`now()` }).where('id', '=', clientId).execute()
}

interface OfferColumns {
  readonly clientId: string
  readonly tenantId: string
}

export async function insertOffer(trx: EngineTrx, { clientId, tenantId }: OfferColumns): Promise<'offered' | 'already_offered' | 'unknown_tenant'> {
  const tenant = await trx.query.selectFrom('tenant').select('id').where('id', '=', tenantId).forKeyShare().executeTakeFirst()
  if (tenant === undefined) return 'unknown_tenant'
  const result = await trx.query.insertInto('tenant_client').values({ tenant_id: tenantId, client_id: clientId, access: 'everyone' })
    .onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n ? 'offered' : 'already_offered'
}

/** What the tenant had said of it; undefined when it had no row. */
export async function deleteOffer(trx: EngineTrx, { clientId, tenantId }: OfferColumns): Promise<string | undefined> {
  const row = await trx.query.deleteFrom('tenant_client').where('tenant_id', '=', tenantId).where('client_id', '=', clientId).returning('access').executeTakeFirst()
  return row?.access
}

/** Puts a copy of an app in its stand-in's place; false where the app is not there, or that id is somebody's app. */
export async function copyClient(trx: EngineTrx, { from, to, metadata, secretHash }: { from: string; to: string; metadata: Metadata; secretHash: string }): Promise<boolean> {
  const result = await sql`insert into client (id, name, first_party, metadata, secret_hash, claim_mapping, built_in)
      select ${to}, name, first_party, ${JSON.stringify(metadata)}::jsonb, ${secretHash}, claim_mapping, true from client where id = ${from} and not built_in
    on conflict (id) do update set name = excluded.name, first_party = excluded.first_party, metadata = excluded.metadata, secret_hash = excluded.secret_hash,
      claim_mapping = excluded.claim_mapping, updated_at = now() where client.built_in`.execute(trx.query)
  return result.numAffectedRows === 1n
}

export interface ClientListRow {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly first_party: boolean
  readonly subdomain: string | null
}

export async function listClients(db: Engine): Promise<readonly ClientListRow[]> {
  return db
    .selectFrom('client')
    .leftJoin('tenant', 'tenant.id', 'client.tenant_id')
    .select(['client.id', 'client.name', 'client.status', 'client.first_party', 'tenant.subdomain'])
    .orderBy('client.name')
    .orderBy('client.id')
    .execute()
}

export interface ApiColumns {
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly access_token_ttl_seconds: number
  readonly access_token_format: 'jwt' | 'opaque'
}

/** False when the identifier is taken. */
export async function insertApi(trx: EngineTrx, api: ApiColumns): Promise<boolean> {
  const result = await trx.query
    .insertInto('api')
    .values({ ...api, scopes: [...api.scopes] })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

export async function lockApi(trx: EngineTrx, identifier: string): Promise<{ scopes: string[] } | undefined> {
  return trx.query.selectFrom('api').select('scopes').where('identifier', '=', identifier).forNoKeyUpdate().executeTakeFirst()
}

export async function updateApiScopes(trx: EngineTrx, identifier: string, scopes: readonly string[]): Promise<void> {
  await trx.query.updateTable('api').set({ scopes: [...scopes] }).where('identifier', '=', identifier).execute()
}

export interface ApiListRow {
  readonly identifier: string
  readonly name: string
  readonly scopes: string[]
  readonly access_token_format: string
  readonly access_token_ttl_seconds: number
}

export async function listApis(db: Engine): Promise<readonly ApiListRow[]> {
  const columns = ['identifier', 'name', 'scopes', 'access_token_format', 'access_token_ttl_seconds'] as const
  return db.selectFrom('api').select(columns).orderBy('identifier').execute()
}

/** Scopes by api, of those apis that exist. */
export async function findApiScopes(trx: EngineTrx, identifiers: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (identifiers.length === 0) return new Map()
  const rows = await trx.query.selectFrom('api').select(['identifier', 'scopes']).where('identifier', 'in', identifiers).execute()
  return new Map(rows.map((row) => [row.identifier, row.scopes]))
}
