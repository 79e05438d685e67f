/**
 * Owns how the tests run: real parts, one PostgreSQL per run, two workers.
 * Old runtimes are refused here because the password library crashes on them instead of saying so.
 */
import { defineConfig } from 'vitest/config'

if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error('The tests need Node 24: run `npm test`, which brings its own.')
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/helpers/postgres.ts'],
    // A shell that exports NODE_ENV=production must not change what is tested.
    env: { NODE_ENV: 'test' },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
