/**
 * A device that keeps passkeys, beside a person's tab: Chromium's own virtual authenticator (WebAuthn §11), so that everything
 * between the page's script and the server's answer is real. It answers nothing until somebody is there, and then once.
 */
import type { CDPSession, Page } from 'playwright-core'

export interface PasskeyDevice {
  /** Somebody comes, and touches it the next time that it asks. */
  touch(): Promise<void>
  /** Somebody comes whose finger is the wrong one, and stays. */
  refuse(): Promise<void>
  /** Whoever was there goes. */
  leave(): Promise<void>
  /** How many passkeys it holds. */
  count(): Promise<number>
  /** Puts its counters back to where they began, as a copy that was made long ago would have them. */
  rewind(): Promise<void>
}

interface Kind {
  /** Part of the computer, unless it hangs on a wire. */
  readonly transport?: 'internal' | 'usb'
}

export async function plugIn(page: Page, { transport = 'internal' }: Kind = {}): Promise<PasskeyDevice> {
  const session = await sessionOf(page)
  const options = { protocol: 'ctap2', transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: false } as const
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options })
  const be = async ({ there, right }: { there: boolean; right: boolean }): Promise<void> => {
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: right })
    await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: there })
  }
  const leave = () => be({ there: false, right: true })
  // Told before the page is, so nobody is there any more when the next page asks.
  const answered = (event: { authenticatorId: string }) => { if (event.authenticatorId === authenticatorId) leave().catch(() => undefined) }
  session.on('WebAuthn.credentialAsserted', answered).on('WebAuthn.credentialAdded', answered)
  const held = async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  return {
    touch: () => be({ there: true, right: true }),
    refuse: () => be({ there: true, right: false }),
    leave,
    count: async () => (await held()).length,
    async rewind() {
      for (const credential of await held()) {
        await session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId })
        await session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount: 0 } })
      }
    },
  }
}

/** Waits until the page offers passkeys under its field: from then on only a press of the button can begin anything. */
export async function untilOffered(page: Page): Promise<void> {
  await page.locator('html[data-offered]').waitFor()
}

const sessions = new WeakMap<Page, Promise<CDPSession>>()

function sessionOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? begin(page)
  sessions.set(page, session)
  return session
}

async function begin(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await page.addInitScript(() => {
    if (!isSecureContext) return
    const ask = navigator.credentials.get.bind(navigator.credentials)
    navigator.credentials.get = (options) => {
      const answer = ask(options)
      if (options?.mediation === 'conditional') document.documentElement.dataset['offered'] = 'yes'
      return answer
    }
  })
  return session
}
