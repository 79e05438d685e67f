/**
 * An authenticator app of another maker, so to say: reads the address of a QR code by the Key URI Format and computes codes by
 * RFC 6238 on node:crypto alone, so that nothing of ours is tested against itself.
 */
import { createHmac } from 'node:crypto'

export interface TotpApp {
  readonly issuer: string
  readonly account: string
  readonly secret: string
  /** The code that the app shows at that moment. */
  codeAt(moment: Date): string
}

/** Throws where an app could not read the address. */
export function scan(uri: string): TotpApp {
  const url = new URL(uri)
  if (url.protocol !== 'otpauth:' || url.host !== 'totp') throw new Error(`no otpauth://totp address: ${uri}`)
  // Some apps split before they decode, some after: both must find the same two parts.
  const [issuer, account, ...more] = decodeURIComponent(url.pathname.slice(1)).split(':')
  if (!issuer || !account || more.length > 0) throw new Error(`the label does not have two parts: ${url.pathname}`)
  const { secret, issuer: named, algorithm, digits, period, ...unknown } = Object.fromEntries(url.searchParams)
  if (!secret || named !== issuer || algorithm !== 'SHA1' || digits !== '6' || period !== '30' || Object.keys(unknown).length > 0) throw new Error(`parameters that an app would not take: ${url.search}`)
  const key = fromBase32(secret)
  return { issuer, account, secret, codeAt: (moment) => hotp(key, Math.floor(moment.getTime() / 30_000)) }
}

function hotp(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = digest.readUInt8(digest.length - 1) & 0x0f
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
