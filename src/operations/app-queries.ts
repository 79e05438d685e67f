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

const columns = sql`c.id, c.name, c.status, c.first_party, c.open_to, c.metadata, c.tenant_id, t.name as tenant_name, c.secret_hash is not null as has_secret,
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
