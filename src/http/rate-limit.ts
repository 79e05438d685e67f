/**
 * Owns how many requests a caller of the API may send in a minute, and the headers that say so. Counted in the memory of each
 * process: it keeps one caller from taking the server from the others, and is no defence of secrets (accounts/attempts.ts is).
 * Invariant: every answer below /api/v1 says how much is left, also where no door answers.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressGroup } from './client-address.ts'
import type { AppContext, AppMiddleware } from './context.ts'
import type { Caller } from './endpoint.ts'
import { generic, writeProblem, type RequestRefusal } from './problem.ts'

export interface RateLimits {
  /** Counts a request for whoever sent it, nobody known by their address; the refusal once there were too many. */
  count(ctx: AppContext, caller: Caller | null): Promise<RequestRefusal | null>
  /** Counts what reached no door: addresses that are not there, methods that are not taken. */
  readonly otherwise: AppMiddleware
}

export function createRateLimits({ perMinute }: { readonly perMinute: number }): RateLimits {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 })
  const count: RateLimits['count'] = async (ctx, caller) => {
    const { isFull, left, seconds } = await consume(limiter, keyOf(ctx, caller))
    ctx.set({ 'RateLimit-Limit': String(perMinute), 'RateLimit-Remaining': String(left), 'RateLimit-Reset': String(seconds) })
    if (!isFull) return null
    ctx.set('Retry-After', String(seconds))
    return generic('rate_limited')
  }
  return {
    count,
    async otherwise(ctx, next) {
      await next()
      if (!ctx.path.startsWith('/api/v1/') || ctx.res.hasHeader('RateLimit-Limit')) return
      const refused = await count(ctx, null)
      if (refused !== null) writeProblem(ctx, refused)
    },
  }
}

function keyOf({ state }: AppContext, caller: Caller | null): string {
  return caller === null ? `address ${addressGroup(state.origin.ip ?? '')}` : `caller ${caller.clientId} ${caller.accountId ?? ''}`
}

interface Consumed { readonly isFull: boolean; readonly left: number; readonly seconds: number }

async function consume(limiter: RateLimiterMemory, key: string): Promise<Consumed> {
  try {
    return consumed(await limiter.consume(key), false)
  } catch (full) {
    if (full instanceof RateLimiterRes) return consumed(full, true)
    throw full
  }
}

function consumed({ remainingPoints, msBeforeNext }: RateLimiterRes, isFull: boolean): Consumed {
  return { isFull, left: Math.max(0, remainingPoints), seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) }
}
