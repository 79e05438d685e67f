/** `tegata unit list|create|update|heads|move|merge|delete`: an operator's hand on the tree of a tenant. People name units by their code. */
import { z } from 'zod'
import { moveUnitAssignments } from '../apps/tenant-queries.ts'
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { unitMembers } from '../members/assign-units.ts'
import { setUnitHeads } from '../members/set-unit-heads.ts'
import { createUnit } from '../tenants/create-unit.ts'
import { deleteUnit } from '../tenants/delete-unit.ts'
import { mergeUnits } from '../tenants/merge-units.ts'
import { moveUnit } from '../tenants/move-unit.ts'
import { unitKinds } from '../tenants/unit.ts'
import { listUnits } from '../tenants/unit-queries.ts'
import { updateUnit } from '../tenants/update-unit.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { membershipId } from './member-list.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Answer, type Verb } from './verbs.ts'

const tenantOption = { '--tenant <subdomain>': 'of which tenant' }
const coded = z.object({ argument: z.string(), tenant: z.string('is missing') })

async function unitNamed(databases: Databases, tenantId: TenantId, code: string): Promise<string> {
  const unit = (await databases.inTenant(tenantId, listUnits)).find((one) => one.code === code)
  if (unit === undefined) throw new UsageError(`There is no unit ${code} in this tenant: \`tegata unit list\` shows them.`)
  return unit.id
}

/** Who does what where, as every command of a unit wants it. */
async function changeOf(databases: Databases, { tenant, argument }: z.output<typeof coded>) {
  const tenantId = await tenantNamed(databases, tenant)
  return { tenantId, unitId: await unitNamed(databases, tenantId, argument), ...byCommandLine }
}

function answer(result: { readonly ok: true } | { readonly ok: false; readonly reason: string }, code: string, line: string): Answer {
  return result.ok ? { ok: true, facts: { code }, lines: [line] } : { ok: false, reason: result.reason }
}

export const verbs: readonly Verb[] = [
  verb({
    name: 'list', meaning: 'shows the tree of a tenant', options: tenantOption, input: z.object({ tenant: z.string('is missing') }),
    run: async ({ databases }, { tenant }) => {
      const units = await databases.inTenant(await tenantNamed(databases, tenant), listUnits)
      return { ok: true, facts: { units }, lines: table(units.map((unit) => [unit.code_path.join('/'), unit.kind, unit.name])) }
    },
  }),
  verb({
    name: 'create', meaning: 'adds a unit', argument: '<code>',
    options: { ...tenantOption, '--name <name>': 'its name, as people read it', '--kind <kind>': unitKinds.join(', '), '--parent <code>': 'the unit above it; none for the top' },
    input: coded.extend({ name: z.string('is missing'), kind: z.enum(unitKinds), parent: z.string().optional() }),
    run: async ({ databases }, { argument, tenant, name, kind, parent }) => {
      const tenantId = await tenantNamed(databases, tenant)
      const parentId = parent === undefined ? null : await unitNamed(databases, tenantId, parent)
      const result = await createUnit({ databases }, { tenantId, code: argument, name, kind, parentId, ...byCommandLine })
      return result.ok ? { ok: true, facts: { unit_id: result.unitId }, lines: [`added unit ${argument}`] } : result
    },
  }),
  verb({
    name: 'update', meaning: 'changes what is named of a unit', argument: '<code>',
    options: { ...tenantOption, '--code <code>': 'its new code', '--name <name>': 'its new name', '--kind <kind>': unitKinds.join(', ') },
    input: coded.extend({ code: z.string().optional(), name: z.string().optional(), kind: z.enum(unitKinds).optional() }),
    run: async ({ databases }, { code, name, kind, ...which }) => (
      answer(await updateUnit({ databases }, { ...(await changeOf(databases, which)), code, name, kind }), code ?? which.argument, `unit ${code ?? which.argument} is set`)
    ),
  }),
  verb({
    name: 'heads', meaning: 'says who heads a unit', argument: '<code>', options: { ...tenantOption, '--head <membership_id...>': 'all of them, who stand in it; `none` for nobody' },
    input: coded.extend({ head: z.array(z.union([z.literal('none'), membershipId]), 'is missing') }),
    run: async ({ databases }, { head, ...which }) => {
      const { tenantId, unitId, origin } = await changeOf(databases, which)
      const membershipIds = head.filter((one) => one !== 'none')
      return answer(await setUnitHeads({ databases }, { tenantId, unitId, membershipIds, mover: { kind: 'operator', accountId: null }, origin }), which.argument, `${membershipIds.length} head unit ${which.argument}`)
    },
  }),
  verb({
    name: 'move', meaning: 'hangs a unit under another one, with everything below it', argument: '<code>', options: { ...tenantOption, '--parent <code>': 'the unit above it; none for the top' },
    input: coded.extend({ parent: z.string().optional() }),
    run: async ({ databases }, { parent, ...which }) => {
      const change = await changeOf(databases, which)
      const parentId = parent === undefined ? null : await unitNamed(databases, change.tenantId, parent)
      return answer(await moveUnit({ databases }, { ...change, parentId }), which.argument, `moved unit ${which.argument}`)
    },
  }),
  verb({
    name: 'merge', meaning: 'takes over the members, units and apps of another unit, which is gone then', argument: '<code>', options: { ...tenantOption, '--merged <code>': 'the unit that goes' },
    input: coded.extend({ merged: z.string('is missing') }),
    run: async ({ databases }, { merged, ...which }) => {
      const change = await changeOf(databases, which)
      const mergedId = await unitNamed(databases, change.tenantId, merged)
      return answer(await mergeUnits({ databases, members: unitMembers, apps: { moveUnitAssignments } }, { ...change, mergedId }), which.argument, `unit ${merged} is part of ${which.argument}`)
    },
  }),
  verb({
    name: 'delete', meaning: 'removes a unit without members and units', argument: '<code>', options: tenantOption, input: coded,
    run: async ({ databases }, which) => {
      const result = await deleteUnit({ databases, members: unitMembers }, await changeOf(databases, which))
      if (result.ok || result.holders === undefined) return answer(result, which.argument, `removed unit ${which.argument}`)
      return { ok: false, reason: result.reason, detail: `held by ${result.holders.map(({ name }) => name).join(', ')}` }
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'unit', meaning: 'facilities, departments and teams of a tenant', verbs }, args)
}
