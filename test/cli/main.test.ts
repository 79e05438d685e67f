/** The entry as a process: help, wrong calls, wrong settings. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/base/root.ts'

function tegata(args: string[], env: Record<string, string> = {}): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', join(projectRoot, 'src/main.ts'), ...args], {
    cwd: projectRoot, encoding: 'utf8', env: { PATH: '/usr/bin:/bin', ...env },
  })
}

it('lists its commands', () => {
  const { status, stdout } = tegata(['--help'])
  expect(status).toBe(0)
  for (const name of ['start', 'serve', 'migrate']) expect(stdout).toContain(`  ${name} `)
})

it.each(['nonsense', 'constructor', '__proto__'])('answers the unknown command %s in one line with code 2', (name) => {
  expect(tegata([name])).toMatchObject({ status: 2, stdout: '', stderr: `There is no command ${name}: \`tegata --help\` lists them.\n` })
})

it('refuses to serve without a database, in one line', () => {
  expect(tegata(['serve'])).toMatchObject({ status: 1, stderr: expect.stringMatching(/^[^\n]*set DATABASE_URL[^\n]*\n$/) })
})

it('shows a wrong setting without a stack trace', () => {
  const { status, stderr } = tegata(['start'], { PORT: 'abc', TEGATA_NONSENSE: '1' })
  expect(status).toBe(2)
  expect(stderr.trim().split('\n')).toHaveLength(2)
  expect(stderr).not.toMatch(/ at /)
})
