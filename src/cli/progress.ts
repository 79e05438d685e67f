/** How far something is, on stderr: a bar on a terminal, else a line now and then, so that answers on stdout stay whole. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  step(): void
  end(): void
}

const linesInAll = 10

export function startProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barOf(total, stream) : linesOf(total, stream)
}

function barOf(total: number, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({ stream, format: '{bar} {value}/{total}  {eta_formatted}', hideCursor: true })
  bar.start(total, 0)
  return { step: () => { bar.increment() }, end: () => { bar.stop() } }
}

function linesOf(total: number, stream: NodeJS.WriteStream): Progress {
  const every = Math.max(1, Math.ceil(total / linesInAll))
  let done = 0
  return {
    step() {
      done += 1
      if (done % every === 0 || done === total) stream.write(`${done}/${total}\n`)
    },
    end: () => undefined,
  }
}
