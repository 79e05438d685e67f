/**
 * Starts the way back for people who forgot their password: a mail with a link, if there is somebody to write to.
 * Invariants: the answer is the same for every name, and so is the work: each request counts one mail, looks once, and writes
 * one link and one event; a link without an account is a link that nobody gets and that opens nothing.
 * Staff without an address are helped by their administrator (issue-activation.ts).
 */
import type { Databases } from '../base/db.ts'
import { isTenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { isSubdomainLabel, parseIdentifier, type Identifier } from './identifier.ts'
import { countMail, createLink } from './links.ts'
import { findSubdomain } from './queries.ts'
import { findRecoverable } from './self-queries.ts'

export interface RecoveryRequestInput {
  /** As typed: an address, `S-0142@sakura`, or `S-0142`. */
  readonly identifier: string
  /** Subdomain or id of the tenant that the page already knows, for a staff number without one. */
  readonly tenantHint: string | null
  readonly clientId: string | null
  readonly locale: 'ja' | 'en'
  readonly origin: Origin
}

export type RecoveryRequest = { readonly ok: true } | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number }

interface Name {
  readonly email: string | null
  readonly number: string | null
  readonly subdomain: string | null
}

export async function requestRecovery(deps: Pick<AccountDeps, 'databases' | 'masterKey' | 'attempts'>, input: RecoveryRequestInput): Promise<RecoveryRequest> {
  const { clientId, locale, origin } = input
  const name = await nameOf(deps.databases, parseIdentifier(input.identifier), input.tenantHint)
  const found = await findRecoverable(deps.databases.engine, name)
  const subject = found?.id ?? null
  const counted = await countMail(deps.attempts, { subject: countedAs(name, input.identifier), ip: origin.ip }, () =>
    deps.databases.inEngine(async (trx) => {
      const email = found?.email ?? null
      const accountId = email === null ? null : subject
      const { id } = await createLink(trx, deps.masterKey, { purpose: 'password_reset', accountId, email, clientId, locale })
      await record(trx, { type: 'recovery.requested', outcome: 'success', subject, clientId, origin, after: { link_id: accountId === null ? null : id } })
    }),
  )
  if (counted.ok) return { ok: true }
  const { scope, retryAfterSeconds } = counted
  await deps.databases.inEngine((trx) => record(trx, { type: 'recovery.requested', outcome: 'refused', reason: 'too_many_attempts', subject, clientId, origin, after: { scope } }))
  return { ok: false, reason: 'too_many_attempts', retryAfterSeconds }
}

/** Depends on what was typed and on the page, never on whether anybody is called so. */
async function nameOf(databases: Databases, identifier: Identifier, hint: string | null): Promise<Name> {
  if (identifier.kind === 'email') return { email: identifier.email, number: null, subdomain: null }
  if (identifier.kind === 'invalid') return { email: null, number: null, subdomain: null }
  const { number } = identifier
  if (identifier.subdomain !== null || hint === null) return { email: null, number, subdomain: identifier.subdomain }
  const subdomain = isTenantId(hint) ? await findSubdomain(databases.engine, hint) : hint
  return { email: null, number, subdomain: subdomain !== undefined && isSubdomainLabel(subdomain) ? subdomain : null }
}

/** An address counts together with its registrations: it is one mailbox. */
function countedAs({ email, number, subdomain }: Name, typed: string): string {
  if (email !== null) return email
  return number === null ? `invalid ${typed.slice(0, 320)}` : `${number}@${subdomain ?? ''}`
}
