/**
 * Finds the browser that the tests drive: CHROME_PATH, else the one that comes with the packages, else one of the system.
 * Invariant: the packaged one is unpacked once, under our own node_modules, and moved into place whole, so that two test files
 * that start at the same moment never run half a browser. None at all is a failure with one clear line, never a skipped test.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { projectRoot } from '../../src/base/root.ts'

export interface Chromium {
  readonly executablePath: string
  /** A fontconfig file for the browser's environment, where it needs one of ours. */
  readonly fontsConf?: string
}

const modules = join(projectRoot, 'node_modules')

/** A Chromium that can be started here; throws one line that says what to do where there is none. */
export async function findChromium(): Promise<Chromium> {
  const told = process.env['CHROME_PATH']
  if (told !== undefined && told !== '') {
    if (existsSync(told)) return { executablePath: told }
    throw new Error(`CHROME_PATH names ${told}, which is not there: give the path of a Chromium or Chrome, or unset it.`)
  }
  const found = (await packagedChromium()) ?? systemChromium()
  if (found === undefined) throw new Error('The browser journeys found no browser: install Chromium or Chrome, or set CHROME_PATH to the path of one.')
  return found
}

async function packagedChromium(): Promise<Chromium | undefined> {
  const home = join(modules, '@sparticuz/chromium')
  // What it carries is a Linux program for this one processor.
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(home)) return undefined
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')))
  const folder = join(modules, '.cache', `tegata-test-chromium-${version}`)
  if (!existsSync(folder)) await unpackInto(folder)
  return { executablePath: join(folder, 'chromium'), fontsConf: join(folder, 'tegata-fonts.conf') }
}

const unpack = 'import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())'

async function unpackInto(folder: string): Promise<void> {
  await mkdir(join(modules, '.cache'), { recursive: true })
  const staging = await mkdtemp(`${folder}-`)
  try {
    // The package unpacks into the temp folder of its process, and takes whatever stands there already: it gets one of its own.
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], { cwd: projectRoot, env: { ...process.env, TMPDIR: staging } })
    await writeFile(join(staging, 'tegata-fonts.conf'), fontsConf)
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    // Another test file was first.
    if (!existsSync(folder)) throw error
  }
}

/** A machine without a single font would end this browser at the first text field, so the package's own is always there. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts/fonts</dir>
</fontconfig>
`

function systemChromium(): Chromium | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
  const inPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const executablePath = [...inPath, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'].find((path) => existsSync(path))
  return executablePath === undefined ? undefined : { executablePath }
}
