/**
 * Owns how a browser is called that only its User-Agent speaks for. Invariant: whatever a client sends, only names of the
 * library's own list come out, so nobody writes a message of their own into somebody's list of sessions. Places are never guessed.
 */
import Bowser from 'bowser'

export interface BrowserName {
  /** Such as `Firefox`; null where it is none that is known. */
  readonly browser: string | null
  /** Such as `Windows`. */
  readonly system: string | null
}

const browsers: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP))
const systems: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP))

export function browserName(userAgent: string | null): BrowserName {
  if (userAgent === null || userAgent.trim() === '') return { browser: null, system: null }
  const { browser, os } = Bowser.parse(userAgent)
  return { browser: knownIn(browsers, browser.name), system: knownIn(systems, os.name) }
}

/** Both in one line, `Firefox, Windows`; null where nothing is known. */
export function browserLine(userAgent: string | null): string | null {
  const { browser, system } = browserName(userAgent)
  const parts = [browser, system].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

function knownIn(names: ReadonlySet<string>, name: string | undefined): string | null {
  return name !== undefined && names.has(name) ? name : null
}
