/**
 * The SQL of what people do with their own account: who they are, what they are called, where they are written to, and their end.
 * Invariant: `lockPerson` reads only after it has the lock, so what it returns is what the transaction before it left behind.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

type Engine = Kysely<DB>

export interface PersonRow {
  readonly id: string
  readonly email: string | null
  readonly email_verified_at: Date | null
  readonly status: string
  readonly locale: string | null
  readonly zoneinfo: string
  readonly delete_after: Date | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly family_name_kana: string | null
  readonly given_name_kana: string | null
  readonly phc: string | null
  /** To the microsecond, to see whether it was raised meanwhile. */
  readonly not_before: string
  readonly has_second_factor: boolean
  /** Names of the tenants that the person belongs to. */
  readonly tenants: readonly string[]
}

/** Whether the account in hand has a factor besides its password. */
export const hasSecondFactor = sql<boolean>`(exists (select 1 from factor_totp f where f.account_id = account.id)
  or exists (select 1 from factor_passkey f where f.account_id = account.id))`

function people(db: Engine) {
  return db
    .selectFrom('account')
    .leftJoin('factor_password', 'factor_password.account_id', 'account.id')
    .select(['account.id', 'account.email', 'account.email_verified_at', 'account.status', 'account.locale', 'account.zoneinfo', 'account.delete_after', 'factor_password.phc'])
    .select(['account.family_name', 'account.given_name', 'account.family_name_kana', 'account.given_name_kana'])
    .select(sql<string>`account.not_before::text`.as('not_before'))
    .select(hasSecondFactor.as('has_second_factor'))
    .select(sql<string[]>`array(select t.name from membership m join tenant t on t.id = m.tenant_id
      where m.account_id = account.id and m.status <> 'ended' order by t.name)`.as('tenants'))
}

export async function findPerson(db: Engine, accountId: string): Promise<PersonRow | undefined> {
  return people(db).where('account.id', '=', accountId).executeTakeFirst()
}

export async function findPersonByEmail(db: Engine, email: string): Promise<PersonRow | undefined> {
  return people(db).where('account.email', '=', email).executeTakeFirst()
}

/** The person as they are now; nobody changes the account before the transaction ends. */
export async function lockPerson(trx: EngineTrx, accountId: string): Promise<PersonRow | undefined> {
  await trx.query.selectFrom('account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute()
  // A statement of its own: the one that waited for the lock would still show the other tables as they were before.
  return findPerson(trx.query, accountId)
}

/** The same by address. */
export async function lockPersonByEmail(trx: EngineTrx, email: string): Promise<PersonRow | undefined> {
  await trx.query.selectFrom('account').select('id').where('email', '=', email).forNoKeyUpdate().execute()
  return findPersonByEmail(trx.query, email)
}

export interface Recoverable {
  readonly id: string
  readonly email: string | null
}

/** Who may get a new password by mail: an active account, by its address or by a staff number; one statement either way. */
export async function findRecoverable(db: Engine, name: { readonly email: string | null; readonly number: string | null; readonly subdomain: string | null }): Promise<Recoverable | undefined> {
  return db
    .selectFrom('account')
    .select(['id', 'email'])
    .where('status', '=', 'active')
    .where(sql<boolean>`account.id in (select a.id from account a where a.email = ${name.email}::text
      union all select m.account_id from membership m join tenant t on t.id = m.tenant_id
      where t.subdomain = ${name.subdomain}::text and t.staff_number_sign_in and m.employee_number = ${name.number}::text and m.status in ('active', 'suspended'))`)
    .executeTakeFirst()
}

export interface StaffName {
  readonly number: string
  readonly subdomain: string
}

/** The staff numbers by which the account can sign in. */
export async function listStaffNames(db: Engine, accountId: string): Promise<readonly StaffName[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('tenant', 'tenant.id', 'membership.tenant_id')
    .select(['membership.employee_number as number', 'tenant.subdomain'])
    .where('membership.account_id', '=', accountId)
    .where('membership.employee_number', 'is not', null)
    .where('tenant.staff_number_sign_in', '=', true)
    .execute()
  return rows.flatMap(({ number, subdomain }) => (number === null ? [] : { number, subdomain }))
}

/** Puts the password in place, whether or not there was one. */
export async function updatePassword(trx: EngineTrx, accountId: string, phc: string): Promise<void> {
  await trx.query
    .insertInto('factor_password')
    .values({ account_id: accountId, phc })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ phc, changed_at: sql`now()` }))
    .execute()
}

export async function updateVerified(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query
    .updateTable('account')
    .set({ email_verified_at: sql`now()`, updated_at: sql`now()` })
    .where('id', '=', accountId)
    .where('email_verified_at', 'is', null)
    .execute()
}

/** Gives the account a proved address; false when it is somebody else's, which the index decides, and nothing is changed then. */
export async function updateEmail(trx: EngineTrx, accountId: string, email: string): Promise<boolean> {
  await sql`savepoint new_email`.execute(trx.query)
  try {
    await trx.query
      .updateTable('account')
      .set({ email, email_verified_at: sql`now()`, updated_at: sql`now()` })
      .where('id', '=', accountId)
      .execute()
    return true
  } catch (error) {
    if (!isEmailTaken(error)) throw error
    await sql`rollback to savepoint new_email`.execute(trx.query)
    return false
  }
}

function isEmailTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505' && 'constraint' in error && error.constraint === 'account_email_key'
}

export interface NameColumns {
  readonly family_name: string | null
  readonly given_name: string | null
  readonly family_name_kana: string | null
  readonly given_name_kana: string | null
  readonly display_name: string
  readonly locale: 'ja' | 'en' | null
}

/** An account that nobody had become somebody's. */
export async function updateClaimed(trx: EngineTrx, accountId: string, columns: NameColumns): Promise<void> {
  await trx.query
    .updateTable('account')
    .set({ ...columns, status: 'active', email_verified_at: sql`case when email is not null then now() end`, updated_at: sql`now()` })
    .where('id', '=', accountId)
    .execute()
}

export async function updateProfileColumns(trx: EngineTrx, accountId: string, columns: NameColumns & { readonly zoneinfo: string }): Promise<void> {
  await trx.query.updateTable('account').set({ ...columns, updated_at: sql`now()` }).where('id', '=', accountId).execute()
}

export interface ProfileRow {
  readonly id: string
  readonly email: string | null
  readonly email_verified_at: Date | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly family_name_kana: string | null
  readonly given_name_kana: string | null
  readonly display_name: string
  readonly locale: string | null
  readonly zoneinfo: string
  readonly status: string
  readonly delete_after: Date | null
  readonly created_at: Date
  readonly password_changed_at: Date | null
}

/** Everything that the account's own pages and its export show about it. */
export async function findProfile(db: Engine, accountId: string): Promise<ProfileRow | undefined> {
  return db
    .selectFrom('account')
    .leftJoin('factor_password', 'factor_password.account_id', 'account.id')
    .select(['account.id', 'account.email', 'account.email_verified_at', 'account.family_name', 'account.given_name'])
    .select(['account.family_name_kana', 'account.given_name_kana', 'account.display_name', 'account.locale', 'account.zoneinfo'])
    .select(['account.status', 'account.delete_after', 'account.created_at', 'factor_password.changed_at as password_changed_at'])
    .where('account.id', '=', accountId)
    .executeTakeFirst()
}

/** Sets the day of erasure; throws where one stands already. */
export async function updateDeleteAfter(trx: EngineTrx, accountId: string, graceSeconds: number): Promise<Date> {
  const row = await trx.query
    .updateTable('account')
    .set({ delete_after: sql<Date>`now() + make_interval(secs => ${graceSeconds}::int)`, updated_at: sql`now()` })
    .where('id', '=', accountId)
    .where('delete_after', 'is', null)
    .returning(sql<Date>`delete_after`.as('day'))
    .executeTakeFirstOrThrow()
  return row.day
}

/** Takes the day of erasure back; false where none was set. */
export async function updateKept(trx: EngineTrx, accountId: string): Promise<boolean> {
  const result = await trx.query
    .updateTable('account')
    .set({ delete_after: null, updated_at: sql`now()` })
    .where('id', '=', accountId)
    .where('delete_after', 'is not', null)
    .where('status', '<>', 'erased')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Puts the erasure off. */
export async function updatePostponed(trx: EngineTrx, accountId: string, seconds: number): Promise<void> {
  await trx.query.updateTable('account').set({ delete_after: sql`now() + make_interval(secs => ${seconds}::int)` }).where('id', '=', accountId).execute()
}

/** Accounts whose day has come, and erased ones whose memberships may not all have ended yet. */
export async function listDueAccounts(db: Engine, limit: number): Promise<readonly { readonly id: string; readonly status: string }[]> {
  return db
    .selectFrom('account')
    .select(['id', 'status'])
    .where('delete_after', '<=', sql<Date>`now()`)
    // What an operator has suspended stays as it is: it may be the evidence of somebody else's wish.
    .where('status', 'in', ['pending', 'active', 'erased'])
    .orderBy('delete_after')
    .limit(limit)
    .execute()
}

/** The account, if its day has come and nobody else is erasing it or changing their mind. */
export async function lockDueAccount(trx: EngineTrx, accountId: string): Promise<{ readonly email: string | null } | undefined> {
  return trx.query
    .selectFrom('account')
    .select('email')
    .where('id', '=', accountId)
    .where('delete_after', '<=', sql<Date>`now()`)
    .where('status', 'in', ['pending', 'active'])
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
}

/** Removes all that says who it was. The day stays until the memberships have ended too. */
export async function updateErased(trx: EngineTrx, accountId: string): Promise<void> {
  const nothing = { email: null, email_verified_at: null, family_name: null, given_name: null, family_name_kana: null, given_name_kana: null, locale: null }
  await trx.query
    .updateTable('account')
    .set({ ...nothing, display_name: '', zoneinfo: sql`default`, status: 'erased', updated_at: sql`now()` })
    .where('id', '=', accountId)
    .execute()
  await trx.query.deleteFrom('factor_password').where('account_id', '=', accountId).execute()
}

/** Nothing of an erased account is left to be done. */
export async function updateErasureDone(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.updateTable('account').set({ delete_after: null }).where('id', '=', accountId).where('status', '=', 'erased').execute()
}
