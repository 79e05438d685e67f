/**
 * People with a real browser: one Chromium per test file, one context (cookies, language, colours) per person.
 * Invariant: everything that the console, a script or the content security policy complains of is kept in `complaints`, and every
 * origin that a page has asked for in `origins`; nothing outside this machine is ever reached.
 */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type ConsoleMessage, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What went wrong in any of this person's tabs, one line each. */
  readonly complaints: readonly string[]
  /** Origins that were asked for anything. */
  readonly origins: ReadonlySet<string>
}

export interface RealBrowser extends AsyncDisposable {
  /** A person with a browser of their own; Japanese unless told. */
  visitor(options?: BrowserContextOptions): Promise<Visitor>
  close(): Promise<void>
}

// The package's own flags hold --single-process, with which the browser dies at the first closed page.
const flags = [
  '--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--font-render-hinting=none',
]
const patienceMs = 30_000
const thisMachine = new Set(['localhost', '127.0.0.1'])

export async function openBrowser(): Promise<RealBrowser> {
  const { executablePath, fontsConf } = await findChromium()
  const env = fontsConf === undefined ? process.env : { ...process.env, FONTCONFIG_FILE: fontsConf }
  const browser: Browser = await chromium.launch({ executablePath, args: flags, headless: true, env })
  const close = () => browser.close()
  return {
    async visitor(options = {}) {
      const context = await browser.newContext({ locale: 'ja-JP', timezoneId: 'Asia/Tokyo', viewport: { width: 1280, height: 800 }, ...options })
      context.setDefaultTimeout(patienceMs)
      const complaints: string[] = []
      const origins = new Set<string>()
      context.on('console', (message) => { if (isComplaint(message)) complaints.push(`${message.text()} (${message.location().url})`) })
      context.on('weberror', (error) => complaints.push(error.error().message))
      context.on('request', (request) => { if (/^https?:/.test(request.url())) origins.add(new URL(request.url()).origin) })
      await context.route((url) => !thisMachine.has(url.hostname), (route) => route.abort())
      return { context, page: await context.newPage(), complaints, origins }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Chromium also notes every page and call that was answered with a refusal, which is what some pages are there for. */
function isComplaint(message: ConsoleMessage): boolean {
  if (message.type() !== 'error' && message.type() !== 'warning') return false
  return !/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
}
