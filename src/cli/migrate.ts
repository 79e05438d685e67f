/**
 * `tegata migrate`: brings the database up to date, once per deployment and before its servers start.
 * Needs a login that may create roles the first time; serving never does.
 */
import { migrateDatabase } from '../base/migrate.ts'
import { UsageError } from './fail.ts'
import { withAdministrator } from './platform.ts'

export async function run(args: string[]): Promise<number> {
  const json = args.length === 1 && args[0] === '--json'
  if (args.length > 0 && !json) throw new UsageError('`tegata migrate` takes no options but --json: it is set by the environment (docs/configuration.md).')
  const done = await withAdministrator(({ url, masterKey }) => migrateDatabase(url, masterKey))
  const lines = done.length === 0 ? ['The database is up to date.'] : done.map((name) => `applied ${name}`)
  process.stdout.write(json ? `${JSON.stringify({ ok: true, applied: done })}\n` : `${lines.join('\n')}\n`)
  return 0
}
