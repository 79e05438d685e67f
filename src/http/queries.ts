/** SQL of requests that are sent twice and carried out once. This room alone writes `idempotency_key`. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface KeyOf {
  readonly caller: string
  readonly key: string
}

/** A first request that has not answered by then was cut off. */
const workSeconds = 60
const keptHours = 24

/**
 * Takes the key for this request: one statement decides between two at once. Returns the mark of this claim, or null where the key
 * is somebody's already; one whose request was cut off, or that is too old, is taken over.
 */
export async function claimKey(db: Engine, { caller, key }: KeyOf, requestHash: string): Promise<string | null> {
  const { rows } = await sql<{ mark: string }>`insert into idempotency_key as known (caller, key, request_hash) values (${caller}, ${key}, ${requestHash})
    on conflict (caller, key) do update set request_hash = excluded.request_hash, sealed_answer = null, created_at = now()
      where known.created_at < now() - make_interval(hours => ${keptHours}::int)
        or (known.sealed_answer is null and known.request_hash = excluded.request_hash and known.created_at < now() - make_interval(secs => ${workSeconds}::int))
    returning created_at::text as mark`.execute(db)
  return rows[0]?.mark ?? null
}

export interface KnownKey {
  readonly request_hash: string
  readonly sealed_answer: string | null
}

export async function findKey(db: Engine, { caller, key }: KeyOf): Promise<KnownKey | undefined> {
  return db.selectFrom('idempotency_key').select(['request_hash', 'sealed_answer']).where('caller', '=', caller).where('key', '=', key).executeTakeFirst()
}

/** Keeps the answer, unless the key was taken over meanwhile. */
export async function updateKey(db: Engine, { caller, key, mark }: KeyOf & { readonly mark: string }, sealedAnswer: string): Promise<void> {
  await db.updateTable('idempotency_key').set({ sealed_answer: sealedAnswer }).where('caller', '=', caller).where('key', '=', key).where(sql<boolean>`created_at = ${mark}::timestamptz`).execute()
}

/** Sets the key free, unless it was taken over meanwhile. */
export async function deleteKey(db: Engine, { caller, key, mark }: KeyOf & { readonly mark: string }): Promise<void> {
  await db.deleteFrom('idempotency_key').where('caller', '=', caller).where('key', '=', key).where(sql<boolean>`created_at = ${mark}::timestamptz`).execute()
}

/** Removes up to `limit` keys that are too old to count; returns how many went. */
export async function deleteStaleKeys(db: Engine, limit: number): Promise<number> {
  const stale = db.selectFrom('idempotency_key').select(['caller', 'key']).where(sql<boolean>`created_at < now() - make_interval(hours => ${keptHours}::int)`).orderBy('created_at').limit(limit).forUpdate().skipLocked()
  const result = await db.deleteFrom('idempotency_key').where((where) => where(where.refTuple('caller', 'key'), 'in', stale.$asTuple('caller', 'key'))).executeTakeFirst()
  return Number(result.numDeletedRows)
}
