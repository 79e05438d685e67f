/**
 * Takes a passkey, as the whole sign-in (user verification required) or as the second factor of an account.
 * Invariants: a challenge is answered once; a passkey speaks for its own account only; a counter that does not rise means a
 * copy may exist, and from then on that passkey opens nothing (WebAuthn §7.2 step 22). Sessions are not begun here.
 */
import { randomBytes } from 'node:crypto'
import type { generateAuthenticationOptions as optionsOf } from '@simplewebauthn/server'
import { lockStatus } from '../accounts/queries.ts'
import { equalStrings } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record, type NewEvent } from '../events/record.ts'
import type { FactorDeps } from './factor.ts'
import { challengeSeconds, passkeyAmr, userHandle } from './passkey.ts'
import { findPasskey, listPasskeys, updateCloneSuspected, updatePasskeyUsed, type PasskeyRow } from './passkey-queries.ts'
import { openTicket, sealTicket, spendTicket, type Ticket, type TicketHolder } from './ticket.ts'
import { judgeAssertion, readAssertion, type Proof, webauthnLibrary } from './webauthn.ts'

export interface PasskeySignInQuestion {
  /** PublicKeyCredentialRequestOptionsJSON (WebAuthn §5.1.9), for the browser. */
  readonly options: Awaited<ReturnType<typeof optionsOf>>
  /** Sealed, for the page's hidden field; five minutes long. */
  readonly challenge: string
}

/** Who is asked for a passkey, and whether anything else has been shown. */
export interface PasskeyUse {
  /** Null where nobody is known yet. */
  readonly accountId: string | null
  /** True where the passkey is the whole sign-in, which it always is where nobody is known: then the person has to be verified too. */
  readonly alone?: boolean
}

/** Null where passkeys are not possible here. Without an account the options are the same for everybody. */
export async function startPasskeySignIn(deps: FactorDeps, use: PasskeyUse): Promise<PasskeySignInQuestion | null> {
  if (deps.rpId === null) return null
  const { accountId } = use
  const known = accountId === null ? [] : await listPasskeys(deps.databases.engine, accountId)
  const { generateAuthenticationOptions } = await webauthnLibrary()
  const options = await generateAuthenticationOptions({
    rpID: deps.rpId, challenge: Uint8Array.from(randomBytes(32)), timeout: challengeSeconds * 1000,
    allowCredentials: known.map(({ id, transports }) => ({ id, transports })), userVerification: isAlone(use) ? 'required' : 'preferred',
  })
  return { options, challenge: sealTicket(deps, holderOf(use), { id: options.challenge, lifetimeSeconds: challengeSeconds, content: null }) }
}

export type PasskeyRefusal = 'challenge_invalid' | 'passkey_unknown' | 'passkey_invalid' | 'account_suspended' | 'user_verification_missing'

export type PasskeySignIn =
  | {
      readonly ok: true
      readonly accountId: string
      readonly acr: 'phr'
      readonly amr: readonly string[]
      readonly userVerified: boolean
      /** Milliseconds since the epoch, by the database's clock. */
      readonly provenAt: number
    }
  | { readonly ok: false; readonly reason: PasskeyRefusal }

export interface PasskeyAnswer extends PasskeyUse {
  readonly challenge: string
  /** AuthenticationResponseJSON (WebAuthn §5.1.7), parsed or as text. */
  readonly response: unknown
  readonly origin: Origin
  readonly clientId: string | null
}

interface Fit {
  readonly ticket: Ticket
  readonly passkey: PasskeyRow
  readonly proof: Proof
}

interface Misfit {
  readonly reason: PasskeyRefusal
  /** Whose passkey it claims to be, for the log. */
  readonly owner: string | null
}

/** That an account is suspended is told only to whoever holds its passkey. */
export async function finishPasskeySignIn(deps: FactorDeps, answer: PasskeyAnswer): Promise<PasskeySignIn> {
  const judged = await judge(deps, answer)
  return deps.databases.inEngine((trx) => ('reason' in judged ? refuse(trx, answer, judged) : accept(trx, answer, judged)))
}

async function judge(deps: FactorDeps, answer: PasskeyAnswer): Promise<Fit | Misfit> {
  const { accountId } = answer
  const ticket = openTicket(deps, holderOf(answer), answer.challenge)
  if (ticket === null || deps.rpId === null) return { reason: 'challenge_invalid', owner: accountId }
  const assertion = readAssertion(answer.response)
  if (assertion === null) return { reason: 'passkey_invalid', owner: accountId }
  const passkey = await findPasskey(deps.databases.engine, assertion.id)
  if (passkey === undefined || (accountId !== null && passkey.account_id !== accountId)) return { reason: 'passkey_unknown', owner: accountId }
  const owner = passkey.account_id
  // WebAuthn §7.2 step 6: who was not known before is named by the handle alone.
  const handle = assertion.response.userHandle ?? null
  const isOwners = handle === null ? accountId !== null : equalStrings(handle, userHandle(deps.masterKey, owner))
  const proof = isOwners ? await judgeAssertion(assertion, { challenge: ticket.id, party: { rpId: deps.rpId, origin: new URL(deps.issuer).origin }, publicKey: passkey.public_key }) : null
  return proof === null ? { reason: 'passkey_invalid', owner } : { ticket, passkey, proof }
}

async function accept(trx: EngineTrx, answer: PasskeyAnswer, { ticket, passkey, proof }: Fit): Promise<PasskeySignIn> {
  const owner = passkey.account_id
  // A signed answer is spent whatever becomes of it, so that it says one thing once.
  if (!(await spendTicket(trx, ticket))) return refuse(trx, answer, { reason: 'challenge_invalid', owner })
  if ((await lockStatus(trx, owner)) !== 'active') return refuse(trx, answer, { reason: 'account_suspended', owner })
  if (isAlone(answer) && !proof.userVerified) return refuse(trx, answer, { reason: 'user_verification_missing', owner })
  const at = await updatePasskeyUsed(trx, { id: passkey.id, counter: proof.counter, backedUp: proof.backedUp })
  if (at === undefined) return suspect(trx, answer, passkey)
  const amr = passkeyAmr(proof)
  const event = { ...common(answer), outcome: 'success', subject: owner, actor: owner } as const
  if (isAlone(answer)) await record(trx, { ...event, type: 'sign_in.succeeded', after: { amr, acr: 'phr', client_id: answer.clientId, passkey_id: passkey.id } })
  else await record(trx, { ...event, type: 'second_factor.succeeded', after: { factor: 'passkey', passkey_id: passkey.id } })
  return { ok: true, accountId: owner, acr: 'phr', amr, userVerified: proof.userVerified, provenAt: at.getTime() }
}

async function suspect(trx: EngineTrx, answer: PasskeyAnswer, passkey: PasskeyRow): Promise<PasskeySignIn> {
  const owner = passkey.account_id
  if (await updateCloneSuspected(trx, passkey.id)) {
    await record(trx, { ...common(answer), type: 'passkey.clone_suspected', outcome: 'refused', subject: owner, after: { passkey_id: passkey.id } })
  }
  return refuse(trx, answer, { reason: 'passkey_invalid', owner })
}

async function refuse(trx: EngineTrx, answer: PasskeyAnswer, { reason, owner }: Misfit): Promise<PasskeySignIn> {
  const event = { ...common(answer), subject: owner, reason, after: { factor: 'passkey' } }
  if (reason === 'account_suspended') await record(trx, { ...event, type: 'sign_in.refused', outcome: 'refused' })
  else await record(trx, { ...event, type: isAlone(answer) ? 'sign_in.failed' : 'second_factor.failed', outcome: 'failure' })
  return { ok: false, reason }
}

function common({ origin, clientId }: PasskeyAnswer): Pick<NewEvent, 'origin' | 'clientId'> {
  return { origin, clientId }
}

function isAlone({ accountId, alone = false }: PasskeyUse): boolean {
  return alone || accountId === null
}

function holderOf(use: PasskeyUse): TicketHolder {
  return { purpose: isAlone(use) ? 'passkey sign-in' : 'passkey second factor', accountId: use.accountId }
}
