/**
 * `tegata serve`: the platform alone, as it runs in production. Needs DATABASE_URL; starts no database and no examples.
 */
import { startServer } from '../app.ts'
import { readConfig } from '../base/config.ts'
import { StartError } from '../base/embedded-errors.ts'
import { UsageError } from './fail.ts'
import { live } from './lifetime.ts'
import { requireFreePorts } from './ports.ts'

/** Runs until it is stopped; requests under way are finished first. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError('`tegata serve` takes no options: it is set by the environment (docs/configuration.md).')
  const config = readConfig()
  const { databaseUrl } = config
  if (databaseUrl === null) throw new StartError('`tegata serve` needs a database: set DATABASE_URL, or use `npm start` for a trial.')
  await requireFreePorts([{ port: config.port, neededBy: 'the platform' }])
  return live(async (lifetime) => {
    const server = await startServer(config, { databaseUrl, demo: false, onProgress: (line) => { process.stderr.write(`${line}\n`) } })
    lifetime.add(() => server.stop())
    process.stderr.write(`Tegata serves ${server.issuer} on port ${server.port}.\n`)
  })
}
