/** Example products as real child processes: waited for, begun once more, never left behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startExample, type ExampleApp } from '../../src/cli/examples.ts'
import { projectRoot } from '../../src/base/root.ts'

/** Answers with its pid; dies when it is asked for /die. */
const source = `require('node:http').createServer((request, response) => {
  if (request.url === '/die') process.exit(7)
  response.end(String(process.pid))
}).listen(Number(process.env.PORT)); console.log('listening')`

async function exampleApp(code = source): Promise<ExampleApp> {
  const folder = mkdtempSync(join(tmpdir(), 'tegata-example-'))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  const entry = join(folder, 'server.cjs')
  writeFileSync(entry, code)
  const port = await freePort()
  return { name: 'Karte', entry, port, env: { PORT: String(port) } }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('not a TCP port')
  return address.port
}

async function pidOf(app: ExampleApp): Promise<number> {
  return Number(await (await fetch(`http://localhost:${app.port}/`)).text())
}

function isFree(app: ExampleApp): Promise<boolean> {
  return fetch(`http://localhost:${app.port}/`).then(() => false, () => true)
}

it('is ready when it answers, gives its output under its name, and is gone after stop', async () => {
  const app = await exampleApp()
  const lines: string[] = []
  const example = startExample(app, (line) => lines.push(line))
  expect(await example.ready).toBe(true)
  expect(lines).toEqual(['Karte: listening'])
  await example.stop()
  expect(await isFree(app)).toBe(true)
})

it('is begun once more when it dies, and not a second time', async () => {
  const app = await exampleApp()
  const lines: string[] = []
  const example = startExample(app, (line) => lines.push(line))
  onTestFinished(() => example.stop())
  await example.ready
  const first = await pidOf(app)
  await fetch(`http://localhost:${app.port}/die`).catch(() => undefined)
  await vi.waitFor(async () => { expect(await pidOf(app)).not.toBe(first) }, { timeout: 10_000 })
  await fetch(`http://localhost:${app.port}/die`).catch(() => undefined)
  await vi.waitFor(() => { expect(lines.at(-1)).toMatch(/it stays off until you start again/) }, { timeout: 10_000 })
  expect(lines.filter((line) => line.includes('starting it once more'))).toHaveLength(1)
})

it('says so at once when it cannot run at all', async () => {
  const lines: string[] = []
  const example = startExample(await exampleApp('process.exit(1)'), (line) => lines.push(line))
  expect(await example.ready).toBe(false)
  expect(lines.at(-1)).toMatch(/Karte ended by itself \(code 1\)/)
})

it('ends by itself when the process that started it is killed by -9', async () => {
  const app = await exampleApp()
  const module = join(projectRoot, 'src/cli/examples.ts')
  const parent = spawn(process.execPath, ['--input-type=module', '-e', `
    const { startExample } = await import(${JSON.stringify(module)})
    startExample(${JSON.stringify(app)}, () => {})`], { stdio: 'inherit' })
  await vi.waitFor(() => pidOf(app), { timeout: 10_000 })
  parent.kill('SIGKILL')
  await vi.waitFor(async () => { expect(await isFree(app)).toBe(true) }, { timeout: 10_000 })
})
