/** Entry of Koe: reads the environment, which nothing else does, listens, and stops cleanly. */
import { createServer } from 'node:http'
import { createKoe } from './koe.ts'

const { ISSUER, PORT, BASE_URL, CLIENT_ID, CLIENT_SECRET, SCOPE } = process.env
const port = Number(PORT ?? 3002)

if (!CLIENT_SECRET) stop('CLIENT_SECRET is missing: put in the secret that the issuer gave this app.')
if (!Number.isInteger(port) || port < 0 || port > 65_535) stop('PORT must be a number from 0 to 65535.')
for (const [name, value] of Object.entries({ ISSUER, BASE_URL })) {
  if (value !== undefined && !(URL.canParse(value) && /^https?:/.test(value))) stop(`${name} must be an address such as https://id.example.com`)
}

const baseUrl = new URL(BASE_URL ?? `http://localhost:${port}`).origin
const koe = createKoe({
  issuer: ISSUER ?? 'http://localhost:3000',
  baseUrl,
  clientId: CLIENT_ID ?? 'koe',
  clientSecret: CLIENT_SECRET,
  ...(SCOPE === undefined ? {} : { scope: SCOPE }),
})
const server = createServer(koe.handler)
server.on('error', (error) => stop(`Koe cannot listen on port ${port}: ${error.message}`))
server.listen(port, () => console.log(`Koe is ready at ${baseUrl}`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    koe.close()
    server.close()
    server.closeIdleConnections()
  })
}

function stop(why: string): never {
  console.error(why)
  process.exit(1)
}
