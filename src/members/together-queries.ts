/**
 * SQL by which many are invited together: what a hundred people need is one statement. Invariant: the caller holds the tenant
 * (`lockSeats`), and whatever somebody else was faster with undoes all of it, so that each is then judged alone.
 */
import { sql } from 'kysely'
import type { EngineTrx } from '../base/db.ts'

export interface NamedRole {
  readonly id: string
  readonly name: string
  readonly permissions: string[]
  readonly uses_seat: boolean
}

export async function listRolesNamed(trx: EngineTrx, tenantId: string, names: readonly string[]): Promise<readonly NamedRole[]> {
  return trx.query.selectFrom('role').select(['id', 'name', 'permissions', 'uses_seat']).where('tenant_id', '=', tenantId).where('name', 'in', names).execute()
}

export interface KnownAccount {
  readonly id: string
  readonly email: string
  /** Whether the tenant knows them already, in whatever state. */
  readonly is_here: boolean
}

export async function listAccountsOf(trx: EngineTrx, tenantId: string, emails: readonly string[]): Promise<readonly KnownAccount[]> {
  const found = await sql<KnownAccount>`
    select a.id, a.email, exists (select from membership m where m.tenant_id = ${tenantId}::uuid and m.account_id = a.id) as is_here
    from account a where a.email = any (${[...emails]}::text[])`.execute(trx.query)
  return found.rows
}

/** Of these staff numbers those that somebody in the tenant has. */
export async function listTakenNumbers(trx: EngineTrx, tenantId: string, numbers: readonly string[]): Promise<readonly string[]> {
  const found = await sql<{ number: string }>`
    select employee_number as number from membership where tenant_id = ${tenantId}::uuid and employee_number = any (${[...numbers]}::text[])`.execute(trx.query)
  return found.rows.map(({ number }) => number)
}

export interface TogetherRow {
  readonly id: string
  readonly account_id: string
  readonly role_id: string
  readonly employee_number: string | null
  readonly title: string | null
  readonly valid_from: Date | null
  readonly valid_until: Date | null
  /** The primary one first. */
  readonly unit_ids: readonly string[]
  readonly token_hash: string
  readonly is_mailed: boolean
  readonly client_id: string | null
  readonly locale: 'ja' | 'en'
}

export interface Common {
  readonly tenantId: string
  readonly source: string
  readonly invitedBy: string | null
  readonly lifetimeDays: number
}

/** Memberships, their units and their first invitations. */
export async function insertTogether(trx: EngineTrx, rows: readonly TogetherRow[], { tenantId, source, invitedBy, lifetimeDays }: Common): Promise<void> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, account_id text, role_id uuid, employee_number text, title text, valid_from timestamptz,
    valid_until timestamptz, unit_ids uuid[], token_hash text, is_mailed boolean, client_id text, locale text)`
  await sql`insert into membership (tenant_id, id, account_id, role_id, status, invited_by, invited_at, employee_number, title, valid_from, valid_until, source)
    select ${tenantId}::uuid, id, account_id, role_id, 'invited', ${invitedBy}::uuid, now(), employee_number, title, valid_from, valid_until, ${source} from ${given}`.execute(trx.query)
  await sql`insert into membership_unit (tenant_id, membership_id, unit_id, is_primary)
    select ${tenantId}::uuid, r.id, u.id, u.place = 1 from ${given} cross join lateral unnest(r.unit_ids) with ordinality as u (id, place)`.execute(trx.query)
  await sql`insert into invitation (tenant_id, membership_id, generation, token_hash, expires_at, sent_at, sent_count, invited_by, client_id, locale)
    select ${tenantId}::uuid, id, 1, token_hash, now() + make_interval(days => ${lifetimeDays}::int), case when is_mailed then now() end, is_mailed::int, ${invitedBy}::uuid, client_id, locale
    from ${given}`.execute(trx.query)
}

const integrityViolation = /^23/

/** Does the work, or nothing of it where it met something that has come or gone since it was asked about. */
export async function unlessRaced(trx: EngineTrx, work: () => Promise<void>): Promise<boolean> {
  await sql`savepoint before_many`.execute(trx.query)
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && integrityViolation.test(error.code))) throw error
    await sql`rollback to savepoint before_many`.execute(trx.query)
    return false
  }
}
