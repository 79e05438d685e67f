/**
 * Owns the browsers in which an account has signed in: known ones keep their own count of failures (attempts.ts), trusted ones
 * are spared the second factor for a while. Invariants: a browser is kept by the hash of its cookie, and it is known or trusted
 * for one account at a time, never for whoever else uses it. Whether a tenant allows trust, and the cookie, are the caller's.
 */
import type { Kysely } from 'kysely'
import { sha256 } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { noOrigin, type Origin } from '../base/origin.ts'
import type { DB } from '../base/schema.ts'
import { record } from '../events/record.ts'
import { deleteDevices, findDevice, findOtherDevice, insertDevice, listDeviceRows, updateTrust, type DeviceRow } from './device-queries.ts'

type Engine = Kysely<DB>

interface Browser {
  readonly accountId: string
  /** The value of the browser's cookie: long and random. */
  readonly deviceId: string
}

/** The name under which a browser is kept. */
export function deviceHash(cookieValue: string): string {
  return sha256(cookieValue)
}

function keyOf({ accountId, deviceId }: Browser) {
  return { accountId, idHash: deviceHash(deviceId) }
}

/** Makes the browser known to the account after a whole sign-in. News, and an event, only where the account knows another one: the first is none. */
export async function recogniseDevice(trx: EngineTrx, browser: Browser & { readonly origin: Origin }): Promise<{ readonly isNew: boolean }> {
  const { accountId, origin } = browser
  const key = keyOf(browser)
  const isNew = await insertDevice(trx, { ...key, userAgent: origin.userAgent?.slice(0, 512) ?? null })
  if (isNew && (await findOtherDevice(trx.query, key))) {
    await record(trx, { type: 'device.recognised', outcome: 'success', subject: accountId, actor: accountId, origin })
  }
  return { isNew }
}

/** Whether the account has signed in from this browser before. */
export async function isKnownDevice(db: Engine, browser: Browser): Promise<boolean> {
  return (await findDevice(db, keyOf(browser))) !== undefined
}

/** Whether the second factor need not be asked for in this browser, as far as the browser goes. */
export async function isTrustedDevice(db: Engine, browser: Browser): Promise<boolean> {
  return (await findDevice(db, keyOf(browser)))?.trusted ?? false
}

export interface TrustDeviceInput extends Browser {
  /** A tenant that does not allow trust has 0. */
  readonly days: number
  readonly origin: Origin
}

export type DeviceTrust = { readonly ok: true; readonly until: Date } | { readonly ok: false; readonly reason: 'not_allowed' }

/** Trusts the browser for so many days from now, by the database's clock. */
export async function trustDevice(deps: { readonly databases: Databases }, input: TrustDeviceInput): Promise<DeviceTrust> {
  const { accountId, days, origin } = input
  if (days <= 0) return { ok: false, reason: 'not_allowed' }
  return deps.databases.inEngine(async (trx): Promise<DeviceTrust> => {
    await recogniseDevice(trx, input)
    const until = await updateTrust(trx, { ...keyOf(input), days })
    if (until === undefined) throw new Error('a browser that was just noted is gone')
    await record(trx, { type: 'device.trusted', outcome: 'success', subject: accountId, actor: accountId, origin, after: { until: until.toISOString() } })
    return { ok: true, until }
  })
}

export interface Forgetting {
  /** The cookie of the browser that stays known and trusted. */
  readonly except?: string
  readonly actor?: string | null
  readonly origin?: Origin
}

/** Makes the account's browsers unknown; says so in the log where there were any. */
export async function forgetDevices(trx: EngineTrx, accountId: string, { except, actor = null, origin = noOrigin }: Forgetting = {}): Promise<void> {
  const count = await deleteDevices(trx, accountId, except === undefined ? null : deviceHash(except))
  if (count > 0) await record(trx, { type: 'device.forgotten', outcome: 'success', subject: accountId, actor, origin, after: { count } })
}

/** The account's browsers, the one seen last first. */
export function listDevices(db: Engine, accountId: string): Promise<readonly DeviceRow[]> {
  return listDeviceRows(db, accountId)
}
