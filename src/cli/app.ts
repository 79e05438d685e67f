/** `tegata app list|offer|withdraw|access|assign|unassign`: an operator's hand on who in a tenant may use which app. */
import { z } from 'zod'
import { appAccesses, type Assignee } from '../apps/app-access.ts'
import { assignApp } from '../apps/assign-app.ts'
import { offerApp, withdrawApp } from '../apps/offer-app.ts'
import { setAppAccess } from '../apps/set-app-access.ts'
import { listAssignments, listTenantApps } from '../apps/tenant-queries.ts'
import { unassignApp } from '../apps/unassign-app.ts'
import { endGrantsOfApp, endGrantsWithoutAccess } from '../oidc/endings.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const byOperator = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const
const grants = { endGrantsOfApp, endGrantsWithoutAccess }
const tenantOption = { '--tenant <subdomain>': 'of which tenant' }
const named = z.object({ argument: z.string(), tenant: z.string('is missing') })
const assigneeOptions = { '--member <membership_id>': 'this member', '--role <name>': 'everybody with this role', '--unit <code>': 'everybody in this unit and below it' }
const assigneeShape = named.extend({ member: z.uuid().optional(), role: z.string().optional(), unit: z.string().optional() })
const everything = { after: null, limit: 10_000 }

function assigneeOf({ member, role, unit }: z.output<typeof assigneeShape>): Assignee {
  const given: Assignee[] = [
    ...(member === undefined ? [] : [{ kind: 'member', membershipId: member } as const]),
    ...(role === undefined ? [] : [{ kind: 'role', role } as const]),
    ...(unit === undefined ? [] : [{ kind: 'unit', unit } as const]),
  ]
  const [assignee, ...others] = given
  if (assignee === undefined || others.length > 0) throw new UsageError('Name one of --member, --role and --unit.')
  return assignee
}

function isFor(assignee: Assignee, row: { membership_id: string | null; role: string | null; unit: string | null }): boolean {
  if (assignee.kind === 'member') return row.membership_id === assignee.membershipId
  return assignee.kind === 'role' ? row.role === assignee.role : row.unit === assignee.unit
}

export const verbs: readonly Verb[] = [
  verb({
    name: 'list', meaning: 'shows the apps that a tenant may use, and who in it may', options: tenantOption, input: z.object({ tenant: z.string('is missing') }),
    run: async ({ databases }, { tenant }) => {
      const apps = await databases.inTenant(await tenantNamed(databases, tenant), (trx) => listTenantApps(trx, everything))
      return { ok: true, facts: { apps }, lines: table(apps.map((app) => [app.id, app.access, String(app.assignments), app.status, app.name])) }
    },
  }),
  verb({
    name: 'offer', meaning: 'lets a tenant use an app that is open to listed tenants only', argument: '<client_id>', options: tenantOption, input: named,
    run: async ({ databases }, { argument, tenant }) => {
      const result = await offerApp({ databases }, { clientId: argument, tenantId: await tenantNamed(databases, tenant), ...byCommandLine })
      return result.ok ? { ok: true, facts: { client_id: argument, tenant }, lines: [`${tenant} may use app ${argument}`] } : result
    },
  }),
  verb({
    name: 'withdraw', meaning: 'takes an app away from a tenant, with what the tenant itself had said of it', argument: '<client_id>', options: tenantOption, input: named,
    run: async ({ databases }, { argument, tenant }) => {
      const result = await withdrawApp({ databases, grants }, { clientId: argument, tenantId: await tenantNamed(databases, tenant), ...byCommandLine })
      return result.ok ? { ok: true, facts: { client_id: argument, tenant }, lines: [`took app ${argument} away from ${tenant}`] } : result
    },
  }),
  verb({
    name: 'access', meaning: 'says who in a tenant may use an app', argument: '<client_id>', options: { ...tenantOption, '--to <whom>': appAccesses.join(', ') },
    input: named.extend({ to: z.enum(appAccesses) }),
    run: async ({ databases }, { argument, tenant, to }) => {
      const result = await setAppAccess({ databases, grants }, { tenantId: await tenantNamed(databases, tenant), clientId: argument, access: to, ...byOperator })
      return result.ok ? { ok: true, facts: { client_id: argument, access: to }, lines: [`${to} in ${tenant} may use app ${argument}`] } : result
    },
  }),
  verb({
    name: 'assign', meaning: 'assigns an app to a member, a role or a unit', argument: '<client_id>', options: { ...tenantOption, ...assigneeOptions }, input: assigneeShape,
    run: async ({ databases }, given) => {
      const result = await assignApp({ databases }, { tenantId: await tenantNamed(databases, given.tenant), clientId: given.argument, assignee: assigneeOf(given), ...byOperator })
      return result.ok ? { ok: true, facts: { assignment_id: result.assignmentId }, lines: [`assigned app ${given.argument}`] } : result
    },
  }),
  verb({
    name: 'unassign', meaning: 'takes an app away from a member, a role or a unit', argument: '<client_id>', options: { ...tenantOption, ...assigneeOptions }, input: assigneeShape,
    run: async ({ databases }, given) => {
      const tenantId = await tenantNamed(databases, given.tenant)
      const rows = await databases.inTenant(tenantId, (trx) => listAssignments(trx, given.argument, everything))
      const row = rows.find((one) => isFor(assigneeOf(given), one))
      if (row === undefined) return { ok: false, reason: 'not_assigned' }
      const result = await unassignApp({ databases, grants }, { tenantId, clientId: given.argument, assignmentId: row.id, ...byOperator })
      return result.ok ? { ok: true, facts: { assignment_id: row.id }, lines: [`took app ${given.argument} away`] } : result
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'app', meaning: 'who in a tenant may use which app', verbs }, args)
}
