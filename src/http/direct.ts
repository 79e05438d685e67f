/**
 * The short way for doors that only machines use: the same request facts, headers and measures as the app's, without a second
 * web framework around the provider's own. Invariant: what it answers by itself, it answers in JSON.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Metrics } from './metrics.ts'
import { securityHeadersOf } from './headers.ts'
import { openRequest, urlRefusal, type RequestStateOptions } from './request-state.ts'

export interface DirectOptions extends RequestStateOptions {
  readonly issuer: string
  readonly metrics: Metrics
  /** Exact paths that go this way; each is its own label in the metrics. */
  readonly paths: ReadonlySet<string>
  readonly answer: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  /** Everything else. */
  readonly otherwise: RequestListener
}

export function directListener(options: DirectOptions): RequestListener {
  const { log, metrics, paths, answer, otherwise } = options
  const headers = securityHeadersOf(options.issuer)
  return (req, res) => {
    const path = req.url?.split('?', 1)[0] ?? ''
    if (!paths.has(path)) {
      otherwise(req, res)
      return
    }
    const state = openRequest(req, res, options)
    state.door = path
    metrics.watch(req, res, state)
    for (const [name, value] of headers) res.setHeader(name, value)
    const refusal = urlRefusal(req.url ?? '')
    if (refusal !== null) {
      send(res, refusal.status, { error: 'invalid_request', error_description: refusal.reason })
      return
    }
    answer(req, res).catch((error: unknown) => {
      log.error({ err: error, request_id: state.requestId, door: path }, 'request failed')
      if (res.headersSent) res.destroy()
      else send(res, 500, { error: 'server_error' })
    })
  }
}

function send(res: ServerResponse, status: number, body: Readonly<Record<string, string>>): void {
  res.statusCode = status
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.setHeader('Cache-Control', 'no-store')
  res.end(JSON.stringify(body))
}
