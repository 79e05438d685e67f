/**
 * How bearer values become row keys. Invariant: no value that opens anything is ever stored; a row is keyed by the SHA-256 of
 * its value, and where one stored thing must point at another it holds a reference that only this deployment can have made.
 */
import { equalStrings, hmac, sha256, type MasterKey } from '../base/crypto.ts'

const prefix = 'ref.'

export interface References {
  /** The row key for an id that oidc-provider handed us: a bearer value or one of our references. */
  key(id: string): string
  /** A reference to a row key, good in place of the value; useless without the master key to forge it. */
  refer(key: string): string
}

export function createReferences(masterKey: MasterKey): References {
  const secret = masterKey.derive('references between artifacts')
  return {
    key(id) {
      if (!id.startsWith(prefix)) return sha256(id)
      const [key = '', mac = ''] = id.slice(prefix.length).split('.')
      // A forged reference falls back to the digest of its text, which no row has.
      return equalStrings(mac, hmac(secret, key)) ? key : sha256(id)
    },
    refer: (key) => `${prefix}${key}.${hmac(secret, key)}`,
  }
}
