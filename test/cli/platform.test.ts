/** How a command finds its database: the one of DATABASE_URL, a running embedded one, or one started for it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/base/config.ts'
import { startEmbeddedPostgres } from '../../src/base/embedded-postgres.ts'
import { livingOwner } from '../../src/base/embedded-owner.ts'
import { generateMasterKey } from '../../src/base/crypto.ts'
import { withAdministrator, withPlatform, type Platform } from '../../src/cli/platform.ts'
import { migrateDatabase } from '../../src/base/migrate.ts'
import { createDatabase } from '../helpers/database.ts'

let dataDir: string
beforeEach(() => { dataDir = mkdtempSync(join(tmpdir(), 'tegata-test-platform-')) })
afterEach(() => { rmSync(dataDir, { recursive: true }) })

const embedded = () => readConfig({ TEGATA_DATA_DIR: dataDir })
const whoAmI = async ({ databases }: Platform) => (await databases.enginePool.query<{ name: string; pid: number }>('select current_user as name, inet_server_port() as port')).rows[0]

describe('a command', () => {
  it('starts the embedded database for itself, prepared, and leaves nothing running', async () => {
    expect(await withPlatform(whoAmI, embedded())).toMatchObject({ name: 'tegata_engine' })
    expect(livingOwner(dataDir)).toBeNull()
  })

  it('borrows the database of a running server and leaves it running', async () => {
    const server = await startEmbeddedPostgres({ dataDir, durable: false })
    try {
      await expect(withPlatform(whoAmI, embedded())).rejects.toThrow(/not prepared.*run `tegata migrate` first/)
      await withAdministrator(({ url, masterKey }) => migrateDatabase(url, masterKey), embedded())
      expect(await withPlatform(whoAmI, embedded())).toEqual({ name: 'tegata_engine', port: Number(new URL(server.url).port) })
      expect(await withPlatform(whoAmI, embedded())).toMatchObject({ name: 'tegata_engine' })
    } finally {
      await server.stop()
    }
  })

  it('enters the database of DATABASE_URL as the engine and never as who migrates', async () => {
    await using test = await createDatabase()
    const url = new URL(test.urls.engine)
    expect(await withPlatform(whoAmI, readConfig({ DATABASE_URL: url.href, TENANT_DATABASE_URL: test.urls.tenant, MASTER_KEY: generateMasterKey('development'), TEGATA_DATA_DIR: dataDir }))).toMatchObject({ name: 'tegata_engine' })
  })

  it('says what to do when the database knows another master key', async () => {
    await using test = await createDatabase()
    const config = readConfig({ DATABASE_URL: test.adminUrl, MASTER_KEY: generateMasterKey('development'), TEGATA_DATA_DIR: dataDir })
    await expect(withPlatform(whoAmI, config)).rejects.toThrow(/not prepared for this MASTER_KEY/)
  })
})
