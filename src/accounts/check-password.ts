/**
 * Answers whether a name and a password belong together, and writes down what happened.
 * Invariants: the attempt is counted before the password is looked at; a name that nobody has costs the same statements and the
 * same hash, and gets the same answer as a wrong password; that an account is suspended is told only to whoever knows its
 * password. Sessions are not begun here, and what may be done with the account is the token path's question.
 */
import type { Clock } from '../base/clock.ts'
import type { Databases } from '../base/db.ts'
import { isTenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record, type NewEvent } from '../events/record.ts'
import type { Attempts, LockBegun, Refused, Reservation } from './attempts.ts'
import { deviceHash, isKnownDevice } from './devices.ts'
import { HashPoolFull, type HashPool } from './hash-pool.ts'
import { isSubdomainLabel, parseIdentifier, type Identifier } from './identifier.ts'
import { findSignInByEmail, findSignInByStaffNumber, findSubdomain, lockSignIn, updateRehashed, type SignInRow } from './queries.ts'

export interface CheckPasswordDeps {
  readonly databases: Databases
  readonly hashes: Pick<HashPool, 'verify' | 'verifyDummy' | 'hash'>
  readonly attempts: Pick<Attempts, 'reserve'>
  readonly clock: Clock
}

export interface PasswordAttempt {
  /** As typed: an address, `S-0142@sakura`, or `S-0142`. */
  readonly identifier: string
  readonly password: string
  /** Subdomain or id of the tenant that the page already knows, for a staff number without one. */
  readonly tenantHint: string | null
  /** The cookie by which the browser is known; null for one that has never been here. */
  readonly deviceId: string | null
  readonly clientId: string | null
  readonly origin: Origin
}

export type PasswordResult =
  /** `provenAt`: milliseconds since the epoch by the database's clock, never later than the proof itself. */
  | { readonly ok: true; readonly accountId: string; readonly displayName: string; readonly email: string | null; readonly provenAt: number }
  | { readonly ok: false; readonly reason: 'wrong_credentials' }
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number }
  /** Waiting does not help: a new password, the link in the mail or an administrator does. */
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly untilCleared: true }
  | { readonly ok: false; readonly reason: 'account_suspended' }

/** Throws HashPoolFull when too many passwords wait, and then the attempt does not count. */
export async function checkPassword(deps: CheckPasswordDeps, attempt: PasswordAttempt): Promise<PasswordResult> {
  const identifier = await withTenant(deps.databases, parseIdentifier(attempt.identifier), attempt.tenantHint)
  const found = await findSignIn(deps.databases, identifier)
  const reservation = await deps.attempts.reserve({
    kind: 'password',
    // Whatever name a person types, it is the account that is guessed at.
    subject: found?.id ?? countedAs(identifier, attempt.identifier),
    ip: attempt.origin.ip,
    knownDevice: await knownDevice(deps.databases, attempt, found),
  })
  if (!reservation.ok) return refuse(deps, attempt, { refused: reservation, accountId: found?.id ?? null })
  let verdict: Verdict
  try {
    verdict = await judge(deps, found, attempt.password)
  } catch (error) {
    await reservation.release()
    throw error
  }
  const result = verdict.fits ? await accept(deps, attempt, verdict) : await fail(deps, attempt, { found, reservation })
  if (result.ok || result.reason === 'account_suspended') await reservation.succeeded()
  return result
}

/** The hash of a browser that the account knows; asked in the same way where there is no account. */
async function knownDevice({ engine }: Databases, { deviceId }: PasswordAttempt, found: SignInRow | undefined): Promise<string | null> {
  if (!deviceId) return null
  return (await isKnownDevice(engine, { accountId: found?.id ?? '', deviceId })) ? deviceHash(deviceId) : null
}

/** A staff number belongs to a tenant: the one that was typed, or else the one the page knows. */
async function withTenant(databases: Databases, identifier: Identifier, hint: string | null): Promise<Identifier> {
  if (identifier.kind !== 'staff_number' || identifier.subdomain !== null || hint === null) return identifier
  const subdomain = isTenantId(hint) ? await findSubdomain(databases.engine, hint) : hint
  return { ...identifier, subdomain: subdomain !== undefined && isSubdomainLabel(subdomain) ? subdomain : null }
}

/** One name that nobody has, one counter, however it was spelled. The line break keeps it apart from every account's id. */
function countedAs(identifier: Identifier, typed: string): string {
  switch (identifier.kind) {
    case 'email':
      return `email\n${identifier.email}`
    case 'staff_number':
      return `staff_number\n${identifier.subdomain ?? ''} ${identifier.number}`
    case 'invalid':
      return `invalid\n${typed.slice(0, 320)}`
  }
}

async function findSignIn({ engine }: Databases, identifier: Identifier): Promise<SignInRow | undefined> {
  if (identifier.kind === 'email') return findSignInByEmail(engine, identifier.email)
  if (identifier.kind !== 'staff_number' || identifier.subdomain === null) return undefined
  return findSignInByStaffNumber(engine, { number: identifier.number, subdomain: identifier.subdomain })
}

type Verdict = { readonly fits: false } | { readonly fits: true; readonly accountId: string; readonly phc: string; readonly rehashed: string | null }

/** Exactly one hash of full cost, whoever it is; a second one only for its owner, when the parameters have changed. */
async function judge({ hashes }: CheckPasswordDeps, found: SignInRow | undefined, password: string): Promise<Verdict> {
  // A pending account has proved nothing yet: it cannot sign in, whatever an import left behind.
  const phc = found?.status === 'pending' ? null : (found?.phc ?? null)
  if (found === undefined || phc === null) {
    await hashes.verifyDummy(password)
    return { fits: false }
  }
  const { ok, needsRehash } = await hashes.verify(phc, password)
  if (!ok) return { fits: false }
  return { fits: true, accountId: found.id, phc, rehashed: needsRehash ? await rehash(hashes, password) : null }
}

async function rehash(hashes: CheckPasswordDeps['hashes'], password: string): Promise<string | null> {
  try {
    return await hashes.hash(password)
  } catch (error) {
    // The next sign-in is early enough; a person with the right password is not turned away for our housekeeping.
    if (error instanceof HashPoolFull) return null
    throw error
  }
}

async function accept(deps: CheckPasswordDeps, attempt: PasswordAttempt, fit: Verdict & { fits: true }): Promise<PasswordResult> {
  return deps.databases.inEngine(async (trx): Promise<PasswordResult> => {
    const account = await lockSignIn(trx, fit.accountId)
    const event = { ...common(attempt), subject: fit.accountId }
    // Hashing takes a while: what was true before it is asked once more.
    if (account === undefined || account.phc !== fit.phc) {
      await record(trx, { ...event, type: 'sign_in.failed', outcome: 'failure', reason: 'password_changed' })
      return { ok: false, reason: 'wrong_credentials' }
    }
    if (account.status !== 'active') {
      await record(trx, { ...event, type: 'sign_in.refused', outcome: 'refused', reason: 'account_suspended' })
      return { ok: false, reason: 'account_suspended' }
    }
    if (fit.rehashed !== null && (await updateRehashed(trx, fit.accountId, { old: fit.phc, new: fit.rehashed }))) {
      await record(trx, { ...event, type: 'password.rehashed', outcome: 'success' })
    }
    const after = { amr: ['pwd'], acr: 'aal1', client_id: attempt.clientId }
    await record(trx, { ...event, type: 'sign_in.succeeded', outcome: 'success', actor: fit.accountId, after })
    return { ok: true, accountId: account.id, displayName: account.display_name, email: account.email, provenAt: account.now.getTime() }
  })
}

async function fail(deps: CheckPasswordDeps, attempt: PasswordAttempt, { found, reservation }: { found: SignInRow | undefined; reservation: Reservation }): Promise<PasswordResult> {
  const reason = found === undefined ? 'unknown_identifier' : found.phc === null || found.status === 'pending' ? 'no_password' : 'wrong_password'
  const lock = await reservation.failed()
  await deps.databases.inEngine(async (trx) => {
    await record(trx, { ...common(attempt), type: 'sign_in.failed', outcome: 'failure', subject: found?.id ?? null, reason })
    if (lock !== null && found !== undefined) await record(trx, locked(deps, attempt, { lock, accountId: found.id }))
  })
  return { ok: false, reason: 'wrong_credentials' }
}

async function refuse(deps: CheckPasswordDeps, attempt: PasswordAttempt, why: { refused: Refused; accountId: string | null }): Promise<PasswordResult> {
  const { refused: { retryAfterSeconds, scope, justLocked }, accountId } = why
  await deps.databases.inEngine(async (trx) => {
    await record(trx, { ...common(attempt), type: 'sign_in.refused', outcome: 'refused', subject: accountId, reason: 'too_many_attempts', after: { scope } })
    if (justLocked && accountId !== null) await record(trx, locked(deps, attempt, { lock: why.refused, accountId }))
  })
  const no = { ok: false, reason: 'too_many_attempts' } as const
  return scope === 'account_until_cleared' ? { ...no, untilCleared: true } : { ...no, retryAfterSeconds }
}

function locked({ clock }: CheckPasswordDeps, attempt: PasswordAttempt, { lock, accountId }: { lock: LockBegun; accountId: string }): NewEvent {
  const until = new Date(clock.now().getTime() + lock.retryAfterSeconds * 1000).toISOString()
  const after = { until, ip: attempt.origin.ip, scope: lock.scope }
  return { ...common(attempt), type: 'account.locked', outcome: 'refused', subject: accountId, reason: 'too_many_attempts', after }
}

function common(attempt: PasswordAttempt): Pick<NewEvent, 'origin' | 'clientId'> {
  return { origin: attempt.origin, clientId: attempt.clientId }
}
