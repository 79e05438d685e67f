/**
 * Owns the end of a long-running command: what was begun is ended in the reverse order, once, whoever asks for it.
 * Invariant: a first signal ends calmly with code 0, a second one at once; nothing waits longer than the deadline.
 */
import { setTimeout as pause } from 'node:timers/promises'

const deadlineSeconds = 25
/** npm, the bootstrap and the terminal may each hand us the same Ctrl-C. */
const sameSignalMilliseconds = 700

export class Lifetime {
  /** Resolves with the exit code when everything has ended. */
  readonly ended: Promise<number>
  readonly #resolve: (code: number) => void
  readonly #endings: (() => Promise<void>)[] = []
  #stoppingSince: number | null = null

  constructor() {
    const { promise, resolve } = Promise.withResolvers<number>()
    this.ended = promise
    this.#resolve = resolve
  }

  isStopping(): boolean {
    return this.#stoppingSince !== null
  }

  /** Listens to Ctrl-C and its kin, and to the death of the process that started us. */
  watchSignals(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { this.#onSignal() })
    process.once('disconnect', () => { this.stop(0) })
  }

  /** Remembers how to end a part that has begun; when the end is already under way, the part ends at once. */
  add(ending: () => Promise<void>): void {
    if (this.isStopping()) void ending().catch(report)
    else this.#endings.push(ending)
  }

  /** Begins the end, last part first; a later call changes nothing. */
  stop(code: number): void {
    if (this.isStopping()) return
    this.#stoppingSince = Date.now()
    void this.#end(code)
  }

  async #end(code: number): Promise<void> {
    const late = new AbortController()
    void pause(deadlineSeconds * 1000, null, { signal: late.signal, ref: false }).then(
      () => {
        process.stderr.write('Some parts did not end in time and are cut off.\n')
        process.exit(1)
      },
      () => undefined,
    )
    for (let ending = this.#endings.pop(); ending !== undefined; ending = this.#endings.pop()) await ending().catch(report)
    late.abort()
    this.#resolve(code)
  }

  #onSignal(): void {
    if (this.#stoppingSince === null) {
      process.stderr.write('\nStopping. Ctrl-C again ends at once.\n')
      this.stop(0)
    } else if (Date.now() - this.#stoppingSince > sameSignalMilliseconds) {
      process.exit(130)
    }
  }
}

/** Runs `begin` under a lifetime: its error ends what had begun and is thrown on, unless the end was asked for meanwhile. */
export async function live(begin: (lifetime: Lifetime) => Promise<void>): Promise<number> {
  const lifetime = new Lifetime()
  lifetime.watchSignals()
  try {
    await Promise.race([begin(lifetime), lifetime.ended])
  } catch (error) {
    if (!lifetime.isStopping()) {
      lifetime.stop(1)
      await lifetime.ended
      throw error
    }
  }
  return lifetime.ended
}

function report(error: unknown): void {
  process.stderr.write(`While stopping: ${error instanceof Error ? error.message : String(error)}\n`)
}
