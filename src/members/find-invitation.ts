/** What the page behind an invitation's link shows before anybody presses its button. Reads only: mail scanners follow links. */
import type { Databases } from '../base/db.ts'
import { parseTenantId, type TenantId } from '../base/ids.ts'
import { invitationHash, stateOfInvitation, type InvitationState } from './invitation.ts'
import { findInvitationByHash } from './invitation-queries.ts'

export interface InvitationView {
  readonly state: InvitationState
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly membershipId: string
  readonly accountId: string
  /** pending: nobody has become it yet, so whoever holds the link does. */
  readonly accountStatus: string
  readonly email: string | null
  readonly displayName: string
  /** Null for an operator of the platform, and for somebody who is gone. */
  readonly inviterName: string | null
  readonly role: string
  /** Names, the primary one first. */
  readonly units: readonly string[]
  readonly expiresAt: Date
  readonly clientId: string | null
  readonly locale: 'ja' | 'en'
}

/** Null for a link that was replaced by a newer one or never was. */
export async function findInvitation(deps: { readonly databases: Databases }, token: string): Promise<InvitationView | null> {
  const row = await findInvitationByHash(deps.databases.engine, invitationHash(token))
  if (row === undefined) return null
  return {
    state: stateOfInvitation(row),
    tenantId: parseTenantId(row.tenant_id),
    tenantName: row.tenant_name,
    membershipId: row.membership_id,
    accountId: row.account_id,
    accountStatus: row.account_status,
    email: row.email,
    displayName: row.display_name,
    inviterName: row.inviter_name,
    role: row.role,
    units: row.units,
    expiresAt: row.expires_at,
    clientId: row.client_id,
    locale: row.locale === 'en' ? 'en' : 'ja',
  }
}
