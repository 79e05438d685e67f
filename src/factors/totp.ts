/**
 * Owns the rules of time-based codes (RFC 6238): SHA-1, six digits, 30 seconds, one step of tolerance to each side, and how an
 * app is told of them (Key URI Format). Pure; that a code counts once is decided by the statement that accepts it.
 */
import { generateURI, verify } from 'otplib'

export const stepSeconds = 30
const longestTenantName = 32
const codeShape = /^\d{6}$/

/** What an authenticator app shows above the code: "Tegata", or "<tenant> (Tegata)". */
export function totpIssuer(tenantName: string | null): string {
  const tenant = withoutColons(tenantName ?? '')
  const characters = Array.from(tenant)
  const short = characters.length > longestTenantName ? `${characters.slice(0, longestTenantName - 1).join('')}…` : tenant
  return short === '' ? 'Tegata' : `${short} (Tegata)`
}

/** The address (Key URI Format) that a QR code carries; all parameters are written out, defaults too. */
export function totpUri({ issuer, account, secret }: { issuer: string; account: string; secret: string }): string {
  const uri = generateURI({ issuer: withoutColons(issuer), label: withoutColons(account), secret })
  return `${uri}&algorithm=SHA1&digits=6&period=${stepSeconds}`
}

/** Apps split the label at a colon, encoded or not. */
function withoutColons(text: string): string {
  return text.normalize('NFC').replaceAll(/\s*[:\p{C}]\s*/gu, ' ').trim()
}

/** The six digits as typed with spaces, hyphens or in full width; null for anything else. */
export function normaliseTotpCode(text: string): string | null {
  if (text.length > 64) return null
  const code = text.normalize('NFKC').replaceAll(/[\s-]/g, '')
  return codeShape.test(code) ? code : null
}

/** The time step to which the code belongs, at most one from now; null when it belongs to none of the three. */
export async function stepOfCode({ secret, code, now }: { secret: string; code: string; now: Date }): Promise<number | null> {
  const token = normaliseTotpCode(code)
  if (token === null) return null
  const result = await verify({ secret, token, epoch: Math.floor(now.getTime() / 1000), epochTolerance: stepSeconds })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}
