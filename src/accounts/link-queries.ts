/**
 * All SQL of `account_link`. Invariants: a link is used up, and a guess of its code counted, by one conditional statement that
 * decides every race; expiry is judged by the database's clock. Whoever needs the account too locks it before its links, so
 * that no two transactions wait for each other.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import { hasSecondFactor } from './self-queries.ts'

type Engine = Kysely<DB>

/** Which link: by what the mail says, or by what a sealed field holds. */
export type LinkKey = { readonly id: string } | { readonly tokenHash: string }

export interface LinkRow {
  readonly id: string
  readonly purpose: string
  readonly email: string | null
  readonly account_id: string | null
  readonly client_id: string | null
  readonly tenant_id: string | null
  readonly locale: string | null
}

const columns = ['account_link.id', 'account_link.purpose', 'account_link.email', 'account_link.account_id', 'account_link.client_id', 'account_link.tenant_id', 'account_link.locale'] as const

const isThis = (key: LinkKey) => ('id' in key ? sql<boolean>`account_link.id = ${key.id}` : sql<boolean>`account_link.token_hash = ${key.tokenHash}`)
const isOpen = sql<boolean>`account_link.used_at is null and account_link.expires_at > now()`

export interface NewLinkRow extends LinkRow {
  readonly token_hash: string
  readonly code_hash: string | null
  readonly lifetime_seconds: number
}

/** Returns when it expires. */
export async function insertLink(trx: EngineTrx, { lifetime_seconds, ...link }: NewLinkRow): Promise<Date> {
  const row = await trx.query
    .insertInto('account_link')
    // The real time, not the transaction's: links made under one account's lock are in the order of that lock.
    .values({ ...link, created_at: sql`clock_timestamp()`, expires_at: sql`now() + make_interval(secs => ${lifetime_seconds}::int)` })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return row.expires_at
}

export interface OpenLinkRow extends LinkRow {
  readonly display_name: string | null
  readonly has_second_factor: boolean
}

/** A link that still counts, with what its page says about its account. */
export async function findOpenLink(db: Engine, key: LinkKey, purposes: readonly string[]): Promise<OpenLinkRow | undefined> {
  return db
    .selectFrom('account_link')
    .leftJoin('account', 'account.id', 'account_link.account_id')
    .select([...columns, 'account.display_name', hasSecondFactor.as('has_second_factor')])
    .where(isThis(key))
    .where('account_link.purpose', 'in', purposes)
    .where(isOpen)
    .executeTakeFirst()
}

export interface LinkState {
  readonly id: string
  readonly purpose: string
  readonly is_used: boolean
  readonly is_expired: boolean
  readonly code_tries: number
  readonly age_seconds: number
}

/** A link that may not count any more, for the log. */
export async function findLinkState(db: Engine, key: LinkKey, purposes: readonly string[]): Promise<LinkState | undefined> {
  return db
    .selectFrom('account_link')
    .select(['id', 'purpose', 'code_tries'])
    .select([sql<boolean>`used_at is not null`.as('is_used'), sql<boolean>`expires_at <= now()`.as('is_expired')])
    .select(sql<number>`extract(epoch from now() - created_at)::float8`.as('age_seconds'))
    .where(isThis(key))
    .where('purpose', 'in', purposes)
    .executeTakeFirst()
}

export interface LinkForMail {
  readonly id: string
  readonly purpose: string
  readonly email: string | null
  readonly account_id: string | null
  readonly locale: string | null
  readonly expires_at: Date
  readonly used_at: Date | null
}

/** What the mail job that has only the id needs; undefined when the link is gone. */
export async function findLinkForMail(db: Engine, linkId: string): Promise<LinkForMail | undefined> {
  return db
    .selectFrom('account_link')
    .select(['id', 'purpose', 'email', 'account_id', 'locale', 'expires_at', 'used_at'])
    .where('id', '=', linkId)
    .executeTakeFirst()
}

/** Uses the link up; undefined for all but one, and for one that does not count (any more). `at` is the database's time. */
export async function updateUsed(trx: EngineTrx, key: LinkKey, purposes: readonly string[]): Promise<(LinkRow & { readonly at: Date }) | undefined> {
  return trx.query
    .updateTable('account_link')
    .set({ used_at: sql`now()` })
    .where(isThis(key))
    .where('purpose', 'in', purposes)
    .where(isOpen)
    .returning([...columns, sql<Date>`now()`.as('at')])
    .executeTakeFirst()
}

export interface CodeGuess {
  readonly id: string
  readonly purpose: string
  /** Null where the link has none. */
  readonly accountId: string | null
  readonly codeHash: string
  readonly tries: number
  readonly lifetimeSeconds: number
}

/** Counts a guess and says whether it fits, in one statement; undefined when no more guesses are taken. */
export async function updateTries(trx: EngineTrx, guess: CodeGuess): Promise<boolean | undefined> {
  const row = await trx.query
    .updateTable('account_link')
    .set({ code_tries: sql`code_tries + 1` })
    .where('id', '=', guess.id)
    .where('purpose', '=', guess.purpose)
    .where(sql<boolean>`account_id is not distinct from ${guess.accountId}::text`)
    .where('code_hash', 'is not', null)
    .where('code_tries', '<', guess.tries)
    .where(sql<boolean>`created_at > now() - make_interval(secs => ${guess.lifetimeSeconds}::int)`)
    .where(isOpen)
    .returning(sql<boolean>`code_hash = ${guess.codeHash}`.as('fits'))
    .executeTakeFirst()
  return row?.fits
}

/** Makes the account's open links of these purposes worthless. */
export async function updateAllUsed(trx: EngineTrx, accountId: string, purposes: readonly string[]): Promise<void> {
  await trx.query
    .updateTable('account_link')
    .set({ used_at: sql`now()` })
    .where('account_id', '=', accountId)
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .execute()
}

/** The same for those of one purpose that were made after a certain one. */
export async function updateLaterUsed(trx: EngineTrx, accountId: string, after: { readonly id: string; readonly purpose: string }): Promise<void> {
  await trx.query
    .updateTable('account_link')
    .set({ used_at: sql`now()` })
    .where('account_id', '=', accountId)
    .where('purpose', '=', after.purpose)
    .where(sql<boolean>`created_at >= (select created_at from account_link as made where made.id = ${after.id})`)
    .where('used_at', 'is', null)
    .execute()
}

export async function deleteLinksOf(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.deleteFrom('account_link').where('account_id', '=', accountId).execute()
}

/** Removes registrations of an address that belong to nobody. One that is being completed is left alone: it waits for the account. */
export async function deleteRegistrationsOf(trx: EngineTrx, email: string): Promise<void> {
  const idle = trx.query.selectFrom('account_link').select('id').where('email', '=', email).where('account_id', 'is', null).forUpdate().skipLocked()
  await trx.query.deleteFrom('account_link').where('id', 'in', idle).execute()
}

/** Removes up to `limit` links whose time is over; returns how many went. */
export async function deleteExpiredLinks(db: Engine, limit: number): Promise<number> {
  const over = db.selectFrom('account_link').select('id').where('expires_at', '<', sql<Date>`now()`).limit(limit).forUpdate().skipLocked()
  const result = await db.deleteFrom('account_link').where('id', 'in', over).executeTakeFirst()
  return Number(result.numDeletedRows)
}
