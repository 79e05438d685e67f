/**
 * Minoru, who administers Midori, tries every door for what is Sakura's: each endpoint with Sakura's ids in path and body, each page
 * of a console with Sakura's ids below his own address, each form that Misaki has, sent with his own hand.
 * Invariant: whatever wall is down, nothing of Sakura's stands in an answer and nothing of Sakura's changes.
 */
import { expect } from 'vitest'
import { z } from 'zod'
import type { EndpointDoor } from '../../src/http/endpoint.ts'
import type { PageDoor } from '../../src/http/page.ts'
import { asSuperuser } from '../helpers/database.ts'
import { fill, type Neighbour } from '../helpers/neighbours.ts'
import { forge, throughSignIn } from '../helpers/people.ts'
import type { Visit } from '../helpers/person.ts'
import { tokensFor } from '../helpers/sign-in.ts'
import type { Tegata } from '../helpers/tegata.ts'

export const minoru = { email: 'minoru@example.com' }
const misaki = { email: 'misaki@example.com' }
const nameOf = (door: { method: string; path: string }) => `${door.method} ${door.path}`

/** A body that the door's schema takes, with Sakura's ids wherever an id can stand. */
export function bodyFor(door: EndpointDoor, known: Readonly<Record<string, string>>): unknown {
  return door.body === undefined ? undefined : valueOf('', schemaShape.parse(z.toJSONSchema(door.body, { io: 'input', unrepresentable: 'any' })), known)
}

const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string()).transform(([first]) => first)]).optional(), properties: z.record(z.string(), z.unknown()).optional(), items: z.unknown().optional(), enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(), anyOf: z.array(z.unknown()).optional(), oneOf: z.array(z.unknown()).optional(), minimum: z.number().optional(), format: z.string().optional(),
})
type Schema = z.output<typeof schemaShape>

function valueOf(name: string, schema: Schema, known: Readonly<Record<string, string>>): unknown {
  const [first] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (first !== undefined) return valueOf(name, schemaShape.parse(first), known)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, valueOf(key, schemaShape.parse(inner), known)]))
    case 'array':
      return [valueOf(name.replace(/s$/, ''), schemaShape.parse(schema.items ?? { type: 'string' }), known)]
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    default:
      return textOf(name, schema, known)
  }
}

function textOf(name: string, { format }: Schema, known: Readonly<Record<string, string>>): string {
  if (format === 'date-time') return '2030-01-01T00:00:00Z'
  if (format === 'email' || name === 'email') return 'somebody-else@example.com'
  const meant: Readonly<Record<string, string | undefined>> = { ...known, role: known['role_name'], unit: known['unit_code'], units: known['unit_code'] }
  return meant[name] ?? known['membership_id'] ?? 'x'
}

export interface Answer {
  readonly door: string
  readonly status: number
  readonly text: string
}

const scopes = (tegata: Tegata) => tegata.databases.engine.selectFrom('api').select('scopes').where('identifier', '=', `${tegata.issuer}/api/v1`).executeTakeFirstOrThrow()

/** A token of this person for our own API with every scope that it has. */
export async function fullToken(tegata: Tegata, { email }: { readonly email: string }): Promise<string> {
  const api = `${tegata.issuer}/api/v1`
  const all = (await scopes(tegata)).scopes
  const party = await tegata.app({ name: 'Console', apiScopes: { [api]: all } })
  const { accessToken } = await tokensFor(party, tegata.person(), { email, scope: `openid tenant ${all.join(' ')}`, parameters: { resource: api } })
  return accessToken
}

/** Doors of a person to their own account, in which no tenant has a part. */
const isOwn = (door: EndpointDoor) => door.path.startsWith('/api/v1/me/')

/** Every endpoint, as Minoru, for what is Sakura's. */
export async function tryEndpoints(tegata: Tegata, { known }: Neighbour): Promise<readonly Answer[]> {
  const token = await fullToken(tegata, minoru)
  const doors = tegata.server.doors.filter((door): door is EndpointDoor => door.kind === 'endpoint' && door.access !== 'public' && !isOwn(door))
  const answers: Answer[] = []
  for (const door of doors) {
    const body = bodyFor(door, known)
    const response = await fetch(`${tegata.issuer}${fill(door.path, known)}`, {
      method: door.method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    answers.push({ door: nameOf(door), status: response.status, text: await response.text() })
  }
  return answers
}

const consolePages = (tegata: Tegata, method: 'GET' | 'POST') => tegata.server.doors.filter((door): door is PageDoor => door.kind === 'page' && door.method === method && door.path.startsWith('/t/:subdomain'))

/** Every page of a console, as Minoru: Sakura's own address, and his own with Sakura's ids. */
export async function tryPages(tegata: Tegata, { known }: Neighbour): Promise<readonly Answer[]> {
  const person = tegata.person()
  const open = async (path: string): Promise<Visit> => throughSignIn(person, await person.open(`${tegata.issuer}${path}`), minoru)
  const answers: Answer[] = []
  for (const door of consolePages(tegata, 'GET')) {
    for (const subdomain of ['sakura', 'midori']) {
      const { status, text } = await open(fill(door.path, { ...known, subdomain }))
      if (subdomain === 'sakura' || /:subdomain.*:/.test(door.path)) answers.push({ door: `${nameOf(door)} of ${subdomain}`, status, text })
    }
  }
  return answers
}

/** Every form of Sakura's console, filled in by Misaki's page and sent by Minoru below both addresses. */
export async function replayForms(tegata: Tegata, { known }: Neighbour): Promise<number> {
  const [hers, his] = [tegata.person(), tegata.person()]
  const own = await throughSignIn(his, await his.open(`${tegata.issuer}/t/midori`), minoru)
  const account = await his.open(`${tegata.issuer}/account/profile`)
  expect([own.status, account.status]).toEqual([200, 200])
  let sent = 0
  for (const door of consolePages(tegata, 'GET')) {
    const page = await throughSignIn(hers, await hers.open(`${tegata.issuer}${fill(door.path, known)}`), misaki)
    for (const fields of formsOf(page)) {
      for (const subdomain of ['sakura', 'midori']) {
        await forge(his, account, { action: fill(door.path, { ...known, subdomain }), fields }).catch(ignoreNavigation)
        sent += 1
      }
    }
  }
  return sent
}

/** A form that led nowhere is as good as refused; what counts is what stands in the database. */
function ignoreNavigation(error: unknown): undefined {
  if (error instanceof Error && /too many redirects/.test(error.message)) return undefined
  throw error
}

function formsOf(page: Visit): readonly Readonly<Record<string, string>>[] {
  return page.html.querySelectorAll('form[method="post"]').flatMap((form) => {
    const fields = Object.fromEntries(form.querySelectorAll('input, select, textarea').flatMap((field) => {
      const name = field.getAttribute('name')
      return name === undefined || name === 'csrf_token' ? [] : [[name, field.getAttribute('value') ?? field.querySelector('option[selected]')?.getAttribute('value') ?? 'on']]
    }))
    return form.querySelectorAll('button').map((button) => ({ ...fields, [button.getAttribute('name') ?? 'action']: button.getAttribute('value') ?? '' }))
  })
}

/** One line for each table: everything of this tenant that is not the log. */
export async function pictureOf(tegata: Tegata, tenantId: string): Promise<Readonly<Record<string, string>>> {
  return asSuperuser(tegata.database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relname <> 'oidc_grant' order by 1`,
    )
    const pictures: Record<string, string> = {}
    for (const { name } of rows) {
      const found = await admin.query<{ all: string | null }>(`select string_agg(t::text, chr(10) order by t::text) as all from ${name} t where tenant_id = $1`, [tenantId])
      pictures[name] = found.rows[0]?.all ?? ''
    }
    const own = await admin.query<{ all: string }>('select t::text as all from tenant t where id = $1', [tenantId])
    return { ...pictures, tenant: own.rows[0]?.all ?? '' }
  })
}

/** No answer holds anything of Sakura's. */
export function expectNoLeak(answers: readonly Answer[], { secrets }: Neighbour, asked: readonly string[] = []): void {
  for (const { door, text } of answers) {
    // What was asked for may be said again: in the links of the page that says that there is nothing, in the outcome of each id of many.
    const told = secrets.filter((secret) => !asked.includes(secret) && text.includes(secret))
    expect(told, `${door} tells`).toEqual([])
  }
}
