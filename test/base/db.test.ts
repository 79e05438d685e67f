/** What the database itself refuses: read from its catalogue, and tried out as each of the serving roles. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, parseTenantId } from '../../src/base/ids.ts'
import { migrateDatabase, pendingMigrations } from '../../src/base/migrate.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { bypassReason, servingUrls } from '../../src/base/roles.ts'
import { projectRoot } from '../../src/base/root.ts'
import type { DB } from '../../src/base/schema.ts'
import { tableTypes } from '../../src/cli/schema.ts'
import { record } from '../../src/events/record.ts'
import { asSuperuser, createDatabase, testMasterKey, type TestDatabase } from '../helpers/database.ts'

const sakura = parseTenantId(newId())
const charlies = parseTenantId(newId())

let db: TestDatabase
beforeAll(async () => {
  db = await createDatabase()
  await db.databases.inEngine(async ({ query }) => {
    await query.insertInto('tenant').values([
      { id: sakura, name: 'Sakura', subdomain: 'sakura' },
      { id: charlies, name: 'Charlie & Co', subdomain: 'charlie' },
    ]).execute()
    await query.insertInto('account').values([
      { id: 'alice', display_name: 'Alice', email: 'alice@example.com' },
      { id: 'charlie', display_name: 'Charlie', email: 'charlie@example.com' },
    ]).execute()
    for (const [tenant_id, account_id] of [[sakura, 'alice'], [charlies, 'charlie']] as const) {
      const role_id = newId()
      await query.insertInto('role').values({ tenant_id, id: role_id, name: 'STAFF' }).execute()
      await query.insertInto('membership').values({ tenant_id, id: newId(), account_id, role_id, status: 'active' }).execute()
    }
  })
})
afterAll(() => db.close())

const rows = async <Row extends object>(statement: string): Promise<Row[]> =>
  asSuperuser(db.adminUrl, async (admin) => (await admin.query<Row>(statement)).rows)
const names = async (statement: string): Promise<string[]> => (await rows<{ name: string }>(statement)).map(({ name }) => name)

describe('inside a tenant', () => {
  it('sees its own rows and none of another tenant', async () => {
    const seen = await db.databases.inTenant(sakura, async ({ query }) => ({
      tenants: (await query.selectFrom('tenant').select('name').execute()).map(({ name }) => name),
      people: (await query.selectFrom('account').select('display_name').execute()).map((row) => row.display_name),
      members: (await query.selectFrom('membership').select('account_id').execute()).map((row) => row.account_id),
    }))
    expect(seen).toEqual({ tenants: ['Sakura'], people: ['Alice'], members: ['alice'] })
  })

  it('lets Charlie read only the events of his own tenant', async () => {
    const happened = { type: 'membership.suspended', outcome: 'success', origin: noOrigin } as const
    await db.databases.inTenant(sakura, (trx) => record(trx, { ...happened, subject: 'of Sakura' }))
    await db.databases.inTenant(charlies, (trx) => record(trx, { ...happened, subject: 'of Charlie' }))
    await db.databases.inEngine((trx) => record(trx, { ...happened, subject: 'of nobody' }))
    const read = await db.databases.inTenant(charlies, ({ query }) => query.selectFrom('event').select('subject').execute())
    expect(read).toEqual([{ subject: 'of Charlie' }])
  })

  it('cannot write an event in the name of another tenant', async () => {
    const forged = db.databases.inTenant(charlies, ({ query }) =>
      query.insertInto('event').values({ id: newId(), type: 'membership.ended', outcome: 'success', tenant_id: sakura }).execute())
    await expect(forged).rejects.toThrow('row-level security')
  })

  it('cannot reach the months of the log past the policy', async () => {
    const months = await names(`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event'::regclass`)
    expect(months.length).toBeGreaterThan(2)
    for (const month of months) {
      const past = db.databases.inTenant(charlies, ({ query }) => sql`select 1 from ${sql.table(month)}`.execute(query))
      await expect(past).rejects.toThrow('permission denied')
    }
  })

  it('leaves its setting behind with the transaction, so the connection carries nothing to the next request', async () => {
    await db.databases.inTenant(sakura, async ({ query }) => {
      const before = await look(query)
      await sql`commit`.execute(query)
      const after = await look(query)
      expect(before).toEqual({ pid: after?.pid, tenant: sakura, members: 1 })
      expect(after).toEqual({ pid: before?.pid, tenant: '', members: 0 })
    })
  })

  interface Look { pid: number; tenant: string; members: number }
  const look = async (query: Transaction<DB>): Promise<Look | undefined> => {
    const found = await sql<Look>`
      select pg_backend_pid() as pid, current_setting('tegata.tenant_id', true) as tenant, (select count(*) from membership) as members`.execute(query)
    return found.rows[0]
  }
})

describe('the log', () => {
  it('cannot be changed, emptied or shortened by either serving role', async () => {
    await db.databases.inEngine((trx) => record(trx, { type: 'account.created', outcome: 'success', tenantId: sakura, origin: noOrigin }))
    for (const statement of [`update event set type = 'x'`, 'delete from event', 'truncate event', 'delete from event_default', 'drop table event']) {
      const words = sql.raw(statement)
      await expect(db.databases.inEngine(({ query }) => words.execute(query))).rejects.toThrow(/permission denied|must be owner/)
      await expect(db.databases.inTenant(sakura, ({ query }) => words.execute(query))).rejects.toThrow(/permission denied|must be owner/)
    }
  })

  it('keeps an event of a month that nobody made, and gives it its month at the next migration', async () => {
    await using other = await createDatabase()
    await asSuperuser(other.adminUrl, async (admin) => {
      const [last] = (await admin.query<{ name: string; starts: string }>(
        `select relname as name, to_char(to_date(relname, '"event_"YYYY_MM'), 'YYYY-MM-DD') as starts from pg_class
          where relispartition and relkind = 'r' and relname ~ '^event_[0-9]' order by relname desc limit 1`)).rows
      await admin.query(`drop table ${last?.name ?? ''}`)
      await admin.query(`insert into event (id, type, outcome, occurred_at) values ($1, 'account.created', 'success', $2)`, [newId(), last?.starts])
      await migrateDatabase(other.adminUrl, testMasterKey)
      const found = await admin.query<{ month: string }>('select tableoid::regclass::text as month from event where occurred_at = $1', [last?.starts])
      expect(found.rows).toEqual([{ month: last?.name }])
    })
  })
})

describe('the catalogue', () => {
  it('guards every table that carries a tenant with row-level security, enabled and forced', async () => {
    expect(await names(`
      select c.relname as name from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and (c.relname in ('tenant', 'account') or exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'))
         and not (c.relrowsecurity and c.relforcerowsecurity)`)).toEqual([])
  })

  it('binds every policy of the tenant role to the setting', async () => {
    expect(await names(`
      select tablename || '.' || policyname as name from pg_policies
       where schemaname = 'public' and roles && array['tegata_tenant', 'public']::name[]
         and coalesce(qual, with_check) not like '%current_setting(''tegata.tenant_id''%'`)).toEqual([])
  })

  it('has no views and no SECURITY DEFINER functions that could read past the policies', async () => {
    expect(await names(`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')`)).toEqual([])
    expect(await names(`select proname as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`)).toEqual([])
  })

  it('grants nothing on the partitions', async () => {
    expect(await names(`
      select c.relname || ' to ' || a.grantee::regrole as name from pg_class c, aclexplode(c.relacl) a
       where c.relispartition and a.grantee <> c.relowner`)).toEqual([])
  })

  it('grants nobody TRUNCATE, REFERENCES or TRIGGER, and nothing at all to everybody', async () => {
    expect(await names(`
      select c.relname || ': ' || a.privilege_type as name from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
         and (a.grantee = 0 or a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))`)).toEqual([])
  })

  it('serves as roles that are no superuser, bypass nothing, own nothing, make nothing and may become nobody else', async () => {
    const serving = `('tegata_engine', 'tegata_tenant')`
    expect(await names(`
      select rolname as name from pg_roles where rolname in ${serving}
         and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
           or has_database_privilege(rolname, current_database(), 'CREATE') or has_schema_privilege(rolname, 'public', 'CREATE'))`)).toEqual([])
    expect(await names(`select relname as name from pg_class where relowner::regrole::text in ${serving}`)).toEqual([])
    expect(await names(`select proname as name from pg_proc where proowner::regrole::text in ${serving}`)).toEqual([])
    expect(await names(`select roleid::regrole::text as name from pg_auth_members where member::regrole::text in ${serving}`)).toEqual([])
    expect(await names(`select nspname as name from pg_namespace where nspname = 'job' and has_schema_privilege('tegata_tenant', oid, 'USAGE')`)).toEqual([])
  })

  it('starts every unique key of a tenant table with the tenant, so that none tells what another tenant holds', async () => {
    // A label in an address is the whole platform's, like `tenant.subdomain` itself; only the engine writes there.
    expect(await names(`
      select i.indexrelid::regclass::text as name from pg_index i join pg_attribute t on t.attrelid = i.indrelid and t.attname = 'tenant_id'
       where i.indisunique and t.attnotnull and i.indrelid <> 'former_subdomain'::regclass and i.indrelid::regclass::text not like 'job.%' and i.indkey[0] <> t.attnum`)).toEqual([])
  })

  it('lets the tenant role write no table whose rows may belong to no tenant, but the log', async () => {
    expect(await names(`
      select c.relname as name from pg_class c join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attnotnull
       where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'event'
         and (has_any_column_privilege('tegata_tenant', c.oid, 'INSERT') or has_any_column_privilege('tegata_tenant', c.oid, 'UPDATE'))`)).toEqual([])
  })

  it('carries the tenant in every foreign key between tenant tables', async () => {
    expect(await names(`
      select k.conname as name from pg_constraint k
        join pg_attribute mine on mine.attrelid = k.conrelid and mine.attname = 'tenant_id'
        join pg_attribute theirs on theirs.attrelid = k.confrelid and theirs.attname = 'tenant_id' and theirs.attnotnull
       where k.contype = 'f' and (k.conkey[1] <> mine.attnum or k.confkey[1] <> theirs.attnum)`)).toEqual([])
  })
})

describe('preparing a database', () => {
  it('does nothing the second time, also when two processes try at once', async () => {
    await using other = await createDatabase()
    expect(await Promise.all([migrateDatabase(other.adminUrl, testMasterKey), migrateDatabase(other.adminUrl, testMasterKey)])).toEqual([[], []])
    expect(await pendingMigrations(other.databases.engine)).toEqual([])
  })

  it('names a login that could read past row-level security', async () => {
    expect(await bypassReason(db.adminUrl)).toMatch(/ is a superuser$/)
    expect(await bypassReason(db.urls.engine)).toBeNull()
    expect(await bypassReason(db.urls.tenant)).toBeNull()
  })

  it('works with a login that may make roles and is no superuser, as managed databases give', async () => {
    const login = `managed_${newId().slice(-12)}`
    const url = new URL(db.adminUrl)
    Object.assign(url, { username: login, password: 'managed', pathname: `/${login}` })
    await asSuperuser(db.adminUrl, async (admin) => {
      await admin.query(`create role ${login} login createrole password 'managed'`)
      await admin.query(`grant tegata_owner, tegata_engine, tegata_tenant to ${login} with admin option`)
      await admin.query(`create database ${login} owner ${login}`)
    })
    try {
      expect((await migrateDatabase(url.href, testMasterKey)).length).toBeGreaterThan(0)
      expect(await migrateDatabase(url.href, testMasterKey)).toEqual([])
      expect(await bypassReason(servingUrls(url.href, testMasterKey, null).tenant)).toBeNull()
    } finally {
      await asSuperuser(db.adminUrl, async (admin) => {
        await admin.query(`drop database ${login} with (force)`)
        await admin.query(`drop role ${login}`)
      })
    }
  })

  it('refuses in one line a login that may prepare nothing', async () => {
    const refused = migrateDatabase(db.urls.engine, testMasterKey)
    await expect(refused).rejects.toThrow(/^the database login tegata_engine is no member of tegata_owner: migrate with one that is, or as a superuser$/)
  })

  it('gives the types that src/base/schema.ts has', async () => {
    expect(await tableTypes(db.adminUrl)).toBe(await readFile(join(projectRoot, 'src/base/schema.ts'), 'utf8'))
  })
})
