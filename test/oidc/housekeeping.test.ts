/** Expired rows go in small batches; what lives stays; two cleaners at once do not stand in each other's way. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/base/log.ts'
import { startHousekeeping } from '../../src/oidc/housekeeping.ts'
import { deleteExpired } from '../../src/oidc/ending-queries.ts'
import { createDatabase } from '../helpers/database.ts'

test('removes what has expired and nothing else', async () => {
  await using database = await createDatabase()
  const { engine, enginePool } = database.databases
  await sql`insert into oidc_artifact (id, model, payload, expires_at)
    select 'old ' || n, 'AccessToken', '{}', now() - interval '1 hour' from generate_series(1, 25) n`.execute(engine)
  await sql`insert into oidc_artifact (id, model, payload, expires_at) values ('new', 'AccessToken', '{}', now() + interval '1 hour')`.execute(engine)
  await sql`insert into session (uid, id_hash, payload, expires_at) values ('old', 'a', '{}', now() - interval '1 second'), ('new', 'b', '{}', now() + interval '1 hour')`.execute(engine)
  expect(await deleteExpired(enginePool, 10)).toBe(11)
  const rest = await Promise.all([deleteExpired(enginePool, 10), deleteExpired(enginePool, 10)])
  expect(rest.reduce((sum, n) => sum + n, 0)).toBe(15)
  const housekeeping = startHousekeeping({ databases: database.databases, log: createLogger({ level: 'silent', debug: false }), more: [] })
  expect(await housekeeping.runOnce()).toBe(0)
  await housekeeping.stop()
  expect((await engine.selectFrom('oidc_artifact').select('id').execute()).map(({ id }) => id)).toEqual(['new'])
  expect((await engine.selectFrom('session').select('uid').execute()).map(({ uid }) => uid)).toEqual(['new'])
})
