/**
 * Owns how a person may name themselves at sign-in, and the one spelling under which an address or a staff number is kept.
 * Invariant: what is stored, what is looked up and what a rate limit counts have passed through here, so two spellings of
 * one name are never two accounts. Pure; whether anybody has that name is the caller's question.
 */
import { domainToASCII } from 'node:url'

export type Identifier =
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'staff_number'; readonly number: string; readonly subdomain: string | null }
  | { readonly kind: 'invalid' }

/** RFC 5321 §4.5.3.1: longer addresses cannot be delivered to. */
const longestEmail = 254
const longestLocalPart = 64
const longestInput = 320

const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
// No invisible or control characters, and none that mean something in a mail header or in a link.
const forbiddenInLocalPart = /[\p{C}\p{Z}<>()[\],;:\\"@]/u
const staffNumber = /^[\p{L}\p{N}](?:[\p{L}\p{N}._/-]{0,62}[\p{L}\p{N}])?$/u
/** Hyphens and strokes that a Japanese keyboard gives where a hyphen is meant; NFKC leaves them as they are. */
const hyphenLike = /[\u2010-\u2015\u2212\u30fc\uff70]/g

/** Whether the text is a DNS label in lower case (RFC 1123 §2.1), which every tenant's subdomain is. */
export function isSubdomainLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

/** The address in its one spelling (NFKC, lower case, domain in ASCII), or null for what is no address on the public internet. */
export function normaliseEmail(text: string): string | null {
  if (text.length > longestInput) return null
  const email = spellEmail(text)
  // A few characters change again when folded twice; such an address would have two spellings.
  return email !== null && spellEmail(email) === email ? email : null
}

function spellEmail(text: string): string | null {
  const [local, host, ...rest] = text.normalize('NFKC').trim().toLowerCase().normalize('NFKC').split('@')
  if (!local || !host || rest.length > 0) return null
  if (forbiddenInLocalPart.test(local) || Buffer.byteLength(local) > longestLocalPart) return null
  const domain = domainToASCII(host)
  const email = `${local}@${domain}`
  return hostName.test(domain) && Buffer.byteLength(email) <= longestEmail ? email : null
}

/** The staff number in its one spelling (NFKC, upper case, plain hyphens), or null for what cannot be one. */
export function normaliseStaffNumber(text: string): string | null {
  if (text.length > longestInput) return null
  const number = text.normalize('NFKC').trim().replaceAll(hyphenLike, '-').toUpperCase()
  return staffNumber.test(number) ? number : null
}

/** Reads what was typed: an address, `S-0142@sakura` (the part after @ has no dot), or `S-0142` where the tenant is known. */
export function parseIdentifier(text: string): Identifier {
  if (text.length > longestInput) return { kind: 'invalid' }
  const plain = text.normalize('NFKC').trim()
  const at = plain.lastIndexOf('@')
  const behind = at === -1 ? null : plain.slice(at + 1).toLowerCase()
  if (behind?.includes('.') === true) {
    const email = normaliseEmail(plain)
    return email === null ? { kind: 'invalid' } : { kind: 'email', email }
  }
  const number = normaliseStaffNumber(at === -1 ? plain : plain.slice(0, at))
  if (number === null || (behind !== null && !isSubdomainLabel(behind))) return { kind: 'invalid' }
  return { kind: 'staff_number', number, subdomain: behind }
}
