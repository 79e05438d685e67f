/** `tegata tenant create|list|show|update|suspend|resume|close|undo-close|rules`: the life of tenants, as operators lead it. */
import { z } from 'zod'
import { foundTenant } from '../members/found-tenant.ts'
import { countSeats } from '../members/seat-queries.ts'
import { endGrantsOfTenant } from '../oidc/endings.ts'
import { changePlan } from '../tenants/change-plan.ts'
import type { TenantChange } from '../tenants/change-tenant-status.ts'
import { closeTenant } from '../tenants/close-tenant.ts'
import { findTenantOverview } from '../tenants/life-queries.ts'
import { listTenants } from '../tenants/queries.ts'
import { resumeTenant } from '../tenants/resume-tenant.ts'
import { normaliseTenantName } from '../tenants/settings.ts'
import { suspendTenant } from '../tenants/suspend-tenant.ts'
import { tenantKinds } from '../tenants/tenant.ts'
import { undoClosing } from '../tenants/undo-closing.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { rulesVerb } from './tenant-rules.ts'
import { runGroup, table, verb, type Answer, type Verb } from './verbs.ts'

const bySubdomain = z.object({ argument: z.string() })
const plan = z.string().optional()
/** A number, or `none` for as many as there are. */
const seatLimit = z.union([z.literal('none'), z.coerce.number()]).transform((text) => (text === 'none' ? null : text)).optional()
const planOptions = { '--plan <label>': 'what the platform calls its contract', '--seat-limit <n>': 'how many may be members at once; `none` for as many as there are' }

const create = verb({
  name: 'create', meaning: 'makes a tenant with its first roles, and invites whoever is to administer it',
  options: {
    '--name <name>': 'its name, as people read it', '--subdomain <label>': 'its short name in addresses', '--kind <kind>': `${tenantKinds.join(', ')}: the roles it begins with`,
    '--admin-email <address>': 'where the first administrator’s invitation goes', '--admin-locale <locale>': 'its language: ja or en (ja)', ...planOptions,
  },
  input: z.object({
    name: z.string('is missing'), subdomain: z.string('is missing'), kind: z.enum(tenantKinds).default('company'), adminEmail: z.string().optional(), adminLocale: z.enum(['ja', 'en']).default('ja'), plan, seatLimit,
  }),
  run: async (platform, { name, subdomain, kind, adminEmail, adminLocale, plan: label = null, seatLimit: limit = null }) => {
    const admin = adminEmail === undefined ? null : { email: adminEmail, locale: adminLocale }
    const result = await foundTenant(platform, { name, subdomain, kind, plan: label, seatLimit: limit, admin, ...byCommandLine })
    if (!result.ok) return result
    const invited = result.invitation === null ? {} : { membership_id: result.invitation.membershipId }
    return {
      ok: true, facts: { tenant_id: result.tenantId, subdomain, ...invited },
      lines: [`created tenant ${subdomain} (${result.tenantId})`, ...(result.invitation === null ? [] : [`an invitation goes to ${adminEmail ?? ''}`])],
    }
  },
})

const update = verb({
  name: 'update', meaning: 'changes what is given of name, plan and seats', argument: '<subdomain>', options: { '--name <name>': 'its name', ...planOptions },
  input: bySubdomain.extend({ name: z.string().refine((text) => normaliseTenantName(text) !== null, 'must be a name of at most 100 characters').optional(), plan, seatLimit }),
  run: async ({ databases }, { argument, ...given }) => {
    const change = { tenantId: await tenantNamed(databases, argument), ...byCommandLine }
    const changed = await changePlan({ databases, seats: { countSeats } }, { ...change, ...given })
    if (!changed.ok) return changed
    const { used, limit } = changed.seats
    return { ok: true, facts: { subdomain: argument, seats_used: used, seat_limit: limit }, lines: [`updated tenant ${argument}: ${used} of ${limit ?? 'as many as there are'} seats are taken`] }
  },
})

type Command = (platform: Platform, change: TenantChange) => Promise<{ readonly ok: true; readonly status?: string } | { readonly ok: false; readonly reason: string }>

function change({ name, meaning, done, command }: { readonly name: string; readonly meaning: string; readonly done: string; readonly command: Command }): Verb {
  return verb({
    name, meaning, argument: '<subdomain>', input: bySubdomain,
    run: async (platform, { argument }): Promise<Answer> => {
      const result = await command(platform, { tenantId: await tenantNamed(platform.databases, argument), ...byCommandLine })
      if (!result.ok) return result
      return { ok: true, facts: { subdomain: argument, ...(result.status === undefined ? {} : { status: result.status }) }, lines: [`${done} ${argument}`] }
    },
  })
}

const grants = { endGrantsOfTenant }

export const verbs: readonly Verb[] = [
  create,
  verb({
    name: 'list', meaning: 'shows all tenants', input: z.object({}),
    run: async ({ databases }) => {
      const tenants = await listTenants(databases.engine)
      return { ok: true, facts: { tenants }, lines: table(tenants.map(({ subdomain, status, name }) => [subdomain, status, name])) }
    },
  }),
  verb({
    name: 'show', meaning: 'shows one tenant with its plan and seats', argument: '<subdomain>', input: bySubdomain,
    run: async ({ databases }, { argument }) => {
      const tenant = await findTenantOverview(databases.engine, await tenantNamed(databases, argument))
      if (tenant === undefined) return { ok: false, reason: 'not_found' }
      return { ok: true, facts: { tenant }, lines: table(Object.entries(tenant).map(([name, value]) => [name, value === null ? '-' : value instanceof Date ? value.toISOString() : String(value)])) }
    },
  }),
  update,
  change({ name: 'suspend', meaning: 'stops all sign-ins and tokens for a tenant', done: 'suspended tenant', command: async ({ databases }, one) => withStatus(await suspendTenant({ databases, grants }, one), 'suspended') }),
  change({ name: 'resume', meaning: 'lets a suspended tenant work again', done: 'resumed tenant', command: async ({ databases }, one) => withStatus(await resumeTenant({ databases }, one), 'active') }),
  verb({
    name: 'close', meaning: 'closes a tenant; it is deleted when the grace is over', argument: '<subdomain>', options: { '--grace-days <n>': 'days in which it can be undone, 1 to 90 (30)' },
    input: bySubdomain.extend({ graceDays: z.coerce.number().optional() }),
    run: async ({ databases }, { argument, graceDays }) => {
      const result = await closeTenant({ databases, grants }, { tenantId: await tenantNamed(databases, argument), graceDays, ...byCommandLine })
      if (!result.ok) return result
      const at = result.closesAt.toISOString()
      return { ok: true, facts: { subdomain: argument, status: 'closing', closes_at: at }, lines: [`tenant ${argument} is closing and is deleted at ${at}; \`tegata tenant undo-close ${argument}\` takes it back`] }
    },
  }),
  change({ name: 'undo-close', meaning: 'takes the closing of a tenant back', done: 'took back the closing of', command: ({ databases }, one) => undoClosing({ databases }, one) }),
  rulesVerb,
]

function withStatus<T extends { readonly ok: boolean }>(result: T, status: string): T & { readonly status: string } {
  return { ...result, status }
}

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'tenant', meaning: 'tenants of this platform', verbs }, args)
}
