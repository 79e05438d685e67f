/**
 * Owns the master key and the few primitives that rooms share: seal and open, derived keys, tokens, digests.
 * Nothing here is home-made: HKDF, AES-256-GCM, SHA-256 and HMAC are node:crypto's.
 * Password hashing lives in accounts/hash-pool.ts, signing keys in oidc/.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

const developmentPrefix = 'dev-'
const keyShape = /^[A-Za-z0-9_-]{43}$/
const nonceBytes = 12
const tagBytes = 16

/** Thrown when sealed text cannot be opened; the message says why and holds nothing secret. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
}

/** The root of every secret that Tegata stores. It shows itself to nobody: not to logs, not to JSON. */
export class MasterKey {
  readonly isDevelopment: boolean
  readonly #material: Buffer
  readonly #sealKey: Buffer
  readonly #sealKeyId: string

  private constructor(material: Buffer, isDevelopment: boolean) {
    this.isDevelopment = isDevelopment
    this.#material = material
    this.#sealKey = this.derive('seal')
    this.#sealKeyId = createHash('sha256').update(this.#sealKey).digest('base64url').slice(0, 8)
  }

  /** Reads 43 characters of base64url (32 bytes), with "dev-" before them for a development key; refuses anything else. */
  static fromText(text: string): MasterKey {
    const isDevelopment = text.startsWith(developmentPrefix)
    const material = canonicalBytes(isDevelopment ? text.slice(developmentPrefix.length) : text)
    if (!material) throw new Error('MASTER_KEY must be 32 bytes in base64url: 43 characters of A-Z a-z 0-9 - _.')
    return new MasterKey(material, isDevelopment)
  }

  /** A key of its own for each purpose (HKDF-SHA256, RFC 5869), 32 bytes unless told. */
  derive(purpose: string, bytes = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#material, '', `tegata/${purpose}`, bytes))
  }

  /** Encrypts for storage, bound to `aad` (say, table, column and row id), as "v1.<key id>.<base64url>". */
  seal(plaintext: string | Buffer, aad: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(this.#boundTo(aad)))
    const text = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    return `v1.${this.#sealKeyId}.${text.toString('base64url')}`
  }

  /** The bytes that were sealed; throws CannotOpen for another key, another `aad`, or text that was changed. */
  open(sealed: string, aad: string): Buffer {
    const [version, keyId, body, ...rest] = sealed.split('.')
    if (version !== 'v1' || !keyId || !body || rest.length > 0) throw new CannotOpen('This is not text that Tegata sealed.')
    if (keyId !== this.#sealKeyId) throw new CannotOpen('This was sealed with another MASTER_KEY: start Tegata with the key that sealed it.')
    try {
      const bytes = Buffer.from(body, 'base64url')
      const tagStart = bytes.length - tagBytes
      // Several spellings of base64url give the same bytes; only the one that seal() writes is taken.
      if (bytes.toString('base64url') !== body || tagStart < nonceBytes) throw new RangeError('not canonical, or cut short')
      const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(this.#boundTo(aad)))
      decipher.setAuthTag(bytes.subarray(tagStart))
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, tagStart)), decipher.final()])
    } catch (cause) {
      throw new CannotOpen('This sealed text was changed, or it belongs to another row.', { cause })
    }
  }

  #boundTo(aad: string): string {
    return `v1.${this.#sealKeyId}.${aad}`
  }
}

function canonicalBytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return keyShape.test(text) && bytes.toString('base64url') === text ? bytes : null
}

/** A new master key as text; a development key says so in its prefix, and production refuses it. */
export function generateMasterKey(kind: 'development' | 'production'): string {
  return `${kind === 'development' ? developmentPrefix : ''}${randomToken()}`
}

/** An unguessable token in base64url, 32 bytes unless told. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** SHA-256 of the text's UTF-8 bytes, in base64url; for tokens that are long and random, never for passwords. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** HMAC-SHA256 of the text's UTF-8 bytes, in base64url. */
export function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares in a time that depends neither on where the texts differ nor on how long they are alike. */
export function equalStrings(a: string, b: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  return timingSafeEqual(digest(a), digest(b))
}
