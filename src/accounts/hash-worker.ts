/**
 * The child process of hash-pool.ts: owns argon2 and nothing else. It holds no secret of ours, reads no configuration,
 * writes no log, and lives exactly as long as its parent's channel.
 * Node runs this file as it is by stripping types, so it imports only argon2 and node:.
 */
import { argon2id, hash, needsRehash, verify } from 'argon2'

// OWASP's and our measured choice: 19 MiB, two passes, one lane. A PHC string carries them, so they may rise later.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

type Task = { id: number; password: string; phc: string | null }
type Answer = { id: number; phc: string } | { id: number; ok: boolean; needsRehash: boolean } | { id: number; fault: string }

async function answer({ id, password, phc }: Task): Promise<Answer> {
  try {
    if (phc === null) return { id, phc: await hash(password, { ...cost, type: argon2id }) }
    const ok = await verify(phc, password)
    return { id, ok, needsRehash: ok && (!phc.startsWith('$argon2id$') || needsRehash(phc, cost)) }
  } catch (error) {
    return { id, fault: error instanceof Error ? error.message : 'unknown fault' }
  }
}

process.on('message', (task: Task) => {
  void answer(task).then((reply) => {
    if (process.connected) process.send?.(reply)
  })
})
// A Ctrl-C reaches the whole process group; the parent decides when the last sign-in is answered.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Closing the pool, or the parent's death by any signal, closes the channel.
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
