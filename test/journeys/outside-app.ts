/**
 * An app from outside, in as much as a person meets it: a page that it is reached at, a logo, its terms and its policy.
 * The browser follows redirects by itself, so the page is served for real; the logo, which has to be on https, is answered inside it.
 */
import { createServer } from 'node:http'
import type { BrowserContext } from 'playwright-core'
import type { Demo } from '../helpers/demo.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'

export interface OutsideApp {
  readonly party: RelyingParty
  readonly host: string
  /** Lets one person's browser have the logo. */
  showLogo(context: BrowserContext): Promise<void>
  close(): Promise<void>
}

export const promises = { policyUri: 'https://shift.example/privacy', tosUri: 'https://shift.example/terms' } as const
const logoUri = 'https://shift.example/logo.svg'
const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40"><rect width="40" height="40" fill="#e8f0e4"/><path d="M8 28l7-14 5 9 4-6 8 11z" fill="#3b7d4f"/></svg>'

/** Registers シフト名人 and serves it. */
export async function startOutsideApp(demo: Demo): Promise<OutsideApp> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><html lang="ja"><title>シフト名人</title><link rel="icon" href="data:,"><h1>シフト名人</h1></html>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${address.port}`
  const party = await demo.app({ name: 'シフト名人', firstParty: false, redirectUris: [`http://${host}/callback`], clientUri: `http://${host}/`, logoUri, ...promises })
  return {
    party,
    host,
    async showLogo(context) {
      await context.route(logoUri, (route) => route.fulfill({ contentType: 'image/svg+xml', body: logo }))
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
