/**
 * Owns `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again, because its answer got lost,
 * is answered as the first one was and carried out once. Invariants: of two at once one is carried out; an answer is kept sealed,
 * for it may show a secret; a fault of ours keeps nothing, so that the next try counts.
 */
import { z } from 'zod'
import { sha256, type MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import type { AppContext } from './context.ts'
import type { Caller } from './endpoint.ts'
import { canonicalJson } from './etag.ts'
import { generic, writeProblem } from './problem.ts'
import { claimKey, deleteKey, findKey, updateKey, type KnownKey } from './queries.ts'

/** What a key may be: visible ASCII, spaces within. */
export const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

export interface Keyed {
  readonly ctx: AppContext
  readonly caller: Caller
  readonly key: string
  readonly body: unknown
}

export interface Idempotency {
  /** Has `answer` write its answer, or writes the one that it wrote before; refuses the key of another request. */
  once(request: Keyed, answer: () => Promise<void>): Promise<void>
}

interface IdempotencyDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
}

const keptHeaders = ['Content-Type', 'Location', 'ETag', 'Retry-After'] as const
const keptAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string().nullable() })

export function createIdempotency({ databases, masterKey }: IdempotencyDeps): Idempotency {
  const { engine } = databases
  return {
    async once(request, answer) {
      const { ctx, caller, key } = request
      const at = { caller: `${caller.clientId} ${caller.accountId ?? ''}`, key }
      const requestHash = hashOf(request)
      const mark = await claimKey(engine, at, requestHash)
      if (mark === null) {
        answerKnown(ctx, await findKey(engine, at), { requestHash, open: (sealed) => masterKey.open(sealed, boundTo(at)).toString('utf8') })
        return
      }
      try {
        await answer()
      } catch (fault) {
        await deleteKey(engine, { ...at, mark })
        throw fault
      }
      if (ctx.status >= 500) await deleteKey(engine, { ...at, mark })
      else await updateKey(engine, { ...at, mark }, masterKey.seal(JSON.stringify(written(ctx)), boundTo(at)))
    },
  }
}

function hashOf({ ctx, caller, body }: Keyed): string {
  return sha256(canonicalJson([ctx.method, ctx.url, caller.tenantId, body]))
}

function boundTo({ caller, key }: { readonly caller: string; readonly key: string }): string {
  return `idempotency_key ${caller} ${key}`
}

function written(ctx: AppContext): z.input<typeof keptAnswer> {
  const headers = keptHeaders.flatMap((name): [string, string][] => (ctx.res.hasHeader(name) ? [[name, String(ctx.res.getHeader(name))]] : []))
  return { status: ctx.status, headers: Object.fromEntries<string>(headers), body: typeof ctx.body === 'string' ? ctx.body : null }
}

function answerKnown(ctx: AppContext, known: KnownKey | undefined, { requestHash, open }: { readonly requestHash: string; readonly open: (sealed: string) => string }): void {
  if (known !== undefined && known.request_hash !== requestHash) {
    writeProblem(ctx, generic('idempotency_key_reused'))
    return
  }
  // A key that is gone again was set free by a fault a moment ago: the next try carries it out.
  if (known === undefined || known.sealed_answer === null) {
    ctx.set('Retry-After', '1')
    writeProblem(ctx, generic('idempotency_in_progress'))
    return
  }
  const { status, headers, body } = keptAnswer.parse(JSON.parse(open(known.sealed_answer)))
  ctx.body = body
  ctx.set({ ...headers, 'Idempotency-Replayed': 'true', 'Cache-Control': 'no-store' })
  ctx.status = status
}
