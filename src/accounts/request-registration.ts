/**
 * Lets anybody ask for an account by naming an address, and lets them prove by a code that it is theirs.
 * Invariants: nothing here looks at whether the address has an account, so neither answer nor time can tell; asking gives
 * nothing: no account, no name, no password exist before the address is proved; five guesses per code, however parallel.
 */
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import type { AccountDeps } from './account-deps.ts'
import { normaliseEmail } from './identifier.ts'
import { updateTries } from './link-queries.ts'
import { codeHash, codeLifetimeSeconds, codeTries, countMail, createLink, openSealedLink, recordRefusedLink, refuseLink, sealLink } from './links.ts'

export interface RegistrationRequestInput {
  /** As typed. */
  readonly email: string
  readonly locale: 'ja' | 'en'
  readonly clientId: string | null
  /** The tenant that the newcomer came for, where it lets people register; none unless told. */
  readonly tenantId?: string | null
  readonly origin: Origin
}

export type RegistrationRequest =
  | { readonly ok: true; readonly registration: string; readonly email: string }
  | { readonly ok: false; readonly reason: 'invalid_email' }
  | { readonly ok: false; readonly reason: 'too_many_attempts'; readonly retryAfterSeconds: number }

const forCode = 'registration'
const forProof = 'registration proof'

/** Same statements for every address; what the mail says is decided when it is sent. */
export async function requestRegistration(deps: Pick<AccountDeps, 'databases' | 'masterKey' | 'attempts'>, input: RegistrationRequestInput): Promise<RegistrationRequest> {
  const { clientId, tenantId = null, locale, origin } = input
  const email = normaliseEmail(input.email)
  if (email === null) return { ok: false, reason: 'invalid_email' }
  const counted = await countMail(deps.attempts, { subject: email, ip: origin.ip }, () =>
    deps.databases.inEngine(async (trx) => {
      const { id } = await createLink(trx, deps.masterKey, { purpose: 'registration', accountId: null, email, clientId, tenantId, locale })
      await record(trx, { type: 'registration.requested', outcome: 'success', subject: id, clientId, origin, after: { link_id: id } })
      return id
    }),
  )
  if (counted.ok) return { ok: true, registration: sealLink(deps.masterKey, counted.done, forCode), email }
  const { scope, retryAfterSeconds } = counted
  await deps.databases.inEngine((trx) => record(trx, { type: 'registration.refused', outcome: 'refused', reason: 'too_many_attempts', clientId, origin, after: { scope } }))
  return { ok: false, reason: 'too_many_attempts', retryAfterSeconds }
}

export type CodeVerification = { readonly ok: true; readonly proof: string } | { readonly ok: false; readonly reason: 'wrong_code' | 'link_invalid' }

/** `registration` is what requestRegistration returned; the proof stands for the link in completeRegistration, once. */
export async function verifyRegistrationCode(
  deps: Pick<AccountDeps, 'databases' | 'masterKey'>,
  { registration, code, origin }: { readonly registration: string; readonly code: string; readonly origin: Origin },
): Promise<CodeVerification> {
  const purposes = ['registration'] as const
  const id = openSealedLink(deps.masterKey, registration, forCode)
  if (id === null) return refuseLink(deps.databases, { key: null, purposes, origin })
  const guess = { id, purpose: 'registration', accountId: null, codeHash: codeHash(deps.masterKey, id, code), tries: codeTries, lifetimeSeconds: codeLifetimeSeconds }
  return deps.databases.inEngine(async (trx): Promise<CodeVerification> => {
    const fits = await updateTries(trx, guess)
    if (fits === true) return { ok: true, proof: sealLink(deps.masterKey, id, forProof) }
    const reason = fits === false ? 'wrong_code' : 'link_invalid'
    await recordRefusedLink(trx, { key: { id }, purposes, origin, ...(fits === false ? { reason } : {}) })
    return { ok: false, reason }
  })
}

/** The link that a proof stands for; null for what verifyRegistrationCode did not make. */
export function openProof(masterKey: AccountDeps['masterKey'], proof: string): string | null {
  return openSealedLink(masterKey, proof, forProof)
}
