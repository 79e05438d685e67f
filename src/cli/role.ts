/** `tegata role list|show|create|update|delete`: an operator's hand on the roles of a tenant, bound by the same rules as the tenant's own. */
import { z } from 'zod'
import type { Databases, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { createRole } from '../members/create-role.ts'
import { deleteRole } from '../members/delete-role.ts'
import { listRoles } from '../members/role-queries.ts'
import { updateRole } from '../members/update-role.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const byOperator = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const
const tenantOption = { '--tenant <subdomain>': 'of which tenant' }
const named = z.object({ argument: z.string(), tenant: z.string('is missing') })
const seat = z.enum(['yes', 'no']).optional()

async function roleNamed(databases: Databases, tenantId: TenantId, name: string) {
  const roles = await databases.inTenant(tenantId, (trx: TenantTrx) => listRoles(trx))
  const role = roles.find((one) => one.name === name)
  if (role === undefined) throw new UsageError(`There is no role ${name} in this tenant: \`tegata role list\` shows them.`)
  return role
}

export const verbs: readonly Verb[] = [
  verb({
    name: 'list', meaning: 'shows the roles of a tenant, how many have each, and what it may do', options: tenantOption, input: z.object({ tenant: z.string('is missing') }),
    run: async ({ databases }, { tenant }) => {
      const roles = await databases.inTenant(await tenantNamed(databases, tenant), listRoles)
      return { ok: true, facts: { roles }, lines: table(roles.map((role) => [role.name, String(role.members), role.uses_seat ? 'seat' : '-', role.permissions.join(' ') || '-'])) }
    },
  }),
  verb({
    name: 'show', meaning: 'shows one role', argument: '<name>', options: tenantOption, input: named,
    run: async ({ databases }, { argument, tenant }) => {
      const role = await roleNamed(databases, await tenantNamed(databases, tenant), argument)
      const facts = [['role', role.id], ['name', role.name], ['description', role.description ?? '-'], ['seat', role.uses_seat ? 'yes' : 'no'], ['members', String(role.members)], ['permissions', role.permissions.join(' ') || '-']]
      return { ok: true, facts: { role }, lines: table(facts) }
    },
  }),
  verb({
    name: 'create', meaning: 'makes a role', argument: '<name>',
    options: { ...tenantOption, '--description <text>': 'what it is for', '--permission <name...>': 'what it may do in the platform', '--seat <yes|no>': 'whether its members use a seat (yes)' },
    input: named.extend({ description: z.string().optional(), permission: z.array(z.string()).default([]), seat }),
    run: async ({ databases }, { argument, tenant, description, permission, seat: given }) => {
      const result = await createRole({ databases }, { tenantId: await tenantNamed(databases, tenant), name: argument, description, permissions: permission, usesSeat: given !== 'no', ...byOperator })
      return result.ok ? { ok: true, facts: { role_id: result.roleId }, lines: [`made role ${argument}`] } : result
    },
  }),
  verb({
    name: 'update', meaning: 'changes what is named of a role', argument: '<name>',
    options: { ...tenantOption, '--name <name>': 'its new name', '--description <text>': 'what it is for; `none` for nothing', '--permission <name...>': 'all that it may do; `none` for nothing', '--seat <yes|no>': 'whether its members use a seat' },
    input: named.extend({ name: z.string().optional(), description: z.string().optional(), permission: z.array(z.string()).optional(), seat }),
    run: async ({ databases }, { argument, tenant, name, description, permission, seat: given }) => {
      const tenantId = await tenantNamed(databases, tenant)
      const result = await updateRole({ databases }, {
        tenantId, roleId: (await roleNamed(databases, tenantId, argument)).id, name, description: description === 'none' ? null : description, permissions: permission?.join() === 'none' ? [] : permission,
        usesSeat: given === undefined ? undefined : given === 'yes', ...byOperator,
      })
      return result.ok ? { ok: true, facts: { role: name ?? argument }, lines: [`role ${name ?? argument} is set`] } : result
    },
  }),
  verb({
    name: 'delete', meaning: 'removes a role that nobody has', argument: '<name>', options: tenantOption, input: named,
    run: async ({ databases }, { argument, tenant }) => {
      const tenantId = await tenantNamed(databases, tenant)
      const result = await deleteRole({ databases }, { tenantId, roleId: (await roleNamed(databases, tenantId, argument)).id, ...byOperator })
      if (result.ok) return { ok: true, facts: { role: argument }, lines: [`removed role ${argument}`] }
      return result.reason === 'role_in_use' ? { ok: false, reason: result.reason, detail: `held by ${result.holders.map(({ name }) => name).join(', ')}` } : result
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'role', meaning: 'the roles of a tenant', verbs }, args)
}
