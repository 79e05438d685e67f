/**
 * All SQL of invitations. Invariants: an invitation is accepted, declined or revoked by one conditional update, which decides every
 * race; expiry is judged by the database's clock. Locks are taken in one order, tenant, membership, invitation, account, so that
 * no two transactions wait for each other.
 */
import { sql, type Kysely } from 'kysely'
import type { EngineTrx, TenantTrx } from '../base/db.ts'
import type { DB } from '../base/schema.ts'
import type { InvitationFacts } from './invitation.ts'

type Engine = Kysely<DB>

export interface InvitationKey {
  readonly tenantId: string
  readonly membershipId: string
}

const isExpired = sql<boolean>`invitation.expires_at <= now()`
const isOpen = sql<boolean>`invitation.accepted_at is null and invitation.declined_at is null and invitation.revoked_at is null`

export interface InvitationRow extends InvitationFacts {
  readonly tenant_id: string
  readonly tenant_name: string
  readonly membership_id: string
  readonly account_id: string
  readonly account_status: string
  readonly email: string | null
  readonly display_name: string
  readonly inviter_name: string | null
  readonly role: string
  /** Names, the primary one first. */
  readonly units: string[]
  readonly generation: number
  readonly invited_by: string | null
  readonly expires_at: Date
  readonly client_id: string | null
  readonly locale: string
}

function invitations(db: Engine) {
  return db
    .selectFrom('invitation')
    .innerJoin('membership', (join) => join.onRef('membership.tenant_id', '=', 'invitation.tenant_id').onRef('membership.id', '=', 'invitation.membership_id'))
    .innerJoin('tenant', 'tenant.id', 'invitation.tenant_id')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['invitation.tenant_id', 'tenant.name as tenant_name', 'tenant.status as tenant_status', 'invitation.membership_id', 'membership.status as membership_status'])
    .select(['membership.account_id', 'account.status as account_status', 'account.email', 'account.display_name', 'role.name as role'])
    .select(['invitation.accepted_at', 'invitation.declined_at', 'invitation.revoked_at', 'invitation.generation', 'invitation.invited_by'])
    .select(['invitation.expires_at', 'invitation.client_id', 'invitation.locale', isExpired.as('is_expired')])
    .select(sql<string | null>`(select a.display_name from membership m join account a on a.id = m.account_id
      where m.tenant_id = invitation.tenant_id and m.id = invitation.invited_by)`.as('inviter_name'))
    .select(sql<string[]>`array(select unit.name from membership_unit mu join unit on unit.tenant_id = mu.tenant_id and unit.id = mu.unit_id
      where mu.tenant_id = membership.tenant_id and mu.membership_id = membership.id order by mu.is_primary desc, unit.code)`.as('units'))
}

/** What the link leads to; undefined for a link that was replaced or never was. */
export async function findInvitationByHash(db: Engine, tokenHash: string): Promise<InvitationRow | undefined> {
  return invitations(db).where('invitation.token_hash', '=', tokenHash).executeTakeFirst()
}

/** The same by membership, for the mail job, which has only that. */
export async function findInvitationOf(db: Engine, key: InvitationKey): Promise<InvitationRow | undefined> {
  return invitations(db).where('invitation.tenant_id', '=', key.tenantId).where('invitation.membership_id', '=', key.membershipId).executeTakeFirst()
}

export interface InvitationListRow extends InvitationFacts {
  readonly membership_id: string
  readonly email: string | null
  readonly display_name: string
  readonly role: string
  readonly unit_codes: string[]
  readonly employee_number: string | null
  readonly invited_by: string | null
  readonly sent_at: Date | null
  readonly sent_count: number
  readonly expires_at: Date
}

export async function findListedInvitation(trx: TenantTrx, membershipId: string): Promise<InvitationListRow | undefined> {
  return listed(trx).where('invitation.membership_id', '=', membershipId).executeTakeFirst()
}

function listed(trx: TenantTrx) {
  return trx.query
    .selectFrom('invitation')
    .innerJoin('membership', (join) => join.onRef('membership.tenant_id', '=', 'invitation.tenant_id').onRef('membership.id', '=', 'invitation.membership_id'))
    .innerJoin('tenant', 'tenant.id', 'invitation.tenant_id')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['invitation.membership_id', 'account.email', 'account.display_name', 'role.name as role', 'membership.employee_number', 'membership.status as membership_status'])
    .select(['tenant.status as tenant_status', 'invitation.accepted_at', 'invitation.declined_at', 'invitation.revoked_at', isExpired.as('is_expired')])
    .select(['invitation.invited_by', 'invitation.sent_at', 'invitation.sent_count', 'invitation.expires_at'])
    .select(sql<string[]>`array(select unit.code from membership_unit mu join unit on unit.tenant_id = mu.tenant_id and unit.id = mu.unit_id
      where mu.tenant_id = membership.tenant_id and mu.membership_id = membership.id order by mu.is_primary desc, unit.code)`.as('unit_codes'))
    .where('invitation.tenant_id', '=', trx.tenantId)
}

/** Days for which a link of the tenant counts. */
export async function findLifetime(trx: EngineTrx, tenantId: string): Promise<number> {
  const row = await trx.query.selectFrom('tenant').select('invitation_lifetime_days').where('id', '=', tenantId).executeTakeFirstOrThrow()
  return row.invitation_lifetime_days
}

export interface InvitedMembership {
  readonly id: string
  readonly account_id: string
  readonly status: string
  readonly permissions: string[]
  readonly uses_seat: boolean
}

function memberships(trx: EngineTrx, tenantId: string) {
  return trx.query
    .selectFrom('membership')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.account_id', 'membership.status', 'role.permissions', 'role.uses_seat'])
    .where('membership.tenant_id', '=', tenantId)
}

/** Kept so until the transaction ends; read once it is held, so that a role given meanwhile is seen. */
export async function lockInvited(trx: EngineTrx, { tenantId, membershipId }: InvitationKey): Promise<InvitedMembership | undefined> {
  await trx.query.selectFrom('membership').select('id').where('tenant_id', '=', tenantId).where('id', '=', membershipId).forNoKeyUpdate().execute()
  return memberships(trx, tenantId).where('membership.id', '=', membershipId).executeTakeFirst()
}

/** The same by account. */
export async function lockMembershipOf(trx: EngineTrx, tenantId: string, accountId: string): Promise<InvitedMembership | undefined> {
  await trx.query.selectFrom('membership').select('id').where('tenant_id', '=', tenantId).where('account_id', '=', accountId).forNoKeyUpdate().execute()
  return memberships(trx, tenantId).where('membership.account_id', '=', accountId).executeTakeFirst()
}

export interface InvitableRole {
  readonly id: string
  readonly permissions: string[]
  readonly uses_seat: boolean
}

export async function findInvitableRole(trx: EngineTrx, tenantId: string, name: string): Promise<InvitableRole | undefined> {
  return trx.query.selectFrom('role').select(['id', 'permissions', 'uses_seat']).where('tenant_id', '=', tenantId).where('name', '=', name).executeTakeFirst()
}

/** Whether the tenant's people may be led to this app: one of the platform's, or the tenant's own. */
export async function isAppOf(trx: EngineTrx, tenantId: string, clientId: string): Promise<boolean> {
  const row = await trx.query
    .selectFrom('client')
    .select('id')
    .where('id', '=', clientId)
    .where(sql<boolean>`(tenant_id is null or tenant_id = ${tenantId}::uuid)`)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether somebody else in the tenant has the number. */
export async function isNumberTaken(trx: EngineTrx, tenantId: string, number: { readonly number: string; readonly accountId: string | null }): Promise<boolean> {
  const row = await trx.query
    .selectFrom('membership')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('employee_number', '=', number.number)
    .where(sql<boolean>`account_id is distinct from ${number.accountId}::text`)
    .executeTakeFirst()
  return row !== undefined
}

export interface InvitedColumns {
  readonly role_id: string
  readonly invited_by: string | null
  readonly employee_number: string | null
  readonly title: string | null
  readonly valid_from: Date | null
  readonly valid_until: Date | null
}

export async function insertInvited(trx: EngineTrx, membership: InvitationKey & { readonly accountId: string; readonly source: string }, columns: InvitedColumns): Promise<void> {
  await trx.query
    .insertInto('membership')
    .values({ ...columns, tenant_id: membership.tenantId, id: membership.membershipId, account_id: membership.accountId, source: membership.source, status: 'invited', invited_at: sql`now()` })
    .execute()
}

/** An ended membership becomes an invited one, with the same id; its staff number stays unless another is given. */
export async function updateRevived(trx: EngineTrx, { tenantId, membershipId }: InvitationKey, columns: InvitedColumns): Promise<void> {
  const { employee_number: number, ...rest } = columns
  await trx.query
    .updateTable('membership')
    .set({ ...rest, ...(number === null ? {} : { employee_number: number }), status: 'invited', invited_at: sql`now()`, joined_at: null, ended_at: null, expiry_told_at: null, updated_at: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', membershipId)
    .where('status', '=', 'ended')
    .execute()
  await trx.query.deleteFrom('membership_unit').where('tenant_id', '=', tenantId).where('membership_id', '=', membershipId).execute()
}

/** From invited to what accepting or turning down leads to; the caller holds its lock. */
export async function updateInvited(trx: EngineTrx, { tenantId, membershipId }: InvitationKey, status: 'active' | 'ended'): Promise<void> {
  const moment = status === 'active' ? { joined_at: sql<Date>`now()` } : { ended_at: sql<Date>`now()` }
  await trx.query
    .updateTable('membership')
    .set({ status, ...moment, updated_at: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', membershipId)
    .where('status', '=', 'invited')
    .execute()
}

export async function findGeneration(trx: EngineTrx, { tenantId, membershipId }: InvitationKey): Promise<number | undefined> {
  const row = await trx.query.selectFrom('invitation').select('generation').where('tenant_id', '=', tenantId).where('membership_id', '=', membershipId).executeTakeFirst()
  return row?.generation
}

export interface NewInvitation extends InvitationKey {
  readonly generation: number
  readonly tokenHash: string
  readonly lifetimeDays: number
  readonly isMailed: boolean
  readonly invitedBy: string | null
  readonly clientId: string | null
  readonly locale: 'ja' | 'en'
}

/** A new invitation, or the row of the one before renewed; returns when it expires. */
export async function insertInvitation(trx: EngineTrx, invitation: NewInvitation): Promise<Date> {
  const { generation, tokenHash, lifetimeDays, isMailed, invitedBy, clientId, locale } = invitation
  const renewed = {
    generation, token_hash: tokenHash, expires_at: sql<Date>`now() + make_interval(days => ${lifetimeDays}::int)`, sent_at: isMailed ? sql<Date>`now()` : null,
    sent_count: isMailed ? 1 : 0, accepted_at: null, declined_at: null, revoked_at: null, invited_by: invitedBy, client_id: clientId, locale,
  }
  const row = await trx.query
    .insertInto('invitation')
    .values({ ...renewed, tenant_id: invitation.tenantId, membership_id: invitation.membershipId })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'membership_id']).doUpdateSet(renewed))
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return row.expires_at
}

export interface Renewal extends InvitationKey {
  /** The one that is replaced. */
  readonly generation: number
  readonly tokenHash: string
  readonly lifetimeDays: number
  readonly isMailed: boolean
}

/** A new link in place of the one of this generation; when it expires, or undefined where that one is over or replaced. */
export async function updateRenewed(trx: EngineTrx, { tenantId, membershipId, generation, tokenHash, lifetimeDays, isMailed }: Renewal): Promise<Date | undefined> {
  const sent = isMailed ? { sent_at: sql<Date>`now()`, sent_count: sql<number>`sent_count + 1` } : {}
  const row = await trx.query
    .updateTable('invitation')
    .set({ generation: generation + 1, token_hash: tokenHash, expires_at: sql`now() + make_interval(days => ${lifetimeDays}::int)`, ...sent })
    .where('tenant_id', '=', tenantId)
    .where('membership_id', '=', membershipId)
    .where('generation', '=', generation)
    .where(isOpen)
    .returning('expires_at')
    .executeTakeFirst()
  return row?.expires_at
}

/** Uses the link up, for one and never for a second; false where it is over, too old or replaced. */
export async function updateAnswered(trx: EngineTrx, { tenantId, tokenHash }: { readonly tenantId: string; readonly tokenHash: string }, answer: 'accepted_at' | 'declined_at'): Promise<boolean> {
  const result = await trx.query
    .updateTable('invitation')
    .set({ [answer]: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', tokenHash)
    .where(isOpen)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** False where it is over already; one that has expired is revoked too, so that it is not renewed by a slip. */
export async function updateRevoked(trx: EngineTrx, { tenantId, membershipId }: InvitationKey): Promise<boolean> {
  const result = await trx.query
    .updateTable('invitation')
    .set({ revoked_at: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('membership_id', '=', membershipId)
    .where(isOpen)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}
