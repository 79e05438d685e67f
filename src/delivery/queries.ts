/** All SQL of delivery: reading, when a thing is sent, what the job only named by id. */
import { sql, type Kysely } from 'kysely'
import type { DB, Json } from '../base/schema.ts'

export interface Recipient {
  readonly id: string
  readonly email: string | null
  readonly display_name: string
  readonly locale: string | null
  readonly zoneinfo: string
  readonly status: string
}

const recipient = ['id', 'email', 'display_name', 'locale', 'zoneinfo', 'status'] as const

/** Undefined when there is no such account. */
export function findRecipient(db: Kysely<DB>, accountId: string): Promise<Recipient | undefined> {
  return db.selectFrom('account').select(recipient).where('id', '=', accountId).executeTakeFirst()
}

/** Whose address this is; in the one spelling that accounts and links are stored with. */
export function findOwnerOfAddress(db: Kysely<DB>, email: string): Promise<Recipient | undefined> {
  return db.selectFrom('account').select(recipient).where('email', '=', email).executeTakeFirst()
}

/** A member of the tenant who may act for it now; undefined when they have left or are suspended. */
export function findMemberRecipient(db: Kysely<DB>, { tenantId, membershipId }: { readonly tenantId: string; readonly membershipId: string }): Promise<Recipient | undefined> {
  return db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['account.id', 'account.email', 'account.display_name', 'account.locale', 'account.zoneinfo', 'account.status'])
    .where('membership.tenant_id', '=', tenantId)
    .where('membership.id', '=', membershipId)
    .where('membership.status', '=', 'active')
    .where('account.status', '=', 'active')
    .executeTakeFirst()
}

export interface EventPlace {
  readonly id: string
  /** To the millisecond, which is as much as a job's payload carries. */
  readonly occurredAt: Date
}

export interface MailedEvent {
  readonly type: string
  readonly occurred_at: Date
  readonly actor: string | null
  readonly subject: string | null
  readonly tenant_id: string | null
  readonly reason: string | null
  readonly after: Json | null
  readonly ip: string | null
  readonly user_agent: string | null
}

/** An event with the account, the link or the membership that it is about. */
export type MailEvent = MailedEvent & {
  readonly id: string
  readonly subject: string
  /** The account that is written to, where the event lists several. */
  readonly reader: string | null
}

/** An event with where it came from; undefined when its month has been put away. */
export function findEvent(db: Kysely<DB>, { id, occurredAt }: EventPlace): Promise<MailedEvent | undefined> {
  return db
    .selectFrom('event')
    .select(['type', 'occurred_at', 'actor', 'subject', 'tenant_id', 'reason', 'after', 'ip', 'user_agent'])
    .where('id', '=', id)
    // The log is kept by month: the moment says in which one to look.
    .where(sql<boolean>`occurred_at between ${occurredAt}::timestamptz - interval '1 second' and ${occurredAt}::timestamptz + interval '1 second'`)
    .executeTakeFirst()
}

/** The names of a list of people and of its tenant, as the mail about it says them. */
export function findImportNames(db: Kysely<DB>, { tenantId, importId }: { readonly tenantId: string; readonly importId: string }): Promise<{ readonly list: string; readonly tenant: string } | undefined> {
  return db
    .selectFrom('member_import').innerJoin('tenant', 'tenant.id', 'member_import.tenant_id').select(['member_import.name as list', 'tenant.name as tenant'])
    .where('member_import.tenant_id', '=', tenantId).where('member_import.id', '=', importId).executeTakeFirst()
}

/** Whether the account had been locked before in the same hour of the clock. */
export async function findEarlierLock(db: Kysely<DB>, accountId: string, event: EventPlace): Promise<boolean> {
  const earlier = await db
    .selectFrom('event')
    .select('id')
    .where('subject', '=', accountId)
    .where('type', '=', 'account.locked')
    .where(sql<boolean>`occurred_at between date_trunc('hour', ${event.occurredAt}::timestamptz, 'UTC') and ${event.occurredAt}::timestamptz + interval '1 second'`)
    // Ids of one moment are in order as well (RFC 9562 §5.7).
    .where('id', '<', event.id)
    .limit(1)
    .executeTakeFirst()
  return earlier !== undefined
}

/** Whether the invited person had asked for a new invitation before, in the 24 hours up to this event. */
export async function hasAskedBefore(db: Kysely<DB>, membershipId: string, event: EventPlace): Promise<boolean> {
  const earlier = await db
    .selectFrom('event')
    .select('id')
    .where('subject', '=', membershipId)
    .where('type', '=', 'invitation.refused')
    .where('reason', '=', 'expired_asked_again')
    .where(sql<boolean>`occurred_at between ${event.occurredAt}::timestamptz - interval '24 hours' and ${event.occurredAt}::timestamptz + interval '1 second'`)
    .where('id', '<', event.id)
    .limit(1)
    .executeTakeFirst()
  return earlier !== undefined
}

/** The newest unlock link that was made for the account since then, used or not. */
export async function findUnlockLinkSince(db: Kysely<DB>, accountId: string, since: Date): Promise<string | undefined> {
  const row = await db
    .selectFrom('account_link')
    .select('id')
    .where('account_id', '=', accountId)
    .where('purpose', '=', 'unlock')
    .where('created_at', '>=', since)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

/** An app's metadata as registered; undefined when the app is gone. A suspended app is still told that its sessions ended. */
export async function findClientMetadata(db: Kysely<DB>, clientId: string): Promise<Json | undefined> {
  const row = await db.selectFrom('client').select('metadata').where('id', '=', clientId).executeTakeFirst()
  return row?.metadata
}
