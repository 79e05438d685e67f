/** SQL by which operators look through apps and apis. Reads only; apps of the platform itself are not among them. */
import { sql, type Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface AppRow {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly first_party: boolean
  readonly open_to: string
  readonly metadata: unknown
  readonly claim_mapping: unknown
  readonly tenant_id: string | null
  readonly tenant_name: string | null
  readonly has_secret: boolean
  /** When the secret before the last rotation stops working. */
  readonly former_secret_until: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface AppCursor {
  readonly name: string
  readonly id: string
}

export interface AppWindow {
  /** Part of a name, or an id. */
  readonly search: string | null
  readonly after: AppCursor | null
  readonly limit: number
}

const columns = sql`c.id, c.name, c.status, c.first_party, c.open_to, c.metadata, c.claim_mapping, c.tenant_id, t.name as tenant_name, c.secret_hash is not null as has_secret,
  case when c.former_secret_until > now() then c.former_secret_until end as former_secret_until, c.created_at, c.updated_at`

/** By name. */
export async function listApps(db: Engine, { search, after, limit }: AppWindow): Promise<readonly AppRow[]> {
  const found = await sql<AppRow>`select ${columns} from client c left join tenant t on t.id = c.tenant_id
    where not c.built_in ${after === null ? sql`` : sql`and (c.name, c.id) > (${after.name}, ${after.id})`}
      ${search === null ? sql`` : sql`and (c.id = ${search} or strpos(search_form(c.name), search_form(${search})) > 0)`}
    order by c.name, c.id limit ${limit}::int`.execute(db)
  return found.rows
}

export async function findApp(db: Engine, clientId: string): Promise<AppRow | undefined> {
  const found = await sql<AppRow>`select ${columns} from client c left join tenant t on t.id = c.tenant_id where c.id = ${clientId} and not c.built_in`.execute(db)
  return found.rows[0]
}

/** The membership of this id, or the first one in force of this account. */
export async function findMemberOf(db: Engine, { membershipId, accountId }: { readonly membershipId: string; readonly accountId: string | null }): Promise<{ readonly id: string; readonly tenant_id: string } | undefined> {
  const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(membershipId)
  const found = await sql<{ id: string; tenant_id: string }>`
    (select id, tenant_id from membership where id = ${isId ? membershipId : null}::uuid)
    union all (select id, tenant_id from membership where account_id = ${accountId}::text and status = 'active' order by joined_at nulls last, id limit 1)
    limit 1`.execute(db)
  return found.rows[0]
}

export interface OfferedTenant {
  readonly id: string
  readonly name: string
  readonly subdomain: string
  readonly access: string
}

/** Tenants that have a say of their own about the app, by name. */
export async function listOfferedTenants(db: Engine, clientId: string): Promise<readonly OfferedTenant[]> {
  return db
    .selectFrom('tenant_client')
    .innerJoin('tenant', 'tenant.id', 'tenant_client.tenant_id')
    .select(['tenant.id', 'tenant.name', 'tenant.subdomain', 'tenant_client.access'])
    .where('tenant_client.client_id', '=', clientId)
    .orderBy('tenant.name')
    .orderBy('tenant.id')
    .execute()
}
