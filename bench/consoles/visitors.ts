/** Who walks the consoles, with what each sends along: real sign-ins on the pages, and a machine's token. */
import { z } from 'zod'
import { registerMachine } from '../../src/apps/register-machine.ts'
import { parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { enrolTotp } from '../../test/helpers/factors.ts'
import { Person, type Visit } from '../../test/helpers/person.ts'
import { basic } from '../sign-in.ts'
import { password } from '../servers/world.ts'
import { adminEmail, operatorEmail, type Crowd } from './crowd.ts'
import type { House } from './house.ts'
import type { VisitorName } from './pages.ts'

export type Visitors = Readonly<Record<VisitorName, Readonly<Record<string, string>>>>

/** The headers of each. */
export async function signInAll(house: House, crowd: Crowd): Promise<Visitors> {
  const [admin, operator] = [new Person(), new Person()]
  await arrive(admin, house, { path: `/t/${crowd.subdomain}`, email: adminEmail })
  await enrolTotp(operator, await arrive(operator, house, { path: '/admin', email: operatorEmail }))
  const language = { 'accept-language': 'ja' }
  const withCookie = async (person: Person, path: string) => ({ ...language, cookie: await person.jar.getCookieString(`${house.origin}${path}`) })
  return {
    nobody: language, admin: await withCookie(admin, `/t/${crowd.subdomain}`), operator: await withCookie(operator, '/admin'),
    machine: { authorization: `Bearer ${await machineToken(house, crowd.tenantId)}` },
  }
}

async function arrive(person: Person, { origin }: House, { path, email }: { readonly path: string; readonly email: string }): Promise<Visit> {
  return person.submit(await person.open(`${origin}${path}`), { identifier: email, password }, 'sign_in')
}

/** Of a machine of the tenant that may read everything and invite. */
export async function machineToken({ origin, databases }: House, tenantId: string): Promise<string> {
  const ownApi = `${origin}/api/v1`
  const permissions = ['member:read', 'member:invite', 'session:end', 'audit:read', 'app:manage', 'tenant:update']
  const made = await registerMachine({ databases, ownApi }, { tenantId: parseTenantId(tenantId), name: 'Bench', permissions, mover: { kind: 'operator', accountId: null }, origin: noOrigin })
  if (!made.ok) throw new Error(`the machine was refused: ${made.reason}`)
  const scope = 'members:read members:write audit:read apps:read tenant:read'
  const answer = await fetch(`${origin}/oauth2/token`, { method: 'POST', headers: { authorization: basic(made) }, body: new URLSearchParams({ grant_type: 'client_credentials', resource: ownApi, scope }) })
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token
}
