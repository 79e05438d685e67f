/**
 * Owns the hashing of passwords: argon2id in one child process of low priority, so that token traffic keeps its latency.
 * Invariants: at most `workers` hashes run and `queueLimit` wait; whatever cannot be answered in time is refused, not
 * piled up; an unknown account costs the same work as a known one. A password leaves this process only to the child.
 * Rate limits come before this and belong to the caller.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { extname } from 'node:path'
import { z } from 'zod'
import type { Logger } from '../base/log.ts'

export interface HashPool {
  /** Settles when the first child can hash; rejects with one clear line when it cannot start. */
  readonly ready: Promise<void>
  /** Jobs that wait for a free worker. */
  readonly depth: number
  /** The child's process id, undefined between a crash and the next start. */
  readonly pid: number | undefined
  /** The PHC string of a new password; refuses one longer than 256 characters with PasswordTooLong. */
  hash(password: string): Promise<string>
  /** Compares with a stored argon2 PHC string; throws when the string is not one. */
  verify(phc: string, password: string): Promise<{ ok: boolean; needsRehash: boolean }>
  /** The same work for an account that does not exist, so that time tells nothing. */
  verifyDummy(password: string): Promise<void>
  /** Refuses what waits and ends the child; settles when it is gone. */
  close(): Promise<void>
}

/** Too many sign-ins at once, or none in time: answer 503 with Retry-After. */
export class HashPoolFull extends Error {
  override readonly name: string = 'HashPoolFull'
  readonly retryAfterSeconds: number = 2

  constructor(message = 'Too many passwords wait to be checked: try again shortly.') {
    super(message)
  }
}

/** The child is gone or was stopped; callers treat it as they treat HashPoolFull. */
export class HashPoolUnavailable extends HashPoolFull {
  override readonly name = 'HashPoolUnavailable'

  constructor() {
    super('The password checker stopped: try again shortly.')
  }
}

/** A new password above the limit; every page that sets one checks the length before. */
export class PasswordTooLong extends RangeError {
  override readonly name = 'PasswordTooLong'

  constructor() {
    super(`A password has at most ${longestPassword} characters.`)
  }
}

export const longestPassword = 256

interface HashPoolOptions {
  readonly workers: number
  readonly queueLimit: number
  readonly log: Logger
  /** Seconds from the call to the answer, waiting included; 10 unless told. */
  readonly deadlineSeconds?: number
}

const replyShape = z.union([
  z.literal('ready'),
  z.object({ id: z.number(), phc: z.string() }),
  z.object({ id: z.number(), ok: z.boolean(), needsRehash: z.boolean() }),
  z.object({ id: z.number(), fault: z.string() }),
])
type Reply = Exclude<z.output<typeof replyShape>, 'ready'>

interface Job {
  readonly id: number
  readonly task: { readonly password: string; readonly phc: string | null }
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  timer: NodeJS.Timeout
}

const workerFile = new URL(`./hash-worker${extname(import.meta.url)}`, import.meta.url)
const respawnMilliseconds = 1000

/** Starts the child at once; the pool survives the child's crashes until close(). */
export function createHashPool(options: HashPoolOptions): HashPool {
  return new ForkedHashPool(options)
}

class ForkedHashPool implements HashPool {
  readonly ready: Promise<void>
  readonly #options: HashPoolOptions
  readonly #deadline: number
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #dummy = dummyPhc()
  readonly #waiting: Job[] = []
  readonly #running = new Map<number, Job>()
  #child: ChildProcess | null = null
  #accepting = false
  #closed = false
  #lastId = 0
  #respawn: NodeJS.Timeout | undefined
  #end: Promise<void> | undefined

  constructor(options: HashPoolOptions) {
    this.#options = options
    this.#deadline = (options.deadlineSeconds ?? 10) * 1000
    this.ready = this.#started.promise
    // Whoever awaits `ready` still sees the fault; without this an early close would count as unhandled.
    this.ready.catch(() => {})
    this.#start()
  }

  get depth(): number {
    return this.#waiting.length
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async hash(password: string): Promise<string> {
    if (password.length > longestPassword) throw new PasswordTooLong()
    const reply = await this.#submit(password, null)
    if (!('phc' in reply)) throw new Error('The password checker gave an answer to another question.')
    return reply.phc
  }

  async verify(phc: string, password: string): Promise<{ ok: boolean; needsRehash: boolean }> {
    if (password.length > longestPassword) {
      await this.verifyDummy('')
      return { ok: false, needsRehash: false }
    }
    const reply = await this.#submit(password, phc)
    if (!('ok' in reply)) throw new Error('The password checker gave an answer to another question.')
    return { ok: reply.ok, needsRehash: reply.needsRehash }
  }

  async verifyDummy(password: string): Promise<void> {
    await this.#submit(password.length > longestPassword ? '' : password, this.#dummy)
  }

  close(): Promise<void> {
    this.#end ??= this.#stop()
    return this.#end
  }

  async #stop(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#respawn)
    this.#started.reject(new HashPoolUnavailable())
    this.#refuse(this.#waiting.splice(0))
    const child = this.#child
    if (!child) return
    const gone = once(child, 'exit')
    const lastResort = setTimeout(() => child.kill('SIGKILL'), 2000)
    if (child.connected) child.disconnect()
    await gone
    clearTimeout(lastResort)
  }

  #submit(password: string, phc: string | null): Promise<Reply> {
    if (this.#closed) return Promise.reject(new HashPoolUnavailable())
    if (this.#waiting.length >= this.#options.queueLimit) return Promise.reject(new HashPoolFull())
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const id = ++this.#lastId
    // One person types the same letters differently on two machines: NFKC makes them one (NIST SP 800-63B §5.1.1.2).
    const task = { password: password.normalize('NFKC'), phc }
    this.#waiting.push({ id, task, resolve, reject, timer: setTimeout(() => this.#expire(id), this.#deadline) })
    this.#dispatch()
    return promise
  }

  #dispatch(): void {
    while (this.#accepting && this.#child && this.#running.size < this.#options.workers) {
      const job = this.#waiting.shift()
      if (!job) return
      this.#running.set(job.id, job)
      // A failed send means a child that is going; its exit refuses the job.
      this.#child.send({ id: job.id, ...job.task }, () => {})
    }
  }

  #expire(id: number): void {
    const index = this.#waiting.findIndex((job) => job.id === id)
    if (index >= 0) return this.#refuse(this.#waiting.splice(index, 1), new HashPoolFull())
    const job = this.#running.get(id)
    if (!job) return
    job.reject(new HashPoolFull())
    // The child still works at it, so its place stays taken; a child that never answers is replaced.
    job.timer = setTimeout(() => this.#child?.kill('SIGKILL'), this.#deadline)
  }

  #refuse(jobs: Iterable<Job>, error: Error = new HashPoolUnavailable()): void {
    for (const job of jobs) {
      clearTimeout(job.timer)
      job.reject(error)
    }
  }

  #start(): void {
    // An environment of its own: the child has no use for DATABASE_URL and MASTER_KEY, so it never gets them.
    const child = fork(workerFile, [], {
      env: { UV_THREADPOOL_SIZE: String(this.#options.workers) },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    lowerPriority(child)
    child.on('message', (message) => this.#receive(message))
    child.on('error', (error) => {
      this.#options.log.error({ err: error }, 'password checker: fault')
      // A process that could not be made never says `exit`.
      if (child.pid === undefined) this.#lost(null, null)
    })
    child.on('exit', (code, signal) => this.#lost(code, signal))
  }

  #receive(message: unknown): void {
    const reply = replyShape.parse(message)
    if (reply === 'ready') {
      this.#accepting = true
      this.#started.resolve()
    } else {
      const job = this.#running.get(reply.id)
      this.#running.delete(reply.id)
      clearTimeout(job?.timer)
      if ('fault' in reply) job?.reject(new Error(`argon2 refused the stored hash: ${reply.fault}`))
      else job?.resolve(reply)
    }
    this.#dispatch()
  }

  #lost(code: number | null, signal: string | null): void {
    const wasReady = this.#accepting
    this.#accepting = false
    this.#child = null
    this.#refuse(this.#running.values())
    this.#running.clear()
    if (this.#closed) return
    this.#options.log.error({ exit_code: code, signal }, 'password checker stopped; starting another')
    if (!wasReady) this.#started.reject(new Error(`The password checker does not start (${signal ?? `exit code ${code}`}): is this Node 24 or newer?`))
    // A child that dies at once is not started in a tight loop.
    this.#respawn = setTimeout(() => this.#start(), wasReady ? 0 : respawnMilliseconds)
  }
}

function lowerPriority(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    // From here, before the child has threads: on Linux a thread takes its niceness from the one that makes it.
    setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Some sandboxes forbid it; hashing is then correct and merely less polite.
  }
}

/** A well-formed PHC string at our own cost that no password answers to. */
function dummyPhc(): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=19456,t=2,p=1$${part(16)}$${part(32)}`
}
