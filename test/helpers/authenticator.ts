/**
 * A passkey in software: plays browser and authenticator at once (WebAuthn §5, §6), so that tests can register and sign in over
 * plain HTTP. It is as strict as a browser about whose question it answers, and lies only where a test tells it to.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { z } from 'zod'

const descriptors = z.array(z.object({ id: z.string() })).default([])
const creationOptions = z.object({ challenge: z.string(), rp: z.object({ id: z.string() }), user: z.object({ id: z.string() }), excludeCredentials: descriptors })
const requestOptions = z.object({ challenge: z.string(), rpId: z.string(), allowCredentials: descriptors, userVerification: z.string().optional() })

export interface Kind {
  /** Copied between the person's devices, say by a password manager; else bound to one. */
  readonly backedUp?: boolean
  /** Has asked for a finger or a PIN. */
  readonly userVerified?: boolean
  /** Counts its signatures; else it says 0 each time. */
  readonly counts?: boolean
  readonly aaguid?: string
  readonly transports?: readonly string[]
}

type Cbor = Parameters<typeof isoCBOR.encode>[0]

/** What a test may falsify in one answer. */
export interface Falsified {
  readonly rpId?: string
  readonly challenge?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly backedUp?: boolean
  readonly crossOrigin?: boolean
  readonly type?: string
  /** Null leaves it out, as authenticators may that were told the credential. */
  readonly userHandle?: string | null
  /** Signed by this key instead. */
  readonly key?: KeyObject
  readonly format?: string
  readonly statement?: ReadonlyMap<string, Cbor>
}

interface Credential {
  readonly id: string
  readonly rpId: string
  readonly userHandle: string
  readonly key: KeyObject
  counter: number
}

export interface RegistrationAnswer {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly clientExtensionResults: Readonly<Record<string, unknown>>
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string; readonly transports: readonly string[] }
}

export interface SignInAnswer {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly clientExtensionResults: Readonly<Record<string, unknown>>
  readonly response: { readonly clientDataJSON: string; readonly authenticatorData: string; readonly signature: string; readonly userHandle?: string }
}

export class Authenticator {
  readonly #kind: Required<Kind>
  readonly #credentials: Credential[]

  constructor(kind: Kind = {}, credentials: readonly Credential[] = []) {
    this.#kind = { backedUp: false, userVerified: true, counts: true, aaguid: '00000000-0000-0000-0000-000000000000', transports: ['internal'], ...kind }
    this.#credentials = credentials.map((credential) => ({ ...credential }))
  }

  /** A second device with the same keys, which counts on from where this one is now. */
  copy(): Authenticator {
    return new Authenticator(this.#kind, this.#credentials)
  }

  /** `navigator.credentials.create()` for PublicKeyCredentialCreationOptionsJSON; throws InvalidStateError where the server excludes it. */
  create(options: unknown, origin: string, falsified: Falsified = {}): RegistrationAnswer {
    const { challenge, rp, user, excludeCredentials } = creationOptions.parse(options)
    if (excludeCredentials.some(({ id }) => this.#credentials.some((credential) => credential.id === id))) throw new Error('InvalidStateError: this authenticator holds an excluded credential')
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const credential: Credential = { id: randomBytes(32).toString('base64url'), rpId: rp.id, userHandle: user.id, key: privateKey, counter: 0 }
    this.#credentials.push(credential)
    const { x, y } = z.object({ x: z.string(), y: z.string() }).parse(publicKey.export({ format: 'jwk' }))
    // COSE_Key of RFC 9053 §7.1.1: EC2, ES256, P-256.
    const coseKey = isoCBOR.encode(new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, bytesOf(x)], [-3, bytesOf(y)]]))
    const id = bytesOf(credential.id)
    const attested = Buffer.concat([Buffer.from(this.#kind.aaguid.replaceAll('-', ''), 'hex'), Buffer.from([id.length >> 8, id.length & 0xff]), id, coseKey])
    const authData = this.#authenticatorData(credential, falsified, attested)
    const attestation: [string, Cbor][] = [['fmt', falsified.format ?? 'none'], ['attStmt', new Map(falsified.statement)], ['authData', Uint8Array.from(authData)]]
    const attestationObject = isoCBOR.encode(new Map(attestation))
    const clientDataJSON = clientData({ type: 'webauthn.create', challenge, origin }, falsified)
    return {
      id: credential.id, rawId: credential.id, type: 'public-key', clientExtensionResults: { credProps: { rk: true } },
      response: { clientDataJSON, attestationObject: Buffer.from(attestationObject).toString('base64url'), transports: this.#kind.transports },
    }
  }

  /** `navigator.credentials.get()` for PublicKeyCredentialRequestOptionsJSON; throws NotAllowedError where it has nothing to offer. */
  get(options: unknown, origin: string, falsified: Falsified = {}): SignInAnswer {
    const { challenge, rpId, allowCredentials } = requestOptions.parse(options)
    const allowed = allowCredentials.map(({ id }) => id)
    const credential = this.#credentials.findLast((each) => each.rpId === rpId && (allowed.length === 0 || allowed.includes(each.id)))
    if (credential === undefined) throw new Error('NotAllowedError: this authenticator holds no credential that is asked for')
    const clientDataJSON = clientData({ type: 'webauthn.get', challenge, origin }, falsified)
    const authData = this.#authenticatorData(credential, falsified)
    const signed = Buffer.concat([authData, createHash('sha256').update(bytesOf(clientDataJSON)).digest()])
    const userHandle = falsified.userHandle === undefined ? credential.userHandle : falsified.userHandle
    return {
      id: credential.id, rawId: credential.id, type: 'public-key', clientExtensionResults: {},
      response: {
        clientDataJSON,
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, falsified.key ?? credential.key).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    }
  }

  #authenticatorData(credential: Credential, falsified: Falsified, attested?: Buffer): Buffer {
    if (this.#kind.counts) credential.counter += 1
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(credential.counter)
    const present = (falsified.userPresent ?? true) ? 0x01 : 0
    const verified = (falsified.userVerified ?? this.#kind.userVerified) ? 0x04 : 0
    const backup = (falsified.backedUp ?? this.#kind.backedUp) ? 0x18 : 0
    const flags = Buffer.from([present | verified | backup | (attested === undefined ? 0 : 0x40)])
    const rpIdHash = createHash('sha256').update(falsified.rpId ?? credential.rpId).digest()
    return Buffer.concat([rpIdHash, flags, counter, ...(attested === undefined ? [] : [attested])])
  }
}

function clientData(honest: { type: string; challenge: string; origin: string }, falsified: Falsified): string {
  const data = { ...honest, type: falsified.type ?? honest.type, challenge: falsified.challenge ?? honest.challenge, crossOrigin: falsified.crossOrigin ?? false }
  return Buffer.from(JSON.stringify(data)).toString('base64url')
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64url, 'base64url'))
}
