/**
 * Names the parts that the commands of this room are given. Each command picks those it uses, so its signature says what it
 * can touch; app.ts makes them once.
 */
import type { MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import type { Attempts } from './attempts.ts'
import type { HashPool } from './hash-pool.ts'
import type { PasswordRules } from './password-rules.ts'
import type { SessionEnding } from './session-ending.ts'

export interface AccountDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly hashes: Pick<HashPool, 'hash' | 'verify'>
  readonly attempts: Attempts
  readonly passwords: PasswordRules
  readonly sessions: SessionEnding
}
