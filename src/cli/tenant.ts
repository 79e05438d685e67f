/** `tegata tenant create|suspend|resume|rules|list`. */
import { z } from 'zod'
import { firstRoles } from '../members/first-roles.ts'
import { changeSignInRules } from '../tenants/change-sign-in-rules.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { listTenants } from '../tenants/queries.ts'
import { endGrantsOfTenant } from '../oidc/endings.ts'
import { resumeTenant } from '../tenants/resume-tenant.ts'
import { suspendTenant } from '../tenants/suspend-tenant.ts'
import { mfaLevels, mfaRules } from '../tenants/sign-in-rules.ts'
import { tenantKinds } from '../tenants/tenant.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const bySubdomain = z.object({ argument: z.string() })
const onOrOff = z.enum(['on', 'off']).transform((text) => text === 'on').optional()

export const verbs: readonly Verb[] = [
  verb({
    name: 'create', meaning: 'makes a tenant with its first roles',
    options: { '--name <name>': 'its name, as people read it', '--subdomain <label>': 'its short name in addresses', '--kind <kind>': `${tenantKinds.join(', ')}: the roles it begins with` },
    input: z.object({ name: z.string('is missing'), subdomain: z.string('is missing'), kind: z.enum(tenantKinds).default('company') }),
    run: async ({ databases }, input) => {
      const result = await createTenant({ databases, firstRoles }, { ...input, ...byCommandLine })
      return result.ok ? { ok: true, facts: { tenant_id: result.tenantId, subdomain: input.subdomain }, lines: [`created tenant ${input.subdomain} (${result.tenantId})`] } : result
    },
  }),
  verb({
    name: 'suspend', meaning: 'stops all sign-ins and tokens for a tenant', argument: '<subdomain>', input: bySubdomain,
    run: async ({ databases }, { argument }) => {
      const result = await suspendTenant({ databases, grants: { endGrantsOfTenant } }, { tenantId: await tenantNamed(databases, argument), ...byCommandLine })
      return result.ok ? { ok: true, facts: { subdomain: argument, status: 'suspended' }, lines: [`suspended tenant ${argument}`] } : result
    },
  }),
  verb({
    name: 'resume', meaning: 'lets a suspended tenant work again', argument: '<subdomain>', input: bySubdomain,
    run: async ({ databases }, { argument }) => {
      const result = await resumeTenant({ databases }, { tenantId: await tenantNamed(databases, argument), ...byCommandLine })
      return result.ok ? { ok: true, facts: { subdomain: argument, status: 'active' }, lines: [`resumed tenant ${argument}`] } : result
    },
  }),
  verb({
    name: 'rules', meaning: 'says what the tenant asks of its members’ sign-in; what is not named stays as it is', argument: '<subdomain>',
    options: {
      '--mfa <rule>': `who needs a second factor: ${mfaRules.join(', ')}`, '--mfa-level <level>': `aal2 for any second factor, phr for passkeys only`,
      '--mfa-from <date>': 'until then it may be put off (2027-04-01, or `now`)', '--trusted-device-days <n>': 'days for which a browser may be trusted; 0 for never',
      '--password-max-age-days <n>': 'days after which a password is to be changed; 0 for never', '--session-hours <n>': 'hours for which a sign-in counts; 0 for as long as a session lives', '--password-sign-in <on>': 'on or off; off leaves passkeys only',
      '--staff-number-sign-in <on>': 'on or off', '--registration-role <name>': 'role of people who register by themselves; `none` where nobody may',
    },
    input: bySubdomain.extend({
      mfa: z.enum(mfaRules).optional(), mfaLevel: z.enum(mfaLevels).optional(), mfaFrom: z.union([z.literal('now'), z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
      trustedDeviceDays: z.coerce.number().optional(), passwordMaxAgeDays: z.coerce.number().optional(), sessionHours: z.coerce.number().optional(),
      passwordSignIn: onOrOff, staffNumberSignIn: onOrOff, registrationRole: z.string().optional(),
    }),
    run: async ({ databases }, { argument, mfa, mfaFrom, passwordMaxAgeDays, sessionHours, registrationRole, ...same }) => {
      const rules = {
        ...same, mfaRule: mfa, mfaEnforcedFrom: mfaFrom === undefined ? undefined : mfaFrom === 'now' ? null : new Date(mfaFrom),
        passwordMaxAgeDays: passwordMaxAgeDays === 0 ? null : passwordMaxAgeDays, sessionHours: sessionHours === 0 ? null : sessionHours,
        registrationRole: registrationRole === 'none' ? null : registrationRole,
      }
      const result = await changeSignInRules({ databases }, { tenantId: await tenantNamed(databases, argument), rules, ...byCommandLine })
      return result.ok ? { ok: true, facts: { subdomain: argument }, lines: [`the sign-in rules of ${argument} are set`] } : result
    },
  }),
  verb({
    name: 'list', meaning: 'shows all tenants', input: z.object({}),
    run: async ({ databases }) => {
      const tenants = await listTenants(databases.engine)
      return { ok: true, facts: { tenants }, lines: table(tenants.map(({ subdomain, status, name }) => [subdomain, status, name])) }
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'tenant', meaning: 'tenants of this platform', verbs }, args)
}
