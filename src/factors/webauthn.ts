/**
 * The one place that judges what authenticators say (WebAuthn §7.1, §7.2), with @simplewebauthn/server. Invariants: answers
 * are for our origin, our RP ID and the challenge given, made in no foreign frame; no certificate of an attestation is ever
 * looked at, for none was asked for. Counter, owner and single use are judged by the rows, not here.
 */
import { z } from 'zod'

/** EdDSA, ES256, RS256 (COSE): what authenticators speak. */
export const algorithms: readonly number[] = [-8, -7, -257]

export interface RelyingParty {
  readonly rpId: string
  readonly origin: string
}

/** Loaded with the first passkey: it brings everything that judges certificates, a tenth of a second and 26 MiB of a start. */
export const webauthnLibrary = () => import('@simplewebauthn/server')
const webauthnReader = () => import('@simplewebauthn/server/helpers')
type WebauthnReader = Awaited<ReturnType<typeof webauthnReader>>

const base64url = z.string().min(1).max(65_536).regex(/^[A-Za-z0-9_-]+$/)
// WebAuthn §4: a credential id has 1023 bytes at most.
const credentialId = base64url.max(1364)
const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }
const registrationShape = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, attestationObject: base64url, transports: z.array(z.string()).max(32).nullish() }),
})
const assertionShape = z.object({
  ...credential,
  response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url, userHandle: base64url.nullish() }),
})

export type Assertion = z.infer<typeof assertionShape>

export interface NewCredential {
  readonly id: string
  readonly publicKey: Buffer
  readonly counter: number
  readonly transports: string[]
  readonly aaguid: string
  readonly backedUp: boolean
  readonly isDeviceBound: boolean
  readonly userVerified: boolean
}

interface Question {
  readonly challenge: string
  readonly party: RelyingParty
}

/** The new credential, or null for an answer that does not fit; `answer` as JSON or parsed. */
export async function judgeRegistration(answer: unknown, { challenge, party }: Question): Promise<NewCredential | null> {
  const read = registrationShape.safeParse(parsed(answer))
  if (!read.success) return null
  const { id, rawId, type, response } = read.data
  const { clientDataJSON, attestationObject } = response
  const judged = await orNull(async () => {
    const [{ verifyRegistrationResponse }, reader] = await Promise.all([webauthnLibrary(), webauthnReader()])
    if (isFramed(reader, clientDataJSON) || isAttested(reader, attestationObject)) return null
    return verifyRegistrationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject } },
      expectedChallenge: challenge, expectedOrigin: party.origin, expectedRPID: party.rpId,
      requireUserVerification: false, supportedAlgorithmIDs: [...algorithms],
    })
  })
  if (judged?.verified !== true) return null
  const { credential: made, aaguid, credentialBackedUp: backedUp, credentialDeviceType, userVerified } = judged.registrationInfo
  const transports = [...new Set(response.transports ?? [])].filter((name) => /^[a-z-]{2,20}$/.test(name)).slice(0, 8)
  return { id: made.id, publicKey: Buffer.from(made.publicKey), counter: made.counter, transports, aaguid, backedUp, userVerified, isDeviceBound: credentialDeviceType === 'singleDevice' }
}

/** The answer in its shape, before anybody knows whose it is; null for anything else. */
export function readAssertion(answer: unknown): Assertion | null {
  const read = assertionShape.safeParse(parsed(answer))
  return read.success ? read.data : null
}

export interface Proof {
  readonly counter: number
  readonly backedUp: boolean
  readonly isDeviceBound: boolean
  readonly userVerified: boolean
}

/** What the signed answer proves, or null when it does not fit. The person was there in any case; verified only where it says so. */
export async function judgeAssertion(assertion: Assertion, { challenge, party, publicKey }: Question & { readonly publicKey: Buffer }): Promise<Proof | null> {
  const { id, rawId, type, response: { clientDataJSON, authenticatorData, signature } } = assertion
  const judged = await orNull(async () => {
    const [{ verifyAuthenticationResponse }, reader] = await Promise.all([webauthnLibrary(), webauthnReader()])
    if (isFramed(reader, clientDataJSON)) return null
    return verifyAuthenticationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, authenticatorData, signature } },
      expectedChallenge: challenge, expectedOrigin: party.origin, expectedRPID: party.rpId, requireUserVerification: false,
      // The library judges the counter before the signature, so anybody could cast suspicion; with 0 it leaves that to the row.
      credential: { id, publicKey: Uint8Array.from(publicKey), counter: 0 },
    })
  })
  if (judged?.verified !== true) return null
  const { newCounter, credentialBackedUp, credentialDeviceType, userVerified } = judged.authenticationInfo
  return { counter: newCounter, backedUp: credentialBackedUp, isDeviceBound: credentialDeviceType === 'singleDevice', userVerified }
}

/** The library says no by throwing. */
async function orNull<T>(judge: () => Promise<T>): Promise<T | null> {
  try {
    return await judge()
  } catch {
    return null
  }
}

/** A form field carries the answer as text, a script's request as an object. */
function parsed(answer: unknown): unknown {
  if (typeof answer !== 'string') return answer
  try {
    return JSON.parse(answer)
  } catch {
    return null
  }
}

/** Our pages stand in no frame of another origin, so an answer from one is not ours. */
function isFramed({ decodeClientDataJSON }: WebauthnReader, clientDataJSON: string): boolean {
  return decodeClientDataJSON(clientDataJSON).crossOrigin === true
}

/** Judging a certificate may fetch the list it names; a client that was asked for none sends none (WebAuthn §5.1.3). */
function isAttested({ decodeAttestationObject, isoBase64URL }: WebauthnReader, attestationObject: string): boolean {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const format = decoded.get('fmt')
  return !(format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined))
}
