/**
 * Who started a wave, kept so that their rights can be asked again each time somebody is invited in their name.
 * Invariant: whoever has lost the right to invite invites nobody from that moment on, also by what they started before.
 */
import type { Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'
import type { Mover } from '../members/membership.ts'
import type { Permission } from '../members/permission.ts'
import { findActingMachine, findActingMember, isOperatorInside, type Acting, type StarterColumns, type WaveRow } from './wave-queries.ts'

/** `clientId` names the machine where the mover is one. */
export function starterOf(mover: Mover, clientId: string | null): StarterColumns {
  if (mover.kind === 'operator') return { starter: mover.accountId === null ? 'command_line' : 'operator', started_by: null, starter_id: mover.accountId }
  if (mover.membershipId === '') return { starter: 'machine', started_by: null, starter_id: clientId }
  return { starter: 'member', started_by: mover.membershipId, starter_id: null }
}

const invites: Permission = 'member:invite'

/** The mover as of this moment, or null once they may not invite in this tenant. */
export async function moverOf(db: Kysely<DB>, tenantId: string, { starter, started_by: membershipId, starter_id: id }: Pick<WaveRow, 'starter' | 'started_by' | 'starter_id'>): Promise<Mover | null> {
  switch (starter) {
    case 'member':
      return membershipId === null ? null : memberWith(await findActingMember(db, { tenantId, membershipId }), membershipId)
    case 'machine':
      return id === null ? null : memberWith(await findActingMachine(db, { tenantId, clientId: id }), '')
    case 'operator':
      return id !== null && (await isOperatorInside(db, { tenantId, accountId: id })) ? { kind: 'operator', accountId: id } : null
    case 'command_line':
      return { kind: 'operator', accountId: null }
    default:
      return null
  }
}

function memberWith(acting: Acting | undefined, membershipId: string): Mover | null {
  if (acting === undefined || !acting.permissions.includes(invites)) return null
  return { kind: 'member', accountId: acting.account_id, membershipId, permissions: acting.permissions }
}
