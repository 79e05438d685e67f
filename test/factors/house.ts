/**
 * The cast with what this room needs: a clock that tests move, and shorthands for a person who has an app or a passkey already.
 * Each test makes its own people, so that none depends on what another left behind; Charlie is always the one who gets nothing.
 */
import { createAttempts } from '../../src/accounts/attempts.ts'
import { createAccountIn } from '../../src/accounts/create-account.ts'
import { suspendAccount } from '../../src/accounts/suspend-account.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { confirmTotp, startTotp } from '../../src/factors/enrol-totp.ts'
import type { FactorDeps, SecondFactorResult } from '../../src/factors/factor.ts'
import { finishPasskeyRegistration, startPasskeyRegistration } from '../../src/factors/register-passkey.ts'
import { verifyTotp } from '../../src/factors/verify-totp.ts'
import { must } from '../accounts/house.ts'
import { Authenticator, type Kind } from '../helpers/authenticator.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { scan, type TotpApp } from './totp-app.ts'

export const issuer = 'https://id.example.com'
export const rpId = 'example.com'
export const origin = { ip: '203.0.113.7', userAgent: 'test', requestId: null } as const

export interface Person {
  readonly accountId: string
}

export interface FactorHouse {
  readonly test: TestDatabase
  readonly deps: FactorDeps
  readonly clock: TestClock
  person(name: string): Promise<Person>
  suspend(person: Person): Promise<void>
  /** One who has connected an authenticator app; the step of its first code is used. */
  withApp(person: Person): Promise<{ readonly app: TotpApp; readonly recoveryCodes: readonly string[] | null }>
  verifyApp(person: Person, code: string): Promise<SecondFactorResult>
  /** One who has a passkey in a software authenticator. */
  withPasskey(person: Person, kind?: Kind): Promise<{ readonly key: Authenticator; readonly passkeyId: string; readonly recoveryCodes: readonly string[] | null }>
  /** How many codes have failed in a row. */
  failures(person: Person): Promise<number>
  close(): Promise<void>
}

/** Goes on from the real time, because the database has a word in it too. */
export class TestClock {
  #offset = 0

  now(): Date {
    return new Date(Date.now() + this.#offset)
  }

  advance(seconds: number): void {
    this.#offset += seconds * 1000
  }
}

export async function buildFactorHouse(): Promise<FactorHouse> {
  const test = await createDatabase()
  const { databases, masterKey } = test
  const clock = new TestClock()
  const deps: FactorDeps = { databases, masterKey, clock, issuer, rpId, attempts: createAttempts({ databases, masterKey }) }
  return {
    test, deps, clock,
    close: () => test.close(),
    async person(name) {
      // Nobody signs in with a password here, so any text does for its hash.
      return must(databases.inEngine((trx) => createAccountIn(trx, { email: `${name}@example.com`, emailVerified: true, familyName: '試験', givenName: name, phc: 'none', actor: null, origin: noOrigin })))
    },
    async suspend({ accountId }) {
      const sessions = { endSessions: async () => {}, endOtherSessions: async () => {} }
      await must(suspendAccount({ databases, sessions }, { accountId, status: 'locked', actor: null, origin: noOrigin }))
    },
    withApp: (person) => connectApp(deps, person),
    verifyApp: ({ accountId }, code) => verifyTotp(deps, { accountId, code, origin, clientId: null }),
    withPasskey: (person, kind) => addPasskey(deps, person, kind),
    failures: async ({ accountId }) => (await deps.attempts.look('second_factor', accountId)).failures,
  }
}

async function connectApp(deps: FactorDeps, { accountId }: Person): ReturnType<FactorHouse['withApp']> {
  const { uri, enrolment } = await startTotp(deps, { accountId, account: 'somebody@example.com', tenantName: null })
  const app = scan(uri)
  const { recoveryCodes } = await must(confirmTotp(deps, { accountId, enrolment, code: app.codeAt(deps.clock.now()), actor: accountId, origin: noOrigin }))
  return { app, recoveryCodes }
}

async function addPasskey(deps: FactorDeps, { accountId }: Person, kind: Kind = {}): ReturnType<FactorHouse['withPasskey']> {
  const key = new Authenticator(kind)
  const question = await startPasskeyRegistration(deps, { accountId, account: 'somebody@example.com', displayName: '試験' })
  if (question === null) throw new Error('passkeys are not possible here')
  const response = key.create(question.options, issuer)
  const { passkeyId, recoveryCodes } = await must(finishPasskeyRegistration(deps, { accountId, challenge: question.challenge, response, name: null, actor: accountId, origin: noOrigin }))
  return { key, passkeyId, recoveryCodes }
}

/** What happened to those who came at the same moment, winners first. */
export function outcomes(results: readonly { readonly ok: boolean }[]): readonly boolean[] {
  return results.map(({ ok }) => ok).toSorted((a, b) => Number(b) - Number(a))
}
