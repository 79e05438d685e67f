/**
 * Owns where the master key comes from: the configuration, or for development a file that is made once in the data folder.
 * Invariant: of several processes that start together on a fresh folder one makes the key and all of them read that one.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { generateMasterKey, MasterKey } from './crypto.ts'
import { errorCode, explainFileError, StartError } from './embedded-errors.ts'

/** The configured key, or `<dataDir>/master.key` (0600, a development key); never makes one in production. */
export function loadMasterKey(config: Pick<Config, 'masterKey' | 'dataDir' | 'mode'>): MasterKey {
  if (config.masterKey !== null) return MasterKey.fromText(config.masterKey)
  if (config.mode === 'production') throw new StartError('MASTER_KEY must be set in production.')
  const file = join(config.dataDir, 'master.key')
  const text = readKey(file) ?? makeKey(config.dataDir, file)
  try {
    return MasterKey.fromText(text)
  } catch {
    throw new StartError(`${file} holds no master key: put the right one back, or delete ${config.dataDir} and start again (the demo is made anew).`)
  }
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new StartError(`${file} cannot be read: give this user the right to it, or set MASTER_KEY.`, { cause: error })
  }
}

function makeKey(dataDir: string, file: string): string {
  const draft = `${file}.${process.pid}`
  const key = generateMasterKey('development')
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${key}\n`, { mode: 0o600, flag: 'wx' })
    // A link shows the whole file or none, and exists once: whoever comes second reads the first one's key.
    linkSync(draft, file)
    return key
  } catch (error) {
    const first = errorCode(error) === 'EEXIST' ? readKey(file) : null
    if (first !== null) return first
    throw explainFileError(error, dataDir)
  } finally {
    rmSync(draft, { force: true })
  }
}
