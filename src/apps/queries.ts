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
  readonly open_to?: string
  readonly permissions?: string[]
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
  readonly name: string
  readonly status: string
  readonly first_party: boolean
  readonly metadata: unknown
  readonly tenant_id: string | null
  readonly secret_hash: string | null
  readonly built_in: boolean
  readonly open_to: string
  readonly claim_mapping: unknown
  readonly permissions: string[]
}

const locked = ['name', 'status', 'first_party', 'metadata', 'tenant_id', 'secret_hash', 'built_in', 'open_to', 'claim_mapping', 'permissions'] as const

/** The app, kept so until the transaction ends. */
export async function lockClient(trx: EngineTrx, clientId: string): Promise<LockedClient | undefined> {
  return trx.query.selectFrom('client').select(locked).where('id', '=', clientId).forNoKeyUpdate().executeTakeFirst()
}

export async function updateClientStatus(trx: EngineTrx, clientId: string, status: 'active' | 'suspended'): Promise<void> {
  await trx.query.updateTable('client').set({ status, updated_at: sql`now()` }).where('id', '=', clientId).execute()
}

export interface ClientChanges {
  readonly status?: string
  readonly name?: string
  readonly first_party?: boolean
  readonly open_to?: string
  readonly metadata?: Metadata
  readonly secret_hash?: string | null
  readonly built_in?: boolean
  readonly permissions?: string[]
  readonly claim_mapping?: readonly unknown[]
}

export async function updateClient(trx: EngineTrx, clientId: string, { metadata, claim_mapping: mapping, ...columns }: ClientChanges): Promise<void> {
  const json = {
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
    ...(mapping === undefined ? {} : { claim_mapping: JSON.stringify(mapping) }),
  }
  await trx.query.updateTable('client').set({ ...columns, ...json, updated_at: sql`now()` }).where('id', '=', clientId).execute()
}

/** The secret of now becomes the former one for so long; answers until when, null where it ends at once. One statement: no moment without a secret. */
export async function updateSecret(trx: EngineTrx, { clientId, secretHash, overlapSeconds }: { clientId: string; secretHash: string; overlapSeconds: number }): Promise<Date | null> {
  const lives = sql<boolean>`${overlapSeconds}::int > 0`
  const row = await trx.query.updateTable('client')
    .set({
      former_secret_hash: sql`case when ${lives} then secret_hash end`,
      former_secret_until: sql`case when ${lives} then now() + make_interval(secs => ${overlapSeconds}::int) end`,
      secret_hash: secretHash, updated_at: sql`now()`,
    })
    .where('id', '=', clientId).where('secret_hash', 'is not', null)
    .returning('former_secret_until')
    .executeTakeFirstOrThrow()
  return row.former_secret_until
}

/** With its grants, consents and assignments (cascade); tokens without their app are dead to every read. */
export async function deleteClientRow(trx: EngineTrx, clientId: string): Promise<void> {
  await trx.query.deleteFrom('client').where('id', '=', clientId).execute()
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

export interface ClientRecord extends LockedClient {
  readonly id: string
  readonly subdomain: string | null
  /** When the secret before the last rotation stops working; null where there is none any more. */
  readonly former_secret_until: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

function records(db: Engine) {
  return db
    .selectFrom('client')
    .leftJoin('tenant', 'tenant.id', 'client.tenant_id')
    .select(['client.id', 'client.name', 'client.status', 'client.first_party', 'client.metadata', 'client.tenant_id', 'client.secret_hash', 'client.built_in', 'client.open_to'])
    .select(['client.claim_mapping', 'client.permissions', 'client.created_at', 'client.updated_at', 'tenant.subdomain'])
    .select(sql<Date | null>`case when client.former_secret_until > now() then client.former_secret_until end`.as('former_secret_until'))
}

export async function findClientRecord(db: Engine, clientId: string): Promise<ClientRecord | undefined> {
  return records(db).where('client.id', '=', clientId).executeTakeFirst()
}

export interface ClientWindow {
  /** Part of a name, or an id. */
  readonly search?: string | undefined
  readonly status?: string | undefined
  /** Machines of this tenant only. */
  readonly tenantId?: string | undefined
  /** The id that the page before ended with. */
  readonly after: string | null
  readonly limit: number
}

/** By name; without our own pages. */
export async function listClientPage(db: Engine, { search, status, tenantId, after, limit }: ClientWindow): Promise<readonly ClientRecord[]> {
  return records(db)
    .where('client.built_in', '=', false)
    .$if(search !== undefined, (query) => query.where(sql<boolean>`(client.id = ${search} or strpos(search_form(client.name), search_form(${search})) > 0)`))
    .$if(status !== undefined, (query) => query.where('client.status', '=', status ?? ''))
    .$if(tenantId !== undefined, (query) => query.where('client.tenant_id', '=', tenantId ?? ''))
    .$if(after !== null, (query) => query.where(sql<boolean>`(client.name, client.id) > (select a.name, a.id from client a where a.id = ${after})`))
    .orderBy('client.name')
    .orderBy('client.id')
    .limit(limit)
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

/** The api without its identifier, kept so until the transaction ends. */
export async function lockApi(trx: EngineTrx, identifier: string): Promise<{ name: string; scopes: string[]; access_token_ttl_seconds: number; access_token_format: string } | undefined> {
  return trx.query.selectFrom('api').select(['name', 'scopes', 'access_token_ttl_seconds', 'access_token_format']).where('identifier', '=', identifier).forNoKeyUpdate().executeTakeFirst()
}

export async function updateApiScopes(trx: EngineTrx, identifier: string, scopes: readonly string[]): Promise<void> {
  await trx.query.updateTable('api').set({ scopes: [...scopes] }).where('identifier', '=', identifier).execute()
}

export async function updateApiRow(trx: EngineTrx, { identifier, scopes, ...columns }: ApiColumns): Promise<void> {
  await trx.query.updateTable('api').set({ ...columns, scopes: [...scopes] }).where('identifier', '=', identifier).execute()
}

export interface ApiListRow {
  readonly identifier: string
  readonly name: string
  readonly scopes: string[]
  readonly access_token_format: string
  readonly access_token_ttl_seconds: number
}

const apiColumns = ['identifier', 'name', 'scopes', 'access_token_format', 'access_token_ttl_seconds'] as const

export async function listApis(db: Engine): Promise<readonly ApiListRow[]> {
  return db.selectFrom('api').select(apiColumns).orderBy('identifier').execute()
}

export async function findApi(db: Engine, identifier: string): Promise<ApiListRow | undefined> {
  return db.selectFrom('api').select(apiColumns).where('identifier', '=', identifier).executeTakeFirst()
}

/** Scopes by api, of those apis that exist. */
export async function findApiScopes(trx: EngineTrx, identifiers: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (identifiers.length === 0) return new Map()
  const rows = await trx.query.selectFrom('api').select(['identifier', 'scopes']).where('identifier', 'in', identifiers).execute()
  return new Map(rows.map((row) => [row.identifier, row.scopes]))
}
