/**
 * Connects an authenticator app: shows a new key, and stores it once a code of that key has fitted.
 * Invariants: nothing is stored before the code fits; until then the key lives in a ticket that only this account can bring
 * back and that counts once; the code that confirmed it is used up. Who may do so, and how freshly proved, is the page's question.
 */
import { generateSecret } from 'otplib'
import { z } from 'zod'
import { lockStatus } from '../accounts/queries.ts'
import { randomToken } from '../base/crypto.ts'
import type { EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { countAttempt, eventOf, type Judged } from './count-attempt.ts'
import type { FactorChange, FactorDeps, FactorUse, TooManyAttempts } from './factor.ts'
import { provideRecoveryCodes } from './generate-recovery-codes.ts'
import { qrDataUri } from './qr.ts'
import { openTicket, sealTicket, spendTicket, type Ticket } from './ticket.ts'
import { stepOfCode, totpIssuer, totpUri } from './totp.ts'
import { findTotp, insertTotp } from './totp-queries.ts'
import { sealTotpSecret } from './totp-secret.ts'

const enrolmentSeconds = 10 * 60
const keyShape = z.object({ secret: z.string(), issuer: z.string(), account: z.string() })
type Key = z.infer<typeof keyShape>

export interface TotpOffer {
  /** Sealed, for the page's hidden field; ten minutes long. */
  readonly enrolment: string
  /** Base32, to type where no camera is. */
  readonly secret: string
  readonly uri: string
  /** The uri as an image, data:image/svg+xml. */
  readonly qr: string
}

type Sealing = Pick<FactorDeps, 'masterKey' | 'clock'>

/** A new key; `account` is the address or staff number that the app shows with it. */
export function startTotp(deps: Sealing, input: { readonly accountId: string; readonly account: string; readonly tenantName: string | null }): Promise<TotpOffer> {
  const key: Key = { secret: generateSecret(), issuer: totpIssuer(input.tenantName), account: input.account }
  const enrolment = sealTicket(deps, holderOf(input.accountId), { id: randomToken(), lifetimeSeconds: enrolmentSeconds, content: key })
  return offer(enrolment, key)
}

/** The same key once more, after a typing error; null when it is somebody else's or too old. */
export async function resumeTotp(deps: Sealing, input: { readonly accountId: string; readonly enrolment: string }): Promise<TotpOffer | null> {
  const ticket = openTicket(deps, holderOf(input.accountId), input.enrolment)
  return ticket === null ? null : offer(input.enrolment, keyShape.parse(ticket.content))
}

async function offer(enrolment: string, key: Key): Promise<TotpOffer> {
  const uri = totpUri(key)
  return { enrolment, secret: key.secret, uri, qr: await qrDataUri(uri) }
}

export type TotpEnrolment =
  | { readonly ok: true; readonly recoveryCodes: readonly string[] | null }
  | { readonly ok: false; readonly reason: 'wrong_code' | 'enrolment_expired' }
  | TooManyAttempts

type Confirmation = FactorChange & { readonly enrolment: string; readonly code: string }

/** Stores the key in place of an earlier one; `recoveryCodes` where the account had no unused ones. */
export async function confirmTotp(deps: FactorDeps, input: Confirmation): Promise<TotpEnrolment> {
  const ticket = openTicket(deps, holderOf(input.accountId), input.enrolment)
  if (ticket === null) return deps.databases.inEngine((trx) => refuse(trx, input))
  const use = { accountId: input.accountId, origin: input.origin, clientId: null }
  return countAttempt(deps, use, async (): Promise<Judged<TotpEnrolment>> => {
    const { secret } = keyShape.parse(ticket.content)
    const step = await stepOfCode({ secret, code: input.code, now: deps.clock.now() })
    if (step === null) return { counts: 'failure', result: await fail(deps, use) }
    // Who was just shown the key proves nothing by it, so the failures counted before stay counted.
    return { counts: 'neither', result: await deps.databases.inEngine((trx) => store(trx, { deps, input, ticket, secret, step })) }
  })
}

async function fail({ databases }: FactorDeps, use: FactorUse): Promise<TotpEnrolment> {
  const after = { factor: 'totp', enrolment: true }
  await databases.inEngine((trx) => record(trx, { ...eventOf(use), type: 'second_factor.failed', outcome: 'failure', reason: 'wrong_code', after }))
  return { ok: false, reason: 'wrong_code' }
}

interface Fit {
  readonly deps: FactorDeps
  readonly input: Confirmation
  readonly ticket: Ticket
  readonly secret: string
  readonly step: number
}

async function store(trx: EngineTrx, { deps, input, ticket, secret, step }: Fit): Promise<TotpEnrolment> {
  const { accountId, actor, origin } = input
  const isActive = (await lockStatus(trx, accountId)) === 'active'
  if (!isActive || !(await spendTicket(trx, ticket))) return refuse(trx, input)
  const replaced = (await findTotp(trx.query, accountId)) !== undefined
  await insertTotp(trx, { accountId, sealedSecret: sealTotpSecret(deps.masterKey, accountId, secret), step })
  await record(trx, { type: 'totp.enrolled', outcome: 'success', subject: accountId, actor, origin, after: { replaced } })
  return { ok: true, recoveryCodes: await provideRecoveryCodes(trx, deps.masterKey, { accountId, actor, origin }) }
}

async function refuse(trx: EngineTrx, { accountId, actor, origin }: FactorChange): Promise<TotpEnrolment> {
  await record(trx, { type: 'totp.enrolled', outcome: 'refused', subject: accountId, actor, origin, reason: 'enrolment_expired' })
  return { ok: false, reason: 'enrolment_expired' }
}

function holderOf(accountId: string) {
  return { purpose: 'totp enrolment', accountId } as const
}
