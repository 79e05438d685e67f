/**
 * A child process: the real server, as production starts it, on a database that was migrated and seeded before.
 */
import { z } from 'zod'
import { startServer } from '../../src/app.ts'
import { readConfig } from '../../src/base/config.ts'
import { serveUntilParentGoes } from './child.ts'

const inputShape = z.object({ port: z.number(), databaseUrl: z.string(), masterKey: z.string(), dataDir: z.string(), settings: z.record(z.string(), z.string()).default({}) })

const input = inputShape.parse(JSON.parse(process.argv[2] ?? ''))
const config = readConfig({
  NODE_ENV: 'production',
  ISSUER: `http://127.0.0.1:${input.port}`,
  PORT: String(input.port),
  DATABASE_URL: input.databaseUrl,
  MASTER_KEY: input.masterKey,
  TEGATA_DATA_DIR: input.dataDir,
  TEGATA_LOG_LEVEL: 'warn',
  ...input.settings,
})
const server = await startServer(config, { databaseUrl: input.databaseUrl, demo: false, onProgress: () => {} })
serveUntilParentGoes(() => server.stop())
