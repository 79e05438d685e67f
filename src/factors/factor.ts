/**
 * Owns what the factors of this room have in common: what they need, who uses them, and how they answer.
 * A factor says that it fits and how well (RFC 8176 `amr`); what that opens is decided where sessions are made.
 */
import type { Attempts } from '../accounts/attempts.ts'
import type { Clock } from '../base/clock.ts'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'

export interface FactorDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly attempts: Attempts
  readonly issuer: string
  /** Relying Party ID of passkeys (WebAuthn §4); null where none are possible. */
  readonly rpId: string | null
  readonly clock: Clock
}

/** Somebody answers with a factor. */
export interface FactorUse {
  readonly accountId: string
  readonly origin: Origin
  /** The app that the person is on the way to. */
  readonly clientId: string | null
}

/** Somebody adds, changes or removes factors of an account. */
export interface FactorChange {
  readonly accountId: string
  readonly actor: string | null
  readonly origin: Origin
}

export interface TooManyAttempts {
  readonly ok: false
  readonly reason: 'too_many_attempts'
  readonly retryAfterSeconds: number
}

export interface SecondFactorAccepted {
  readonly ok: true
  readonly accountId: string
  readonly acr: 'aal2' | 'phr'
  /** Of this factor alone. */
  readonly amr: readonly string[]
  /** Recovery codes that are left, where one was used. */
  readonly left?: number
}

export type SecondFactorResult = SecondFactorAccepted | { readonly ok: false; readonly reason: 'wrong_code' | 'not_enrolled' } | TooManyAttempts
