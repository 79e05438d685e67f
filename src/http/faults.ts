/**
 * Owns what happens to a fault: logged once with the request id, answered once, its details told to nobody outside.
 * Also the answer where no door fits. Whether a stack is logged is the logger's setting.
 */
import type { Logger } from '../base/log.ts'
import type { FrameFor } from './frame.ts'
import { generic } from './problem.ts'
import { refuse } from './refuse.ts'
import type { AnyRefusal } from './refuse.ts'
import { urlRefusal } from './request-state.ts'
import type { AppContext, AppMiddleware } from './context.ts'

interface FaultDeps {
  readonly log: Logger
  readonly frame: FrameFor
}

/** Catches whatever the rest of the app throws. */
export function catchFaults({ log, frame }: FaultDeps): AppMiddleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (isGone(ctx, error)) {
        log.debug({ request_id: ctx.state.requestId, door: ctx.state.door }, 'client went away')
        ctx.respond = false
        ctx.res.destroy()
        return
      }
      answerFault(ctx, { error, log, frame })
    }
  }
}

/** Refuses URLs that no door should have to think about. */
export function guardUrl(frame: FrameFor): AppMiddleware {
  return (ctx, next) => {
    const refused = urlRefusal(ctx.originalUrl)
    if (refused === null) return next()
    refuse(ctx, refused, frame)
    return Promise.resolve()
  }
}

/** Answers 404 where nothing below answered. */
export function notFound(frame: FrameFor): AppMiddleware {
  return async (ctx, next) => {
    await next()
    const untouched = ctx.respond !== false && ctx.status === 404 && (ctx.body === undefined || ctx.body === null)
    if (untouched) refuse(ctx, generic('not_found'), frame)
  }
}

function answerFault(ctx: AppContext, { error, log, frame }: FaultDeps & { error: unknown }): void {
  const refusal = refusalFor(error)
  const line = { err: error, request_id: ctx.state.requestId, method: ctx.method, door: ctx.state.door }
  if (refusal.status === 503) log.warn(line, 'request put off')
  else if (refusal.status >= 500) log.error(line, 'request failed')
  else log.debug(line, 'request refused')
  if (ctx.headerSent || !ctx.writable) {
    // Half an answer is out: only a cut connection tells the client that it is not whole.
    ctx.respond = false
    ctx.res.destroy()
    return
  }
  for (const name of ['Content-Length', 'Content-Encoding', 'Transfer-Encoding', 'ETag', 'Last-Modified', 'Location']) ctx.res.removeHeader(name)
  refuse(ctx, refusal, frame)
}

/** A busy part says so with `retryAfterSeconds`; Koa and its router throw errors with a 4xx `status`. */
function refusalFor(error: unknown): AnyRefusal {
  if (error instanceof Error) {
    if ('retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number') return { ...generic('temporarily_unavailable'), retryAfterSeconds: Math.ceil(error.retryAfterSeconds) }
    if ('status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500) return { ...generic('invalid_request', 'The request cannot be handled.'), status: error.status }
  }
  return generic('server_error')
}

const goneCodes = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'])

/** The same codes come from a database connection that broke, so the client's own socket has to be gone as well. */
function isGone(ctx: AppContext, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && goneCodes.has(code) && ctx.req.destroyed && !ctx.req.complete
}
