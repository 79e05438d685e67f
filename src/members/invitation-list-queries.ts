/**
 * SQL of lists of invitations and of how far those of each inviter have come. Reads only.
 * Invariant: of an invitee the tenant sees what it invited them by; the states are those of invitation.ts, said once more for the database.
 */
import { sql, type RawBuilder } from 'kysely'
import type { TenantTrx } from '../base/db.ts'
import type { InvitationState } from './invitation.ts'
import type { ListCursor } from './member-list.ts'

// The tenant's own state is one for all, so it is read once and not for each invitation.
const stateIn = ({ tenantId }: TenantTrx) => sql<InvitationState>`case when i.revoked_at is not null then 'revoked' when i.declined_at is not null then 'declined'
  when m.status = 'ended' then 'membership_ended' when i.accepted_at is not null or m.status <> 'invited' then 'accepted'
  when (select t.status from tenant t where t.id = ${tenantId}::uuid) <> 'active' then 'tenant_suspended' when i.expires_at <= now() then 'expired' else 'open' end`

/** What is absent does not narrow. */
export interface InvitationFilter {
  readonly state?: readonly InvitationState[] | undefined
  /** Part of an address, a name or a staff number. */
  readonly search?: string | undefined
  /** The membership that invited. */
  readonly invitedBy?: string | undefined
  readonly wave?: { readonly importId: string; readonly number: number } | undefined
}

export interface InvitationItem {
  readonly membership_id: string
  readonly state: InvitationState
  readonly shown_name: string
  readonly email: string | null
  readonly employee_number: string | null
  readonly role: string
  readonly unit_names: string[]
  readonly invited_by: string | null
  /** Null for an operator of the platform, and for somebody who is gone. */
  readonly inviter_name: string | null
  readonly invited_at: Date | null
  readonly sent_at: Date | null
  readonly sent_count: number
  readonly expires_at: Date
  readonly accepted_at: Date | null
}

export interface InvitationPage {
  readonly rows: readonly InvitationItem[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/** The newest first: ids of memberships rise with time. */
export async function listInvitationPage(trx: TenantTrx, { filter, cursor, limit }: { readonly filter: InvitationFilter; readonly cursor: ListCursor; readonly limit: number }): Promise<InvitationPage> {
  const isBackwards = cursor !== null && 'before' in cursor
  const beyond = cursor === null ? sql`true` : 'before' in cursor ? sql`i.membership_id > ${cursor.before}::uuid` : sql`i.membership_id < ${cursor.after}::uuid`
  const found = await sql<InvitationItem>`
    select i.membership_id, ${stateIn(trx)} as state, m.shown_name, a.email, m.employee_number, r.name as role, i.invited_by, inviter.shown_name as inviter_name,
      m.invited_at, i.sent_at, i.sent_count, i.expires_at, i.accepted_at,
      array(select u.name from membership_unit mu join unit u on u.tenant_id = mu.tenant_id and u.id = mu.unit_id
        where mu.tenant_id = m.tenant_id and mu.membership_id = m.id order by mu.is_primary desc, u.code) as unit_names
    from invitation i
    join membership m on m.tenant_id = i.tenant_id and m.id = i.membership_id
    join role r on r.tenant_id = m.tenant_id and r.id = m.role_id
    join account a on a.id = m.account_id
    left join membership inviter on inviter.tenant_id = i.tenant_id and inviter.id = i.invited_by
    where ${narrowed(trx, filter)} and ${beyond}
    order by i.membership_id ${isBackwards ? sql`asc` : sql`desc`} limit ${limit + 1}::int`.execute(trx.query)
  const shown = found.rows.slice(0, limit)
  const hasMore = found.rows.length > limit
  if (isBackwards) shown.reverse()
  return { rows: shown, hasNext: isBackwards || hasMore, hasPrevious: isBackwards ? hasMore : cursor !== null }
}

export async function countInvitations(trx: TenantTrx, filter: InvitationFilter): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*) as count from invitation i join membership m on m.tenant_id = i.tenant_id and m.id = i.membership_id where ${narrowed(trx, filter)}`.execute(trx.query)
  return found.rows[0]?.count ?? 0
}

function narrowed(trx: TenantTrx, { state = [], search = '', invitedBy, wave }: InvitationFilter): RawBuilder<unknown> {
  const conditions = [
    sql`i.tenant_id = ${trx.tenantId}::uuid`,
    state.length === 0 ? null : sql`${stateIn(trx)} = any (${[...state]}::text[])`,
    search.trim() === '' ? null : sql`position(search_form(${search}::text) in m.search_text) > 0`,
    invitedBy === undefined ? null : sql`i.invited_by::text = ${invitedBy}`,
    wave === undefined ? null : sql`exists (select from import_row w where w.tenant_id = i.tenant_id and w.membership_id = i.membership_id and w.import_id::text = ${wave.importId} and w.wave = ${wave.number}::int)`,
  ]
  return sql.join(conditions.filter((condition) => condition !== null), sql` and `)
}

export interface FunnelRow {
  /** Null for operators of the platform and for people who are gone. */
  readonly invited_by: string | null
  readonly inviter_name: string | null
  readonly invited: number
  /** By mail, at least once. */
  readonly sent: number
  readonly open: number
  readonly accepted: number
  readonly declined: number
  readonly expired: number
  readonly revoked: number
  /** Half of those who accepted did so within this time; null where nobody has. */
  readonly median_seconds_to_accept: number | null
}

/** How far the invitations of each inviter have come, who invited most first. */
export async function listInvitationFunnel(trx: TenantTrx): Promise<readonly FunnelRow[]> {
  const found = await sql<FunnelRow>`
    with stated as (
      select i.invited_by, i.sent_count, ${stateIn(trx)} as state, i.accepted_at is not null as was_accepted, extract(epoch from i.accepted_at - coalesce(m.invited_at, i.created_at)) as seconds
      from invitation i join membership m on m.tenant_id = i.tenant_id and m.id = i.membership_id where i.tenant_id = ${trx.tenantId}::uuid)
    select s.invited_by, inviter.shown_name as inviter_name, count(*) as invited, count(*) filter (where s.sent_count > 0) as sent,
      count(*) filter (where s.state in ('open', 'tenant_suspended')) as open, count(*) filter (where s.was_accepted) as accepted, count(*) filter (where s.state = 'declined') as declined,
      count(*) filter (where s.state = 'expired') as expired, count(*) filter (where s.state = 'revoked') as revoked,
      round(percentile_cont(0.5) within group (order by s.seconds) filter (where s.was_accepted))::int as median_seconds_to_accept
    from stated s left join membership inviter on inviter.tenant_id = ${trx.tenantId}::uuid and inviter.id = s.invited_by
    group by s.invited_by, inviter.shown_name order by count(*) desc, inviter.shown_name`.execute(trx.query)
  return found.rows
}
