#!/usr/bin/env node
/**
 * Owns the way from a bare clone to running code, in plain JavaScript for any Node from 20.19 on:
 * installs what the lock file names, takes the pinned Node 24 from it, builds, then runs the target on that runtime.
 *   bootstrap.mjs <command> [args]                       builds, then runs dist/src/main.js <command>   (also `npx tegata <command>`)
 *   bootstrap.mjs --run <tool> [args] --then <tool> ...  runs tools of the project one after the other, until one fails
 * Invariant: an install that was broken off, or does not agree with the lock file, is done again.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const npmRecord = join(modules, '.package-lock.json')
const runtimePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const debug = process.env.TEGATA_DEBUG === '1'
/** Two names of TypeScript are installed: this is the fast one, a bare `tsc` would be the other. */
const tools = {
  tsc: 'typescript7/bin/tsc',
  eslint: 'eslint/bin/eslint.js',
  vitest: 'vitest/vitest.mjs',
  tsx: 'tsx/dist/cli.mjs',
}

class Refusal extends Error {}

/** The one child at a time that gets our signals. */
let current = null
let isInstalling = false
let leaving = null

function leave(signal) {
  leaving ??= signal
  // npm finishes its work first, whatever it is asked; a broken-off install is done again anyway.
  if (current !== null) current.kill(isInstalling ? 'SIGKILL' : signal)
}

function watchSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // In a terminal Ctrl-C reaches the whole group by itself; a second copy would count as "force".
      if (signal === 'SIGINT' && process.stdin.isTTY && !isInstalling) leaving ??= signal
      else leave(signal)
    })
  }
  // npm ends on SIGTERM without handing it on, and on -9 without a chance to: its death is only seen in who our parents are.
  if (process.env.npm_command === undefined) return
  const isNpmGone = watchNpm()
  setInterval(() => {
    if (leaving === null && isNpmGone()) leave('SIGTERM')
  }, 500).unref()
}

/** npm starts scripts by a shell that some systems keep between npm and us. */
function watchNpm() {
  const parent = process.ppid
  const { name, parent: npm } = lookAt(parent)
  if (!/(^|\/)(ba|da|a|z|k)?sh$/.test(name)) return () => process.ppid !== parent
  if (process.platform === 'linux') return () => process.ppid !== parent || lookAt(parent).parent !== npm
  return () => process.ppid !== parent || !isAlive(npm)
}

function lookAt(pid) {
  if (process.platform === 'linux') {
    const [, name = '', rest = ''] = /\((.*)\) . (\d+)/s.exec(readText(`/proc/${pid}/stat`) ?? '') ?? []
    return { name, parent: Number(rest) }
  }
  const [, rest = '', name = ''] = /(\d+)\s+(.*)/.exec(spawnSync('ps', ['-o', 'ppid=,comm=', '-p', `${pid}`], { encoding: 'utf8' }).stdout ?? '') ?? []
  return { name, parent: Number(rest) }
}

function run(file, args, options) {
  return new Promise((resolve, reject) => {
    if (leaving !== null) return resolve(128 + constants.signals[leaving])
    const child = spawn(file, args, options)
    current = child
    child.once('error', reject)
    child.once('close', (code, signal) => {
      current = null
      resolve(code ?? 128 + constants.signals[signal])
    })
    options.onSpawn?.(child)
  })
}

// --- install ---

/** npm writes its record last, so a record that agrees with the lock file means that the install came to its end. */
function isInstalled() {
  return existsSync(npmRecord) && missingPackage() === undefined
}

/** The first package that is not there as the lock file wants it; optional ones count when they are for this machine. */
function missingPackage() {
  const wanted = readJson(join(root, 'package-lock.json')).packages ?? {}
  const found = readJson(npmRecord).packages ?? {}
  const isThere = ([path, entry]) => {
    if (path === '') return true
    if (found[path] !== undefined) return found[path].version === entry.version && found[path].integrity === entry.integrity
    const isForHere = path.endsWith(`/${runtimePackage}`) || path.endsWith(`/${process.platform}-${process.arch}`)
    return entry.optional === true && !isForHere
  }
  return Object.entries(wanted).find((entry) => !isThere(entry))?.[0]
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

/** `npm start` and `npm test` may be begun together on a bare clone: one installs, the other waits and looks again. */
async function install() {
  const lock = join(root, 'dist', '.installing')
  mkdirSync(dirname(lock), { recursive: true })
  let said = false
  for (;;) {
    if (isInstalled()) return
    if (leaving !== null) return
    if (await takeLock(lock)) break
    if (!said) say('Waiting for another install of this folder to finish.')
    said = true
    await pause(300)
  }
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), 2000)
  try {
    if (!isInstalled()) await npmCi(lock)
  } finally {
    isInstalling = false
    // npm scripts find `node` there first: half a runtime would keep the next start from repairing this.
    if (!isInstalled()) rmSync(join(modules, '.bin'), { recursive: true, force: true })
    clearInterval(beat)
    rmSync(lock, { force: true })
  }
}

async function takeLock(lock) {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' })
    // Two waiters may both have judged a lock dead: who was overtaken sees it now.
    await pause(100)
    return readText(lock) === `${process.pid}`
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  // The lock names the waiting bootstrap and its npm, which may outlive it; pids are reused, so an old lock counts as dead.
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  const pids = (readText(lock) ?? '').split(' ').filter(Boolean).map(Number)
  if (age > 600_000 || (age > 1000 && !pids.some(isAlive))) rmSync(lock, { force: true })
  return false
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function npmCi(lock) {
  rmSync(npmRecord, { force: true })
  const started = Date.now()
  const stopProgress = showProgress(started)
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const script = process.env.npm_execpath
  const viaScript = script !== undefined && basename(script) === 'npm-cli.js'
  let complaint = ''
  isInstalling = true
  try {
    const code = await run(viaScript ? process.execPath : 'npm', viaScript ? [script, ...args] : args, {
      cwd: root,
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: !viaScript && process.platform === 'win32',
      onSpawn: (child) => {
        writeFileSync(lock, `${process.pid} ${child.pid}`)
        child.stderr.setEncoding('utf8').on('data', (chunk) => (complaint += chunk))
      },
    })
    stopProgress()
    if (leaving !== null) return
    if (code !== 0) throw new Refusal(explainNpm(complaint))
    // npm calls it a success when an optional package did not arrive, whatever the reason.
    const missing = missingPackage()
    if (missing !== undefined) throw new Refusal(explainMissing(missing))
    say(`Installed in ${seconds(started)}.`)
  } catch (error) {
    stopProgress()
    if (error.code === 'ENOENT') throw new Refusal('npm was not found: install Node.js with npm, then try again.')
    throw error
  }
}

/** What the outer npm was told must not bend the inner one: `NODE_ENV=production npm test` still needs the dev packages. */
function cleanEnvironment() {
  const unwanted = /^npm_(lifecycle|package)|^npm_config_(omit|include|production|only|global|prefix|dry_run|loglevel|ignore_scripts)$/i
  const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name))
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' }
}

function explainMissing(path) {
  const { bavail, bsize } = statfsSync(root)
  if (bavail * bsize < 200_000_000) return diskFull
  return `${path} did not arrive though this machine needs it: check the network and the disk, then try again.`
}

const diskFull = 'The disk is full: free about 600 MB, then try again.'

function explainNpm(complaint) {
  if (debug) process.stderr.write(complaint)
  if (/ENOSPC|no space left/i.test(complaint)) return diskFull
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENETUNREACH|network/i.test(complaint)) {
    return 'The npm registry cannot be reached: check the network (or npm\'s proxy settings), then try again.'
  }
  if (/EACCES|EPERM|EROFS/.test(complaint)) return `${modules} cannot be written by this user: give yourself the folder, then try again.`
  if (/EUSAGE|in sync/.test(complaint)) return 'package.json and package-lock.json do not agree: take both from the same commit.'
  const line = complaint.split('\n').map((text) => text.replace(/^npm (error|ERR!)\s*/, '')).find((text) => text.trim() !== '' && !/^(code|errno|syscall|path|dest) /.test(text))
  return `npm ci failed (${line ?? 'no reason given'}): run it by hand to see all of it.`
}

function showProgress(started) {
  const text = 'Installing packages, once'
  if (!process.stderr.isTTY) {
    say(`${text} (about half a minute).`)
    return () => undefined
  }
  const show = () => process.stderr.write(`\r${text}: ${seconds(started)} `)
  show()
  const timer = setInterval(show, 1000)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[K')
  }
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

// --- run ---

function findRuntime() {
  const packaged = join(modules, runtimePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(packaged)) return packaged
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Refusal(`Node 24 is needed and none is packaged for ${process.platform}-${process.arch}: install Node 24 or newer, then try again.`)
}

/** The stages to run: for a command the build and the program, for --run the tools between the --then. */
function readStages(argv) {
  if (argv[0] !== '--run') {
    const build = { args: [toolPath('tsc'), '-p', 'tsconfig.build.json'], cwd: root, isBuild: true }
    const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning']
    // The channel tells the program when we die without a word (-9), so that it does not stay behind.
    return [build, { args: [...flags, join(root, 'dist', 'src', 'main.js'), ...argv], cwd: process.cwd(), channel: true }]
  }
  const stages = []
  for (const word of argv.slice(1)) {
    if (stages.length === 0 || word === '--then') stages.push({ args: [], cwd: root })
    if (word !== '--then') stages.at(-1).args.push(word)
  }
  return stages.map(({ args: [tool, ...args], cwd }) => ({ args: [toolPath(tool), ...args], cwd }))
}

function toolPath(tool) {
  return tools[tool] === undefined ? join(root, tool) : join(modules, tools[tool])
}

async function main(argv) {
  watchSignals()
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Refusal(`Node 20.19 or newer is needed, this is ${process.versions.node}: install a newer one, then try again.`)
  }
  if (!isInstalled()) await install()
  if (leaving !== null) return 128 + constants.signals[leaving]
  const runtime = findRuntime()
  const path = [join(modules, '.bin'), dirname(runtime), process.env.PATH].join(delimiter)
  for (const stage of readStages(argv)) {
    const code = await run(runtime, stage.args, {
      cwd: stage.cwd,
      // Node keeps what it compiled of the packages: about 0.4 s less at the next start.
      env: { ...process.env, PATH: path, ...(stage.channel && { NODE_COMPILE_CACHE: join(root, 'dist', '.compile-cache') }) },
      stdio: stage.channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    })
    if (code === 0) continue
    if (stage.isBuild && leaving === null) say('The TypeScript sources above have errors: correct them, then start again.')
    return code
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Refusal && !debug ? error.message : debug ? error.stack : error.message}\n`)
  process.exitCode = 1
}
