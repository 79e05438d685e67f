/**
 * Adds a passkey to an account. Invariants: a challenge is answered once, by the account it was made for; a credential belongs
 * to one account for ever. Whether somebody may add one, and how freshly proved, is the page's question.
 */
import { randomBytes } from 'node:crypto'
import type { generateRegistrationOptions as optionsOf } from '@simplewebauthn/server'
import { lockStatus } from '../accounts/queries.ts'
import type { EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import type { FactorChange, FactorDeps } from './factor.ts'
import { provideRecoveryCodes } from './generate-recovery-codes.ts'
import { challengeSeconds, firstPasskeyName, passkeyAmr, userHandle } from './passkey.ts'
import { insertPasskey, listPasskeys } from './passkey-queries.ts'
import { openTicket, sealTicket, spendTicket, type Ticket } from './ticket.ts'
import { algorithms, judgeRegistration, type NewCredential, webauthnLibrary } from './webauthn.ts'

export interface PasskeyRegistrationQuestion {
  /** PublicKeyCredentialCreationOptionsJSON (WebAuthn §5.1.8), for the browser. */
  readonly options: Awaited<ReturnType<typeof optionsOf>>
  /** Sealed, for the page's hidden field; five minutes long. */
  readonly challenge: string
}

/** Null where passkeys are not possible here; `account` is the address or staff number that the authenticator shows. */
export async function startPasskeyRegistration(
  deps: FactorDeps,
  { accountId, account, displayName }: { readonly accountId: string; readonly account: string; readonly displayName: string },
): Promise<PasskeyRegistrationQuestion | null> {
  if (deps.rpId === null) return null
  const known = await listPasskeys(deps.databases.engine, accountId)
  const { generateRegistrationOptions } = await webauthnLibrary()
  const options = await generateRegistrationOptions({
    rpName: 'Tegata', rpID: deps.rpId, challenge: Uint8Array.from(randomBytes(32)), timeout: challengeSeconds * 1000,
    userID: Uint8Array.from(Buffer.from(userHandle(deps.masterKey, accountId), 'base64url')), userName: account, userDisplayName: displayName,
    attestationType: 'none', excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' }, supportedAlgorithmIDs: [...algorithms],
  })
  return { options, challenge: sealTicket(deps, holderOf(accountId), { id: options.challenge, lifetimeSeconds: challengeSeconds, content: null }) }
}

export type PasskeyRegistration =
  | {
      readonly ok: true
      readonly passkeyId: string
      readonly recoveryCodes: readonly string[] | null
      readonly backedUp: boolean
      /** What making it has proved, in the words of signing in with it. */
      readonly amr: readonly string[]
    }
  | { readonly ok: false; readonly reason: PasskeyRegistrationRefusal }

type PasskeyRegistrationRefusal = 'challenge_invalid' | 'passkey_invalid' | 'passkey_known'

type Answer = FactorChange & { readonly challenge: string; readonly response: unknown; readonly name: string | null }

/** Stores the passkey that the browser made; `recoveryCodes` where the account had no unused ones. */
export async function finishPasskeyRegistration(deps: FactorDeps, input: Answer): Promise<PasskeyRegistration> {
  const refuseWith = (reason: PasskeyRegistrationRefusal) => deps.databases.inEngine((trx) => refuse(trx, input, reason))
  const ticket = openTicket(deps, holderOf(input.accountId), input.challenge)
  if (ticket === null || deps.rpId === null) return refuseWith('challenge_invalid')
  const made = await judgeRegistration(input.response, { challenge: ticket.id, party: { rpId: deps.rpId, origin: new URL(deps.issuer).origin } })
  if (made === null) return refuseWith('passkey_invalid')
  return deps.databases.inEngine((trx) => store(trx, { deps, input, ticket, made }))
}

async function store(trx: EngineTrx, { deps, input, ticket, made }: { deps: FactorDeps; input: Answer; ticket: Ticket; made: NewCredential }): Promise<PasskeyRegistration> {
  const { accountId, actor, origin } = input
  const isActive = (await lockStatus(trx, accountId)) === 'active'
  if (!isActive || !(await spendTicket(trx, ticket))) return refuse(trx, input, 'challenge_invalid')
  const isNew = await insertPasskey(trx, {
    id: made.id, account_id: accountId, public_key: made.publicKey, counter: made.counter, transports: made.transports, aaguid: made.aaguid,
    backed_up: made.backedUp, name: firstPasskeyName(input.name, { aaguid: made.aaguid, at: deps.clock.now() }),
  })
  if (!isNew) return refuse(trx, input, 'passkey_known')
  await record(trx, { type: 'passkey.registered', outcome: 'success', subject: accountId, actor, origin, after: { passkey_id: made.id, backed_up: made.backedUp } })
  const recoveryCodes = await provideRecoveryCodes(trx, deps.masterKey, { accountId, actor, origin })
  return { ok: true, passkeyId: made.id, recoveryCodes, backedUp: made.backedUp, amr: passkeyAmr(made) }
}

async function refuse(trx: EngineTrx, { accountId, actor, origin }: FactorChange, reason: PasskeyRegistrationRefusal): Promise<PasskeyRegistration> {
  await record(trx, { type: 'passkey.registered', outcome: 'refused', subject: accountId, actor, origin, reason })
  return { ok: false, reason }
}

function holderOf(accountId: string) {
  return { purpose: 'passkey registration', accountId } as const
}
