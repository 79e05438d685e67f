/**
 * Owns the example products as child processes: begun, waited for, begun once more when they die, ended with us.
 * They get their own environment only, never ours with its secrets. What they are is operations/demo.ts's.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { extname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface ExampleApp {
  readonly name: string
  /** Absolute path of its compiled entry. */
  readonly entry: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
}

export interface RunningExample {
  /** Resolves with true when it answers on its port, false when it gave up or stayed silent for 15 seconds. */
  readonly ready: Promise<boolean>
  stop(): Promise<void>
}

const waitSeconds = 15
const followParent = new URL(`./follow-parent${extname(import.meta.filename)}`, import.meta.url).href

/** Starts an example; `onLine` hears its output and our own remarks, one line each. */
export function startExample(app: ExampleApp, onLine: (line: string) => void): RunningExample {
  const state = { child: spawnExample(app, onLine), ended: false, restarts: 0 }
  const watch = (child: ChildProcess): void => {
    child.once('close', (code, signal) => {
      if (state.ended) return
      const again = state.restarts++ === 0
      onLine(`${app.name} ended by itself (${signal ?? `code ${code ?? '?'}`})${again ? ': starting it once more.' : '; it stays off until you start again.'}`)
      if (!again) {
        state.ended = true
        return
      }
      state.child = spawnExample(app, onLine)
      watch(state.child)
    })
  }
  watch(state.child)
  return {
    ready: waitUntilItAnswers(app.port, () => state.ended),
    stop: () => {
      state.ended = true
      return stopChild(state.child)
    },
  }
}

function spawnExample(app: ExampleApp, onLine: (line: string) => void): ChildProcess {
  const child = spawn(process.execPath, ['--import', followParent, app.entry], {
    env: { ...app.env },
    // Its own group: Ctrl-C reaches us, and we end it in our order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.once('error', (error) => { onLine(`${app.name} did not start: ${error.message}`) })
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => { onLine(`${app.name}: ${line}`) })
  }
  return child
}

async function waitUntilItAnswers(port: number, hasEnded: () => boolean): Promise<boolean> {
  const deadline = Date.now() + waitSeconds * 1000
  while (Date.now() < deadline && !hasEnded()) {
    if (await answers(port)) return true
    await pause(50)
  }
  return false
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://localhost:${port}/`, { redirect: 'manual', signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const closed = new Promise<void>((resolve) => child.once('close', () => { resolve() }))
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 3000)
  await closed
  clearTimeout(force)
}
