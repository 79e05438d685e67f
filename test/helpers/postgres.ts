/**
 * Owns the one PostgreSQL server of a test run: the embedded one in a temp folder, or TEST_DATABASE_URL where it is set.
 * It lives in vitest's main process, so a crashed test worker cannot leave it behind; what a killed run left is swept at the next.
 * Databases on it are each test file's own business.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { livingOwner, sweepServer } from '../../src/base/embedded-owner.ts'
import { startEmbeddedPostgres } from '../../src/base/embedded-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's connection string; read it with `inject('postgresUrl')`. */
    postgresUrl: string
  }
}

const prefix = 'tegata-test-postgres-'

/** Starts the server and hands its address to every test file; vitest calls what it returns at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  if (given !== undefined && given !== '') {
    project.provide('postgresUrl', given)
    return () => Promise.resolve()
  }
  await sweepLeftovers()
  const dataDir = mkdtempSync(join(tmpdir(), prefix))
  const server = await startEmbeddedPostgres({ dataDir, durable: false })
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function sweepLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((found) => found.startsWith(prefix))) {
    const dataDir = join(tmpdir(), name)
    if (!isOurs(dataDir) || livingOwner(dataDir) !== null || isJustBeingMade(dataDir)) continue
    await sweepServer(join(dataDir, 'postgres'))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function isOurs(dataDir: string): boolean {
  return statSync(dataDir, { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0)
}

/** Another run may stand between making its folder and claiming it. */
function isJustBeingMade(dataDir: string): boolean {
  if (existsSync(join(dataDir, 'owner.pid'))) return false
  return Date.now() - (statSync(dataDir, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 60_000
}
