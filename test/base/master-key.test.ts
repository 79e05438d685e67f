/** Where the master key comes from: the configuration, or one file that all processes share. */
import { fork } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateMasterKey } from '../../src/base/crypto.ts'
import { loadMasterKey } from '../../src/base/master-key.ts'

let room: string
beforeEach(() => { room = mkdtempSync(join(tmpdir(), 'tegata-test-key-')) })
afterEach(() => {
  chmodSync(room, 0o700)
  rmSync(room, { recursive: true })
})

const development = () => ({ masterKey: null, mode: 'development', dataDir: join(room, 'data') }) as const

describe('the master key', () => {
  it('is the configured one where there is one, and then no file is made', () => {
    expect(loadMasterKey({ ...development(), masterKey: generateMasterKey('production') }).isDevelopment).toBe(false)
    expect(existsSync(join(room, 'data'))).toBe(false)
  })

  it('is made once in the data folder, for its owner only, and is the same the next time', () => {
    const first = loadMasterKey(development())
    expect(first.isDevelopment).toBe(true)
    expect(statSync(join(room, 'data', 'master.key')).mode & 0o777).toBe(0o600)
    expect(loadMasterKey(development()).derive('x')).toEqual(first.derive('x'))
    expect(readdirSync(join(room, 'data'))).toEqual(['master.key'])
  })

  it('is one key for all processes that start together', async () => {
    const program = join(room, 'load.mjs')
    const url = new URL('../../src/base/master-key.ts', import.meta.url).href
    writeFileSync(program, `import { loadMasterKey } from '${url}'\nprocess.send(loadMasterKey(${JSON.stringify(development())}).derive('x').toString('hex'))\nprocess.disconnect()\n`)
    const answers = await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve) => fork(program, { execArgv: [] }).once('message', resolve))))
    expect(new Set(answers).size).toBe(1)
  })

  it('is never made in production', () => {
    expect(() => loadMasterKey({ ...development(), mode: 'production' })).toThrow('MASTER_KEY must be set')
  })

  it('is refused in one line when its file holds something else, and the file stays', () => {
    loadMasterKey(development())
    const file = join(room, 'data', 'master.key')
    writeFileSync(file, 'something else')
    expect(() => loadMasterKey(development())).toThrow(/master\.key holds no master key: put the right one back/)
    expect(readFileSync(file, 'utf8')).toBe('something else')
  })
})
