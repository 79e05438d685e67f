/** Entry of Karte: reads the environment, which nothing else does, listens, and stops cleanly. */
import { createServer } from 'node:http'
import { createKarte } from './karte.ts'

const { ISSUER, PORT, BASE_URL, CLIENT_ID, CLIENT_SECRET, SCOPE, API_IDENTIFIER, API_URL } = process.env
const port = Number(PORT ?? 3001)

if (!CLIENT_SECRET) stop('CLIENT_SECRET is missing: put in the secret that the issuer gave this app.')
if (!Number.isInteger(port) || port < 0 || port > 65_535) stop('PORT must be a number from 0 to 65535.')
for (const [name, value] of Object.entries({ ISSUER, BASE_URL, API_URL })) {
  if (value !== undefined && !(URL.canParse(value) && /^https?:/.test(value))) stop(`${name} must be an address such as https://id.example.com`)
}

const baseUrl = new URL(BASE_URL ?? `http://localhost:${port}`).origin
const karte = createKarte({
  issuer: ISSUER ?? 'http://localhost:3000',
  baseUrl,
  clientId: CLIENT_ID ?? 'karte',
  clientSecret: CLIENT_SECRET,
  ...(SCOPE === undefined ? {} : { scope: SCOPE }),
  ...(API_IDENTIFIER === undefined ? {} : { apiIdentifier: API_IDENTIFIER }),
  // Its own API, straight at this process: what a proxy makes of BASE_URL is for browsers.
  apiUrl: API_URL ?? `http://localhost:${port}/api`,
})
const server = createServer(karte.handler)
server.on('error', (error) => stop(`Karte cannot listen on port ${port}: ${error.message}`))
server.listen(port, () => console.log(`Karte is ready at ${baseUrl}`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    karte.close()
    server.close()
    server.closeIdleConnections()
  })
}

function stop(why: string): never {
  console.error(why)
  process.exit(1)
}
