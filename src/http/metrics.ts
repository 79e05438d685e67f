/**
 * Owns the numbers of the HTTP edge: durations by door and status class, the queue of passwords, and Node's own.
 * Invariant: label values come from the code (path patterns), never from a request, so their number is bounded.
 */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppMiddleware, RequestState } from './context.ts'

export interface Metrics {
  /** Measures every request until its answer is out or its connection is gone. */
  readonly observe: AppMiddleware
  /** The same for a request that no app of ours handles. */
  readonly watch: (req: IncomingMessage, res: ServerResponse, state: RequestState) => void
  readonly contentType: string
  text(): Promise<string>
}

export interface MetricsSources {
  /** Passwords that wait to be checked. */
  readonly hashQueueDepth: () => number
}

/** A registry of its own, so that two servers in one process do not share it. */
export function createMetrics({ hashQueueDepth }: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'tegata_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'door', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const queue = new Gauge({
    name: 'tegata_hash_queue_depth',
    help: 'Passwords that wait to be checked.',
    registers: [registry],
    collect() {
      queue.set(hashQueueDepth())
    },
  })
  const watch = (req: IncomingMessage, res: ServerResponse, state: RequestState) => {
    res.once('close', () => {
      const status = res.writableFinished ? `${Math.floor(res.statusCode / 100)}xx` : 'aborted'
      durations.observe({ method: knownMethod(req.method ?? ''), door: state.door, status }, (performance.now() - state.startedAt) / 1000)
    })
  }
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    watch,
    observe(ctx, next) {
      watch(ctx.req, ctx.res, ctx.state)
      return next()
    },
  }
}

function knownMethod(method: string): string {
  return /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other'
}
