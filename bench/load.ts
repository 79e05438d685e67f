/**
 * The load generator: plain HTTP over kept connections, a fixed number of requests by a fixed number of workers.
 * It is one more thread on the machine, so it says how busy it was: a rate it could not have exceeded proves nothing.
 */
import { Agent, request, type IncomingHttpHeaders } from 'node:http'

export interface Call {
  readonly method: 'GET' | 'POST'
  /** Path with query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as a form. */
  readonly form?: string
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const answerMilliseconds = 30_000

/** Connections to one server, at most one per worker. */
export class Wire {
  readonly #agent: Agent
  readonly #host: string
  readonly #port: string

  constructor(origin: string, connections: number) {
    const { hostname, port } = new URL(origin)
    this.#host = hostname
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  send({ method, path, headers, form }: Call): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const sent = form === undefined ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(form)) }
      const req = request({ agent: this.#agent, host: this.#host, port: this.#port, method, path, timeout: answerMilliseconds, ...(sent === undefined ? {} : { headers: sent }) })
      req.on('response', (res) => {
        let body = ''
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => { body += chunk })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }))
        res.on('error', reject)
      })
      req.on('timeout', () => req.destroy(new Error(`no answer from ${path.split('?', 1)[0] ?? ''} in ${answerMilliseconds / 1000} s`)))
      req.on('error', reject)
      req.end(form)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** One unit of work of a flow, by the worker of that number; throws when the answer is not what it has to be. */
export type Work = (worker: number) => Promise<void>

export interface Amount {
  readonly concurrency: number
  readonly requests: number
}

export interface Driven {
  readonly seconds: number
  /** One latency per unit of work, in milliseconds, sorted. */
  readonly latencies: Float64Array
  /** CPU of this process during the slice, over its wall time. */
  readonly generatorBusy: number
}

/** Runs `work` exactly `requests` times, `concurrency` at a time. */
export async function drive(work: Work, { concurrency, requests }: Amount): Promise<Driven> {
  const latencies = new Float64Array(requests)
  let taken = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  const run = async (worker: number): Promise<void> => {
    while (taken < requests) {
      const mine = taken
      taken += 1
      const from = performance.now()
      await work(worker)
      latencies[mine] = performance.now() - from
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, (_, worker) => run(worker)))
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, latencies: latencies.sort(), generatorBusy: (user + system) / 1e6 / seconds }
}

/** The value below which `share` of the sorted latencies lie. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
