/**
 * Owns tickets: sealed notes of the server to itself that a page carries in a hidden field while nothing is stored yet.
 * Invariants: a ticket opens only for the purpose and the account it was made for; it ends by the database's clock and
 * counts once, both decided by the one statement of `spendTicket`.
 */
import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import { CannotOpen, sha256, type MasterKey } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
import { insertSpentChallenge } from './queries.ts'

export type TicketPurpose = 'totp enrolment' | 'passkey registration' | 'passkey sign-in' | 'passkey second factor'

export interface TicketHolder {
  readonly purpose: TicketPurpose
  /** Null where nobody is known yet. */
  readonly accountId: string | null
}

export interface Ticket {
  /** Unguessable; spent by its hash. */
  readonly id: string
  readonly expiresAt: Date
  readonly content: unknown
}

interface TicketDeps {
  readonly masterKey: MasterKey
  readonly clock: Clock
}

const shape = z.object({ id: z.string(), exp: z.number(), content: z.unknown() })

/** A ticket that lives for `lifetimeSeconds`. */
export function sealTicket(deps: TicketDeps, holder: TicketHolder, { id, lifetimeSeconds, content }: { id: string; lifetimeSeconds: number; content: unknown }): string {
  const exp = deps.clock.now().getTime() + lifetimeSeconds * 1000
  return deps.masterKey.seal(JSON.stringify({ id, exp, content }), boundTo(holder))
}

/** Null for what is no ticket of this holder, and for one whose time is over already. */
export function openTicket(deps: TicketDeps, holder: TicketHolder, ticket: string): Ticket | null {
  try {
    const { id, exp, content } = shape.parse(JSON.parse(deps.masterKey.open(ticket, boundTo(holder)).toString('utf8')))
    return exp > deps.clock.now().getTime() ? { id, expiresAt: new Date(exp), content } : null
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}

/** True for exactly one caller, and only before the ticket's end. */
export function spendTicket(trx: EngineTrx, ticket: Ticket): Promise<boolean> {
  return insertSpentChallenge(trx, { hash: sha256(ticket.id), expires_at: ticket.expiresAt })
}

function boundTo({ purpose, accountId }: TicketHolder): string {
  return `ticket ${purpose} ${accountId ?? ''}`
}
