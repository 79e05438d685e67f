/**
 * Owns /livez, /readyz and /metrics. Invariants: readiness names its checks and nothing from inside; however many ask,
 * the checks run once at a time; metrics go to the metrics port, or without one to this machine only.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from '../base/log.ts'
import type { Metrics } from './metrics.ts'
import type { AppContext, AppMiddleware } from './context.ts'

/** One thing that must work before requests may come; gives null, or why not (for the log). */
export interface HealthCheck {
  readonly name: string
  check(): Promise<string | null>
}

/** Who may read /metrics here: everybody (the metrics port), this machine, or nobody (because there is a metrics port). */
export type MetricsAudience = 'everybody' | 'this_machine' | 'nobody'

export interface Health {
  serve(audience: MetricsAudience): AppMiddleware
  /** From now on /readyz says 503, so that no new requests are sent here while the last ones finish. */
  drain(): void
}

interface HealthOptions {
  readonly checks: readonly HealthCheck[]
  readonly metrics: Metrics
  readonly log: Logger
  /** 2000 unless told. */
  readonly checkMilliseconds?: number
}

/** What of a request says where it came from. */
interface Arrival {
  readonly socket: { readonly remoteAddress?: string | undefined }
  readonly headers: IncomingHttpHeaders
}

interface Readiness {
  readonly status: 'ready' | 'not_ready' | 'stopping'
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>
}

export function createHealth({ checks, metrics, log, checkMilliseconds = 2000 }: HealthOptions): Health {
  let draining = false
  let running: Promise<Readiness> | null = null

  const runAll = async (): Promise<Readiness> => {
    const results = await Promise.all(checks.map(async (item) => [item.name, await runCheck(item, { log, checkMilliseconds })] as const))
    return { status: results.every(([, result]) => result === 'ok') ? 'ready' : 'not_ready', checks: Object.fromEntries(results) }
  }
  const readiness = (): Promise<Readiness> => {
    if (draining) return Promise.resolve({ status: 'stopping', checks: {} })
    running ??= runAll().finally(() => { running = null })
    return running
  }

  return {
    drain() { draining = true },
    serve: (audience) => async (ctx, next) => {
      const path = ctx.method === 'GET' || ctx.method === 'HEAD' ? ctx.path : ''
      if (path === '/livez') json(ctx, 200, { status: 'ok' })
      else if (path === '/readyz') {
        const state = await readiness()
        json(ctx, state.status === 'ready' ? 200 : 503, state)
      } else if (path === '/metrics' && mayReadMetrics(audience, ctx.req)) await text(ctx, metrics)
      else await next()
    },
  }
}

async function runCheck(item: HealthCheck, { log, checkMilliseconds }: { log: Logger; checkMilliseconds: number }): Promise<'ok' | 'failed'> {
  const late = Promise.withResolvers<string>()
  const timer = setTimeout(() => late.resolve(`no answer within ${checkMilliseconds} ms`), checkMilliseconds)
  try {
    const problem = await Promise.race([item.check(), late.promise])
    if (problem !== null) log.warn({ check: item.name, problem }, 'not ready')
    return problem === null ? 'ok' : 'failed'
  } catch (error) {
    log.warn({ check: item.name, err: error }, 'not ready')
    return 'failed'
  } finally {
    clearTimeout(timer)
  }
}

function json(ctx: AppContext, status: number, body: object): void {
  ctx.state.door = ctx.path
  ctx.status = status
  ctx.body = JSON.stringify(body)
  ctx.type = 'application/json'
  ctx.set('Cache-Control', 'no-store')
}

async function text(ctx: AppContext, metrics: Metrics): Promise<void> {
  ctx.state.door = ctx.path
  ctx.body = await metrics.text()
  ctx.set('Content-Type', metrics.contentType)
  ctx.set('Cache-Control', 'no-store')
}

/** Whether a request comes from the audience; the socket's own address counts, never what a header says. */
export function mayReadMetrics(audience: MetricsAudience, { socket, headers }: Arrival): boolean {
  if (audience !== 'this_machine') return audience === 'everybody'
  // Behind a proxy on this machine every client's socket is loopback: a forwarded request is not from here.
  const forwarded = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'].some((name) => headers[name] !== undefined)
  return !forwarded && /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')
}
