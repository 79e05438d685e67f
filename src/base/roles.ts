/**
 * The three database roles (design §3) and how a process logs in as them.
 * Invariant: a serving process never runs as a role that owns the tables, is superuser or may bypass row-level security.
 * The passwords of the two serving roles are derived from the master key, so nobody has to invent, store or rotate them by hand.
 */
import pg from 'pg'
import type { MasterKey } from './crypto.ts'
import { StartError } from './embedded-errors.ts'
import type { DatabaseUrls } from './db.ts'

/** Thrown when the database login may not do what preparing the roles needs; one line that says what to do. */
export class DatabaseRoleError extends StartError {}

const servingRoles = { engine: 'tegata_engine', tenant: 'tegata_tenant' } as const
const roleNames = ['tegata_owner', ...Object.values(servingRoles)]
const notOurRoles = `the database login may not change the roles ${roleNames.join(', ')}: migrate with the login that made them, or as a superuser`

/** URLs for the serving roles at the same place as `databaseUrl`; an explicit password or `tenantUrl` wins. */
export function servingUrls(databaseUrl: string, masterKey: MasterKey, tenantUrl: string | null): DatabaseUrls {
  const given = new URL(databaseUrl)
  const engine =
    given.username === servingRoles.engine && given.password !== ''
      ? databaseUrl
      : as(given, servingRoles.engine, derivedPassword(masterKey, servingRoles.engine))
  return { engine, tenant: tenantUrl ?? as(given, servingRoles.tenant, derivedPassword(masterKey, servingRoles.tenant)) }
}

function as(url: URL, user: string, password: string): string {
  const copy = new URL(url)
  copy.username = user
  copy.password = password
  return copy.href
}

function derivedPassword(masterKey: MasterKey, role: string): string {
  return masterKey.derive(`database password of ${role}`).toString('base64url')
}

/**
 * Creates the roles where they are missing and sets the passwords of the serving roles.
 * `admin` is a connection that may create roles, or whose roles exist already; refuses with one clear line otherwise.
 */
export async function prepareRoles(admin: pg.Client, masterKey: MasterKey): Promise<void> {
  const [me] = (await admin.query<{ super: boolean; creates: boolean }>(
    'select rolsuper as super, rolsuper or rolcreaterole as creates from pg_roles where rolname = current_user',
  )).rows
  if (me?.creates !== true) {
    refuseMissingRoles(await existingRoles(admin))
    await refuseStranger(admin)
    return
  }
  for (let attempt = 1; ; attempt++) {
    try {
      await writeRoles(admin, masterKey, me.super)
      return
    } catch (error) {
      if (attempt >= 5 || !isRace(error)) throw explainRoleError(error, notOurRoles)
    }
  }
}

async function existingRoles(admin: pg.Client): Promise<ReadonlySet<string>> {
  const found = await admin.query<{ name: string }>('select rolname as name from pg_roles where rolname = any($1)', [roleNames])
  return new Set(found.rows.map(({ name }) => name))
}

function refuseMissingRoles(existing: ReadonlySet<string>): void {
  const missing = roleNames.filter((name) => !existing.has(name))
  if (missing.length === 0) return
  throw new DatabaseRoleError(
    `the database login may not create roles and ${missing.join(', ')} do not exist: let an administrator run \`tegata migrate\` once`,
  )
}

async function refuseStranger(admin: pg.Client): Promise<void> {
  const [me] = (await admin.query<{ name: string; owner: boolean }>(
    `select current_user as name, pg_has_role(current_user, 'tegata_owner', 'MEMBER') as owner`,
  )).rows
  if (me?.owner === true) return
  throw new DatabaseRoleError(`the database login ${me?.name ?? ''} is no member of tegata_owner: migrate with one that is, or as a superuser`)
}

async function writeRoles(admin: pg.Client, masterKey: MasterKey, isSuper: boolean): Promise<void> {
  const existing = await existingRoles(admin)
  if (!existing.has('tegata_owner')) await admin.query('create role tegata_owner nologin')
  for (const role of Object.values(servingRoles)) {
    const verb = existing.has(role) ? 'alter' : 'create'
    // Only who has these powers may as much as mention them; a new role has none anyway, and `bypassReason` asks at each start.
    const plain = isSuper ? 'nosuperuser nobypassrls nocreaterole nocreatedb' : ''
    const password = admin.escapeLiteral(derivedPassword(masterKey, role))
    await admin.query(`${verb} role ${role} login ${plain} password ${password}`)
  }
  // The engine's statements all go by key; a plan made while a table was small must not read it whole once it has grown.
  await admin.query('alter role tegata_engine set enable_seqscan = off')
  if (!isSuper) await admin.query('grant tegata_owner to current_user')
}

/** Roles belong to the whole server, the migration lock to one database: preparing two databases at once may collide here. */
function isRace(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false
  return error.code === '42710' || error.code === '23505' || error.message.includes('tuple concurrently')
}

function explainRoleError(error: unknown, sentence: string): unknown {
  const isForbidden = error instanceof pg.DatabaseError && error.code === '42501'
  return isForbidden ? new DatabaseRoleError(sentence, { cause: error }) : error
}

/** Lets `tegata_owner` own the schema of this database and the serving roles use it; changes only what is missing. */
export async function prepareSchema(admin: pg.Client): Promise<void> {
  const [database] = (await admin.query<{ name: string; ready: boolean }>(
    `select quote_ident(current_database()) as name,
            has_database_privilege('tegata_owner', current_database(), 'CREATE')
            and has_schema_privilege('tegata_owner', 'public', 'CREATE')
            and bool_and(has_database_privilege(role, current_database(), 'CONNECT')
              and not has_database_privilege(role, current_database(), 'TEMPORARY')
              and has_schema_privilege(role, 'public', 'USAGE')) as ready
       from unnest(array['tegata_engine', 'tegata_tenant']) as role`,
  )).rows
  if (database === undefined || database.ready) return
  try {
    await admin.query(`grant connect, create on database ${database.name} to tegata_owner`)
    await admin.query(`grant connect on database ${database.name} to tegata_engine, tegata_tenant`)
    // A role that can make functions and operators of its own, even temporary ones, can look at rows that a policy hides.
    await admin.query(`revoke temporary on database ${database.name} from public`)
    await admin.query('grant usage, create on schema public to tegata_owner')
    await admin.query('grant usage on schema public to tegata_engine, tegata_tenant')
  } catch (error) {
    throw explainRoleError(error, 'the database login may not prepare this database: migrate with the login that owns it, or as a superuser')
  }
}

/** Who this URL logs in as could read past row-level security: the reason in plain words, or null when it cannot. */
export async function bypassReason(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const result = await client.query<{ name: string; super: boolean; bypass: boolean; creates: boolean; owner: boolean }>(
      `select current_user as name, rolsuper as super, rolbypassrls as bypass, rolcreaterole as creates,
              pg_has_role(current_user, 'tegata_owner', 'MEMBER') as owner
         from pg_roles where rolname = current_user and exists (select 1 from pg_roles where rolname = 'tegata_owner')`,
    )
    const row = result.rows[0]
    if (row === undefined) throw new DatabaseRoleError('the database has not been prepared: run `tegata migrate` with a login that may create roles')
    if (row.super) return `${row.name} is a superuser`
    if (row.bypass) return `${row.name} has BYPASSRLS`
    // Up to PostgreSQL 15 such a login may make itself a member of any role but a superuser.
    if (row.creates) return `${row.name} may create roles`
    if (row.owner) return `${row.name} owns the tables`
    return null
  } finally {
    await client.end()
  }
}
