/**
 * The embedded PostgreSQL on real folders: kept data, leftovers of killed processes, damage that people meet.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { explainFileError, explainOutput, explainQueryError, StartError } from '../../src/base/embedded-errors.ts'
import { livingOwner, processStart } from '../../src/base/embedded-owner.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/base/embedded-postgres.ts'
import { projectRoot } from '../../src/base/root.ts'

let root: string
let pristine: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tegata-embedded-'))
  pristine = join(root, 'pristine')
  const server = await startEmbeddedPostgres({ dataDir: pristine, durable: false })
  await query(server, 'create table kept as select 42 as answer')
  await server.stop()
})
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    const result: { rows: unknown[] } = await client.query(text)
    return result.rows
  } finally {
    await client.end()
  }
}

/** A data folder of its own with a cluster that was stopped in good order. */
function copyOfPristine(): string {
  const dataDir = mkdtempSync(join(root, 'copy-'))
  cpSync(pristine, dataDir, { recursive: true, preserveTimestamps: true })
  return dataDir
}

async function started(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false })
  onTestFinished(() => server.stop())
  return server
}

/** The line that a person gets to read; fails when the start succeeds or ends in anything but a StartError. */
async function refusal(dataDir: string): Promise<string> {
  const outcome: unknown = await startEmbeddedPostgres({ dataDir, durable: false }).catch((error: unknown) => error)
  if (!(outcome instanceof StartError)) throw new Error('expected a StartError', { cause: outcome })
  return outcome.message
}

/** Another process of ours that starts the server, prints each progress line and "ready", and waits to be killed. */
function otherProcess(dataDir: string): ChildProcess {
  const module = join(projectRoot, 'src/base/embedded-postgres.ts')
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)})
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false, onProgress: console.log })
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function killWhenItSays(child: ChildProcess, word: string): Promise<void> {
  if (child.stdout === null) throw new Error('no output to read')
  for await (const line of createInterface({ input: child.stdout })) if (line.includes(word)) break
  child.kill('SIGKILL')
  await once(child, 'close')
}

describe('a good folder', () => {
  it('serves a superuser on 127.0.0.1 only, with no socket file and in UTC', async () => {
    const server = await started(copyOfPristine())
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    const settings = `select current_setting('listen_addresses') listen, current_setting('unix_socket_directories') sockets,
      current_setting('timezone') zone, current_setting('fsync') fsync, current_database() db,
      (select rolsuper from pg_roles where rolname = current_user) super`
    expect(await query(server, settings)).toEqual([
      { listen: '127.0.0.1', sockets: '', zone: 'UTC', fsync: 'off', db: 'tegata', super: true },
    ])
  })

  it('keeps what was written over a stop and a start, and is crash safe where it is asked to be', async () => {
    const server = await startEmbeddedPostgres({ dataDir: copyOfPristine(), durable: true })
    onTestFinished(() => server.stop())
    expect(await query(server, `select answer, current_setting('fsync') fsync from kept`)).toEqual([{ answer: 42, fsync: 'on' }])
  })

  it('keeps the password readable by its owner only and asks for it', async () => {
    const dataDir = copyOfPristine()
    const server = await started(dataDir)
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600)
    const stranger = new pg.Client({ connectionString: server.url.replace(/:[^:@]*@/, ':wrong@') })
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' })
  })

  it('makes a new password when the file is lost', async () => {
    const dataDir = copyOfPristine()
    rmSync(join(dataDir, 'postgres.password'))
    expect(await query(await started(dataDir), 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  it('lets go of the folder when it is stopped', async () => {
    const dataDir = copyOfPristine()
    const server = await startEmbeddedPostgres({ dataDir, durable: false })
    expect(livingOwner(dataDir)).toBe(process.pid)
    await server.stop()
    expect([livingOwner(dataDir), existsSync(join(dataDir, 'postgres/postmaster.pid'))]).toEqual([null, false])
  })
})

describe('two at once', () => {
  it('refuses a second start on the same folder and names the first', async () => {
    const dataDir = copyOfPristine()
    await started(dataDir)
    expect(await refusal(dataDir)).toMatch(`(pid ${process.pid}) is already using`)
  })

  it('lets exactly one of two starts win on a folder whose owner died', async () => {
    const dataDir = copyOfPristine()
    writeFileSync(join(dataDir, 'owner.pid'), `${process.pid} long-gone\n`)
    const outcomes = await Promise.allSettled([started(dataDir), started(dataDir)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('after kill -9', () => {
  it('stops the server that the killed process left, and goes on with its data', async () => {
    const dataDir = copyOfPristine()
    await killWhenItSays(otherProcess(dataDir), 'ready')
    const orphan = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
    expect(processStart(orphan)).not.toBeNull()
    expect(await query(await started(dataDir), 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(processStart(orphan)).toBeNull()
  })

  it('begins anew after a kill in the middle of making the cluster', async () => {
    const dataDir = join(root, 'killed-early')
    await killWhenItSays(otherProcess(dataDir), 'preparing')
    await started(dataDir)
    expect(readdirSync(dataDir).sort()).toEqual(['owner.pid', 'postgres', 'postgres.password'])
  })

  it.each(['', 'half a pi', `${process.pid}\n`])('is not held up by a leftover postmaster.pid saying %j', async (text) => {
    const dataDir = copyOfPristine()
    writeFileSync(join(dataDir, 'postgres/postmaster.pid'), text)
    await started(dataDir)
  })
})

describe('a folder that cannot be used is told in one line', () => {
  it.each([
    { what: 'no PG_VERSION', harm: (cluster: string) => { rmSync(join(cluster, 'PG_VERSION')) }, line: /damaged \(no PG_VERSION\).*delete/ },
    { what: 'another version', harm: (cluster: string) => { writeFileSync(join(cluster, 'PG_VERSION'), '17\n') }, line: /made by PostgreSQL 17, this is 18/ },
    { what: 'a truncated control file', harm: (cluster: string) => { truncateSync(join(cluster, 'global/pg_control'), 100) }, line: /pg_control.*delete/ },
    { what: 'no log', harm: (cluster: string) => { emptyFolder(join(cluster, 'pg_wal')) }, line: /checkpoint.*delete/ },
    { what: 'no settings file', harm: (cluster: string) => { rmSync(join(cluster, 'postgresql.conf')) }, line: /postgresql.conf.*delete/ },
  ])('$what', async ({ harm, line }) => {
    const dataDir = copyOfPristine()
    harm(join(dataDir, 'postgres'))
    const message = await refusal(dataDir)
    expect(message).toMatch(line)
    expect(message).not.toContain('\n')
  })

  it('a file where the folder should be', async () => {
    const dataDir = join(root, 'a-file')
    writeFileSync(dataDir, '')
    expect(await refusal(dataDir)).toMatch(/must be a folder/)
  })

  it.each([
    ['EACCES', /cannot be written by this user/],
    ['EROFS', /cannot be written by this user/],
    ['ENOSPC', /disk of \/data is full/],
  ])('%s', (code, line) => {
    const explained = explainFileError(Object.assign(new Error(code), { code }), '/data')
    expect(explained).toBeInstanceOf(StartError)
    expect(String(explained)).toMatch(line)
  })

  it('a full disk, however PostgreSQL words it', () => {
    const words = 'FATAL:  could not extend file "base/1": wrote only 4096 of 8192 bytes\nHINT:  Check free disk space.\nPANIC:  cannot abort transaction 1\n'
    expect(explainOutput(words, '/data').message).toMatch(/disk of \/data is full/)
    expect(String(explainQueryError(Object.assign(new Error('x'), { code: '53100' }), '/data'))).toMatch(/disk of \/data is full/)
  })
})

function emptyFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isFile()) rmSync(join(folder, entry.name))
}
