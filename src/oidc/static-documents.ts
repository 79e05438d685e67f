/**
 * Discovery and JWKS as ready-made bytes: made once per Provider by asking the Provider itself, then served with an ETag and
 * a cache lifetime (performance.md §8). Invariant: what is served is what the Provider says, to the byte.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { jwksCacheSeconds } from './keyring.ts'
import { routes } from './routes.ts'

export interface StaticDocuments {
  serve(req: IncomingMessage, res: ServerResponse): Promise<boolean>
}

interface Document {
  readonly body: Buffer
  readonly etag: string
  readonly type: string
}

export const documentPaths: readonly string[] = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', routes.jwks]

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

export function createStaticDocuments(issuer: string, provider: Handler): StaticDocuments {
  let documents: Promise<ReadonlyMap<string, Document>> | undefined
  return {
    async serve(req, res) {
      const path = req.url?.split('?', 1)[0] ?? ''
      if ((req.method !== 'GET' && req.method !== 'HEAD') || !documentPaths.includes(path)) return false
      documents ??= readDocuments(issuer, provider).catch((error: unknown) => {
        documents = undefined
        throw error
      })
      const document = (await documents).get(path)
      if (document === undefined) return false
      send(req, res, document)
      return true
    },
  }
}

function send(req: IncomingMessage, res: ServerResponse, document: Document): void {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  res.setHeader('Cache-Control', `public, max-age=${jwksCacheSeconds}`)
  res.setHeader('ETag', document.etag)
  if (req.headers['if-none-match'] === document.etag) {
    res.statusCode = 304
    res.end()
    return
  }
  res.statusCode = 200
  res.setHeader('Content-Type', document.type)
  res.setHeader('Content-Length', document.body.length)
  res.end(req.method === 'HEAD' ? undefined : document.body)
}

/** Asks the Provider over a socket of its own, once, with the issuer's host and scheme as every request has them. */
async function readDocuments(issuer: string, provider: Handler): Promise<ReadonlyMap<string, Document>> {
  const { host, protocol } = new URL(issuer)
  const server = createServer((req, res) => {
    Object.assign(req.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) })
    void provider(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no address')
    return new Map(await Promise.all(documentPaths.map(async (path): Promise<[string, Document]> => {
      const response = await fetch(`http://127.0.0.1:${address.port}${path}`)
      if (!response.ok) throw new Error(`the provider answered ${response.status} for ${path}`)
      const body = Buffer.from(await response.arrayBuffer())
      return [path, { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`, type: response.headers.get('content-type') ?? 'application/json' }]
    })))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
