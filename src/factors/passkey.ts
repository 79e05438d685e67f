/** Owns the rules of passkeys that need neither database nor library: handle, names, and what a use of one proves. Pure. */
import { hmac, type MasterKey } from '../base/crypto.ts'
import { authenticatorName } from './authenticator-names.ts'

/** How long a person may take to answer the browser's question. */
export const challengeSeconds = 5 * 60
export const longestPasskeyName = 60

/** What the authenticator keeps as the owner's name (WebAuthn §14.6.1): 32 bytes, base64url, that tell nobody who it is. */
export function userHandle(masterKey: MasterKey, accountId: string): string {
  return hmac(masterKey.derive('webauthn user handle'), accountId)
}

/** RFC 8176: key in hardware or copied between devices, presence of the person, and a PIN or finger where it was asked for. */
export function passkeyAmr(proof: { readonly isDeviceBound: boolean; readonly userVerified: boolean }): readonly string[] {
  return [proof.isDeviceBound ? 'hwk' : 'swk', 'user', ...(proof.userVerified ? ['mfa'] : [])]
}

/** The name as it is kept, or why it cannot be one; lengths count characters. */
export function passkeyName(text: string): { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: 'name_missing' | 'name_too_long' } {
  const name = plain(text)
  if (name === '') return { ok: false, reason: 'name_missing' }
  return Array.from(name).length > longestPasskeyName ? { ok: false, reason: 'name_too_long' } : { ok: true, name }
}

/** A name for a new passkey, cut where it is too long; without one that of the authenticator, else the day. */
export function firstPasskeyName(text: string | null, { aaguid, at }: { readonly aaguid: string; readonly at: Date }): string {
  const name = Array.from(plain(text ?? '')).slice(0, longestPasskeyName).join('').trim()
  return name === '' ? (authenticatorName(aaguid) ?? `Passkey ${dayOf(at)}`) : name
}

function plain(text: string): string {
  return text.normalize('NFC').replaceAll(/[\s\p{C}]+/gu, ' ').trim()
}

function dayOf(at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(at)
}
