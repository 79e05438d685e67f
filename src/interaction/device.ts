/**
 * The browser that somebody signs in from, as the cookie names it. A browser becomes known to an account only after the whole
 * sign-in: a password alone teaches nothing, for whoever stole it would otherwise be spared the limits that strangers have.
 */
import { recogniseDevice, trustDevice } from '../accounts/devices.ts'
import { randomToken } from '../base/crypto.ts'
import type { CookieJar } from '../http/cookies.ts'
import type { PageRequest } from '../http/page.ts'
import type { IncomingMessage } from 'node:http'
import type { Step } from './step.ts'

const cookieName = 'tegata_device'
const lifetimeSeconds = 400 * 24 * 3600
const shape = /^[A-Za-z0-9_-]{43}$/

/** What the browser calls itself, or null for one that has never been here. */
export function deviceOf(req: IncomingMessage, cookies: CookieJar): string | null {
  const value = cookies.read(req, cookieName)
  return value !== null && shape.test(value) ? value : null
}

/** Remembers the browser for the account after a complete sign-in, and trusts it for `trustDays` where the person wishes. */
export async function arrive(step: Step, accountId: string, trustDays = 0): Promise<void> {
  const { deps, request } = step
  const deviceId = keepDevice(request, deps.cookies)
  const { origin } = request
  await deps.databases.inEngine((trx) => recogniseDevice(trx, { accountId, deviceId, origin }))
  if (trustDays > 0) await trustDevice(deps, { accountId, deviceId, days: trustDays, origin })
}

function keepDevice({ ctx }: PageRequest, cookies: CookieJar): string {
  const deviceId = deviceOf(ctx.req, cookies) ?? randomToken()
  cookies.write(ctx.res, { name: cookieName, value: deviceId, maxAgeSeconds: lifetimeSeconds })
  return deviceId
}
