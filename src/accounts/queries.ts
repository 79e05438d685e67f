/** All SQL of accounts and their passwords. This room alone writes `account` and `factor_password`. */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'

export interface SignInRow {
  readonly id: string
  readonly email: string | null
  readonly display_name: string
  readonly status: string
  readonly phc: string | null
}

/** Where to look: any connection or transaction of the engine. */
type Engine = Kysely<DB>

function signIns(db: Engine) {
  return db
    .selectFrom('account')
    .leftJoin('factor_password', 'factor_password.account_id', 'account.id')
    .select(['account.id', 'account.email', 'account.display_name', 'account.status', 'factor_password.phc'])
}

export async function findSignInByEmail(db: Engine, email: string): Promise<SignInRow | undefined> {
  return signIns(db).where('account.email', '=', email).executeTakeFirst()
}

/**
 * Invited and ended members have no number to sign in with, nor has anybody where the tenant does not want it; whether a suspended one
 * gets a token is the token path's question. A subdomain that the tenant once had still names it.
 */
export async function findSignInByStaffNumber(db: Engine, staff: { number: string; subdomain: string }): Promise<SignInRow | undefined> {
  return signIns(db)
    .innerJoin('membership', 'membership.account_id', 'account.id')
    .innerJoin('tenant', 'tenant.id', 'membership.tenant_id')
    .where('tenant.id', 'in', tenantNamed(staff.subdomain))
    .where('tenant.staff_number_sign_in', '=', true)
    .where('membership.employee_number', '=', staff.number)
    .where('membership.status', 'in', ['active', 'suspended'])
    .executeTakeFirst()
}

function tenantNamed(subdomain: string) {
  return sql<string>`(select id from tenant where subdomain = ${subdomain} union all select tenant_id from former_subdomain where subdomain = ${subdomain})`
}

export async function findSubdomain(db: Engine, tenantId: string): Promise<string | undefined> {
  const row = await db.selectFrom('tenant').select('subdomain').where('id', '=', tenantId).executeTakeFirst()
  return row?.subdomain
}

/** The account as it is now, with the moment at which the transaction began; nobody suspends it before the transaction ends. */
export async function lockSignIn(trx: EngineTrx, accountId: string): Promise<(SignInRow & { readonly now: Date }) | undefined> {
  // Locked first and read then: a statement that had to wait would bring the hash from before a reset with the account from after it.
  await trx.query.selectFrom('account').select('id').where('id', '=', accountId).forShare().execute()
  return signIns(trx.query).select(sql<Date>`now()`.as('now')).where('account.id', '=', accountId).executeTakeFirst()
}

/** The account's state, kept for a change of it until the transaction ends. */
export async function lockStatus(trx: EngineTrx, accountId: string): Promise<string | undefined> {
  const row = await trx.query.selectFrom('account').select('status').where('id', '=', accountId).forNoKeyUpdate().executeTakeFirst()
  return row?.status
}

/** Whether the account has anything to prove itself with: a password, an authenticator app or a passkey. */
export async function hasFactor(trx: EngineTrx, accountId: string): Promise<boolean> {
  const row = await trx.query
    .selectNoFrom((eb) => eb.or([
      eb.exists(eb.selectFrom('factor_password').select('account_id').where('account_id', '=', accountId)),
      eb.exists(eb.selectFrom('factor_totp').select('account_id').where('account_id', '=', accountId)),
      eb.exists(eb.selectFrom('factor_passkey').select('account_id').where('account_id', '=', accountId)),
    ]).as('has_factor'))
    .executeTakeFirstOrThrow()
  return Boolean(row.has_factor)
}

/**
 * Makes everything that was proved until now worthless. By the clock of this very moment: a transaction may have begun before a
 * sign-in that it waited for, and that one must not outlive it.
 */
export async function raiseNotBefore(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.updateTable('account').set({ not_before: sql`clock_timestamp()` }).where('id', '=', accountId).execute()
}

export interface NewAccount {
  readonly id: string
  readonly email: string | null
  readonly email_verified_at: Date | null
  readonly family_name: string | null
  readonly given_name: string | null
  readonly family_name_kana: string | null
  readonly given_name_kana: string | null
  readonly display_name: string
  readonly locale: 'ja' | 'en' | null
  readonly status: string
}

/** False when the id or the address belongs to somebody already. */
export async function insertAccount(trx: EngineTrx, account: NewAccount): Promise<boolean> {
  const result = await trx.query.insertInto('account').values(account).onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** Throws where the id or the address of one of them belongs to somebody already. */
export async function insertPendingAccounts(trx: EngineTrx, accounts: readonly Omit<NewAccount, 'status' | 'email_verified_at'>[]): Promise<void> {
  await sql`insert into account (id, email, family_name, given_name, family_name_kana, given_name_kana, display_name, locale, status)
    select id, email, family_name, given_name, family_name_kana, given_name_kana, display_name, locale, 'pending'
    from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as r (id text, email text, family_name text, given_name text, family_name_kana text, given_name_kana text, display_name text, locale text)`.execute(trx.query)
}

export async function insertPassword(trx: EngineTrx, accountId: string, phc: string): Promise<void> {
  await trx.query.insertInto('factor_password').values({ account_id: accountId, phc }).execute()
}

/** Puts another hash of the same password in place; false when the password was changed meanwhile. */
export async function updateRehashed(trx: EngineTrx, accountId: string, phc: { old: string; new: string }): Promise<boolean> {
  const result = await trx.query
    .updateTable('factor_password')
    .set({ phc: phc.new })
    .where('account_id', '=', accountId)
    .where('phc', '=', phc.old)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function updateStatus(trx: EngineTrx, accountId: string, status: string): Promise<void> {
  await trx.query.updateTable('account').set({ status, updated_at: sql`now()` }).where('id', '=', accountId).execute()
}

export interface AccountListRow {
  readonly id: string
  readonly email: string | null
  readonly display_name: string
  readonly status: string
}

export async function findAccountByEmail(db: Engine, email: string): Promise<AccountListRow | undefined> {
  return db.selectFrom('account').select(['id', 'email', 'display_name', 'status']).where('email', '=', email).executeTakeFirst()
}

export async function findAccountById(db: Engine, id: string): Promise<AccountListRow | undefined> {
  return db.selectFrom('account').select(['id', 'email', 'display_name', 'status']).where('id', '=', id).executeTakeFirst()
}

/** In order of id, after `after`, at most `limit`. */
export async function listAccounts(db: Engine, page: { after: string | null; limit: number }): Promise<readonly AccountListRow[]> {
  return db
    .selectFrom('account')
    .select(['id', 'email', 'display_name', 'status'])
    .$if(page.after !== null, (query) => query.where('id', '>', page.after))
    .orderBy('id')
    .limit(page.limit)
    .execute()
}

/** Removes up to `limit` counters whose time is over; returns how many went. */
export async function deleteExpiredAttempts(db: Engine, limit: number): Promise<number> {
  const over = db.selectFrom('attempt').select('key').where('expire', '<', sql<number>`extract(epoch from now()) * 1000`).limit(limit).forUpdate().skipLocked()
  const result = await db.deleteFrom('attempt').where('key', 'in', over).executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Makes the account an operator of the platform; only the demo does so by itself. */
export async function insertOperator(trx: EngineTrx, accountId: string): Promise<void> {
  await trx.query.insertInto('operator').values({ account_id: accountId }).onConflict((conflict) => conflict.doNothing()).execute()
}

/** Removes those of these accounts that nobody has become and that belong to no tenant; says how many went. */
export async function deletePendingAccounts(trx: EngineTrx, accountIds: readonly string[]): Promise<number> {
  if (accountIds.length === 0) return 0
  const result = await trx.query
    .deleteFrom('account')
    .where(sql<boolean>`id = any (${[...accountIds]}::text[])`)
    .where('status', '=', 'pending')
    .where((where) => where.not(where.exists(where.selectFrom('membership').select('membership.id').whereRef('membership.account_id', '=', 'account.id'))))
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
