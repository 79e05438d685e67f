/** A process that is killed, as by `kill -9`, in the middle of delivering a batch: relay.test.ts starts it. */
import { z } from 'zod'
import { openDatabases } from '../../src/base/db.ts'
import { createLogger } from '../../src/base/log.ts'
import { startRelay } from '../../src/events/relay.ts'

const urls = z.object({ engine: z.string(), tenant: z.string() }).parse(JSON.parse(process.argv[2] ?? ''))
const log = createLogger({ level: 'fatal', debug: false })
let delivered = 0
startRelay({
  databases: openDatabases(urls, 2, log),
  log,
  pollMs: 5,
  subscribers: [{
    name: process.argv[3] ?? '',
    types: ['account.locked'],
    job({ subject }) {
      delivered += 1
      if (delivered === 2) process.kill(process.pid, 'SIGKILL')
      return [{ task: 'note', payload: { subject } }]
    },
  }],
})
