/**
 * Owns how often a secret may be tried and a mail be asked for: per account, per network, per browser that the account knows.
 * Invariants: an attempt is counted before its secret is looked at, so parallel guesses cannot slip through; a name counts the
 * same whether anybody has it or not; what strangers do does not shut a person out of a browser of their own, but for the last
 * limit of all; without the database nobody gets in (no fallback counter). Events are the caller's.
 */
import { hmac, type MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import { addressGroup } from '../http/client-address.ts'
import { deleteAttempts, deleteAttemptsUnder, listAttemptsUnder } from './attempt-queries.ts'
import { countInAll, createLimiter, rewardAll, type Tally, type Window } from './attempt-windows.ts'
import { lockedUntil, type LockRule } from './lock-rules.ts'
import { beginsLock, countTogether, tellOnce, uncount, type Count, type Guard, type Lock } from './locks.ts'

/** Passkeys are none of these: there is nothing to guess. */
export type AttemptKind = 'password' | 'second_factor' | 'mail'

/**
 * What a refusal is about: the account from everywhere, from one network, in one browser that it knows; the account until
 * somebody clears it, when waiting does not help; or one network for all accounts.
 */
export type AttemptScope = 'account' | 'account_at_network' | 'device' | 'account_until_cleared' | 'network'

export interface Attempt {
  readonly kind: AttemptKind
  /** The account's id where there is one, else the name in its one spelling. */
  readonly subject: string
  /** Null for a request from nowhere. */
  readonly ip: string | null
  /** Hash of the browser's cookie, where this account has signed in from it before. */
  readonly knownDevice: string | null
}

export interface LockBegun {
  readonly retryAfterSeconds: number
  readonly scope: AttemptScope
}

export interface Reservation {
  readonly ok: true
  /** The secret was right: what it was counted in starts afresh, and the network gets its point back. A mail stays counted. */
  succeeded(): Promise<void>
  /** The secret was never judged: everything comes back. */
  release(): Promise<void>
  /** The secret was wrong: the lock that begins with it, where nobody has been told of it yet; else null. */
  failed(): Promise<LockBegun | null>
}

export interface Refused extends LockBegun {
  readonly ok: false
  /** True for exactly one attempt per lock, if not `failed` has told of it; never for a network. */
  readonly justLocked: boolean
}

export interface Attempts {
  /** Counts one attempt, as a failure until it is known to be none. */
  reserve(attempt: Attempt): Promise<Reservation | Refused>
  /** Forgets every failure and every lock of the subject, from everywhere. */
  clear(kind: AttemptKind, subject: string): Promise<void>
  /** For administrators: the most failures that a counter of the subject holds, and when the last of its locks ends. */
  look(kind: AttemptKind, subject: string): Promise<{ readonly failures: number; readonly lockedUntil: Date | null }>
}

export interface AttemptLimits {
  readonly accountAtNetwork: LockRule
  readonly device: LockRule
  readonly account: LockRule
  readonly untilCleared: LockRule
  readonly secondFactor: LockRule
  /** From one network, over all accounts. */
  readonly passwordsFromNetwork: Window
  readonly mailsFromNetwork: Window
  readonly mailsToAddress: Window
}

const hour = 3600
const day = 24 * hour
const growing = { lockSeconds: [1, 2, 5, 15, 30, 60].map((minutes) => minutes * 60), quietSeconds: day } as const
const tenInARow: LockRule = { ...growing, free: 10, windowSeconds: day, windowFrom: 'latest' }

export const attemptLimits: AttemptLimits = {
  accountAtNetwork: tenInARow,
  device: tenInARow,
  // Strangers who share the work over many networks.
  account: { ...growing, free: 30, windowSeconds: hour, windowFrom: 'first' },
  // NIST SP 800-63B-4 §3.2.2: no more than 100 in a row, however slowly.
  untilCleared: { free: 100, windowSeconds: 365 * day, windowFrom: 'latest', lockSeconds: [Infinity], quietSeconds: 365 * day },
  secondFactor: tenInARow,
  passwordsFromNetwork: { points: 100, seconds: hour / 4 },
  mailsFromNetwork: { points: 30, seconds: hour },
  mailsToAddress: { points: 5, seconds: hour },
}

interface AttemptsOptions {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly limits?: AttemptLimits
}

type Digest = (text: string) => string

/** Counters in the table `attempt`, shared by all processes; its keys are keyed digests. */
export function createAttempts({ databases, masterKey, limits = attemptLimits }: AttemptsOptions): Attempts {
  const digestKey = masterKey.derive('attempt counters')
  const digest: Digest = (text) => hmac(digestKey, text)
  const tallies = createTallies(databases, limits, digest)
  return {
    async reserve(attempt) {
      const counters = { tallies: tallies(attempt), guards: guardsOf(limits, attempt, digest) }
      const overflow = await countInAll(counters.tallies)
      if (overflow !== null) {
        const { full: { scope }, why } = overflow
        return { ok: false, scope, retryAfterSeconds: why.retryAfterSeconds, justLocked: scope !== 'network' && why.isFirst }
      }
      const outcome = counters.guards.length === 0 ? { ok: true, counts: [] } as const : await databases.inEngine((trx) => countTogether(trx, counters.guards))
      if (outcome.ok) return attempt.kind === 'mail' ? mailReservation(counters.tallies) : secretReservation(databases, { ...counters, counts: outcome.counts })
      // A locked account costs no hash and tells nothing: one person who keeps trying must not shut out the whole building.
      await rewardAll(counters.tallies)
      return { ok: false, ...begun(outcome.lock), justLocked: outcome.isNews }
    },
    clear: (kind, subject) => deleteAttemptsUnder(databases.engine, placeOf({ kind, subject }, digest)),
    async look(kind, subject) {
      const prefix = placeOf({ kind, subject }, digest)
      const rows = await listAttemptsUnder(databases.engine, prefix)
      const untils = rows.flatMap((row) => lockedUntil(ruleOf(limits, kind, row.key.slice(prefix.length)), row, row.now) ?? [])
      return { failures: Math.max(0, ...rows.map(({ points }) => points)), lockedUntil: untils.length === 0 ? null : new Date(Math.max(...untils)) }
    },
  }
}

type PasswordGuard = Exclude<AttemptScope, 'network'>
type AttemptGuard = Guard<PasswordGuard>
type AttemptTally = Tally & { readonly scope: 'account' | 'network' }

function placeOf({ kind, subject }: Pick<Attempt, 'kind' | 'subject'>, digest: Digest): string {
  return `${kind}:${digest(subject)}:`
}

function networkOf(ip: string | null): string {
  return ip === null ? 'nowhere' : addressGroup(ip)
}

/** The counters with locks. A browser that the account knows has one of its own, so strangers do not lock its owner out there. */
function guardsOf(limits: AttemptLimits, attempt: Attempt, digest: Digest): readonly AttemptGuard[] {
  if (attempt.kind === 'mail') return []
  const place = placeOf(attempt, digest)
  const guard = (scope: PasswordGuard, where?: string): AttemptGuard =>
    ({ scope, key: `${place}${scope}${where === undefined ? '' : `:${digest(where)}`}`, rule: ruleOf(limits, attempt.kind, scope) })
  if (attempt.kind === 'second_factor') return [guard('account'), guard('account_until_cleared')]
  if (attempt.knownDevice !== null) return [guard('device', attempt.knownDevice), guard('account_until_cleared')]
  return [guard('account_at_network', networkOf(attempt.ip)), guard('account'), guard('account_until_cleared')]
}

/** The rule of a counter, named by what follows the subject in its key. */
function ruleOf(limits: AttemptLimits, kind: AttemptKind, name: string): LockRule {
  if (kind === 'second_factor') return name === 'account_until_cleared' ? limits.untilCleared : limits.secondFactor
  const { points, seconds } = limits.mailsToAddress
  if (kind === 'mail') return { free: points, windowSeconds: seconds, windowFrom: 'first', lockSeconds: [Infinity], quietSeconds: seconds }
  switch (name.split(':', 1)[0]) {
    case 'account_at_network':
      return limits.accountAtNetwork
    case 'device':
      return limits.device
    case 'account_until_cleared':
      return limits.untilCleared
    default:
      return limits.account
  }
}

/** The counters of fixed windows, the wider one first. */
function createTallies(databases: Databases, limits: AttemptLimits, digest: Digest): (attempt: Attempt) => readonly AttemptTally[] {
  const fromNetwork = {
    password: createLimiter(databases, 'password_network', limits.passwordsFromNetwork),
    mail: createLimiter(databases, 'mail_network', limits.mailsFromNetwork),
  }
  const toAddress = createLimiter(databases, 'mail', limits.mailsToAddress)
  return ({ kind, subject, ip }) => {
    if (kind === 'second_factor') return []
    const network: AttemptTally = { limiter: fromNetwork[kind], key: digest(networkOf(ip)), scope: 'network' }
    return kind === 'mail' ? [network, { limiter: toAddress, key: `${digest(subject)}:account`, scope: 'account' }] : [network]
  }
}

interface Counters {
  readonly tallies: readonly AttemptTally[]
  readonly guards: readonly AttemptGuard[]
  readonly counts: readonly Count<PasswordGuard>[]
}

function secretReservation(databases: Databases, { tallies, guards, counts }: Counters): Reservation {
  return {
    ok: true,
    async succeeded() {
      await Promise.all([deleteAttempts(databases.engine, guards.map(({ key }) => key)), rewardAll(tallies)])
    },
    async release() {
      await Promise.all([databases.inEngine((trx) => uncount(trx, counts)), rewardAll(tallies)])
    },
    async failed() {
      const lock = beginsLock(counts) ? await databases.inEngine((trx) => tellOnce(trx, counts)) : null
      return lock === null ? null : begun(lock)
    },
  }
}

/** What was sent was sent, whatever came of it. */
function mailReservation(tallies: readonly AttemptTally[]): Reservation {
  return { ok: true, succeeded: () => Promise.resolve(), release: () => rewardAll(tallies), failed: () => Promise.resolve(null) }
}

function begun({ scope, retryAfterSeconds }: Lock<AttemptScope>): LockBegun {
  return { scope, retryAfterSeconds }
}
