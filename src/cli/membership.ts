/** `tegata membership add|suspend|resume|end`: an operator's hand inside a tenant, bound by the same rules as the tenant's own. */
import { z } from 'zod'
import { isMembershipId, parseMembershipId, parseTenantId } from '../base/ids.ts'
import { addMember } from '../members/add-member.ts'
import type { MembershipChange, MembershipChangeResult, MembershipDeps } from '../members/change-membership.ts'
import { endMembership } from '../members/end-membership.ts'
import { findTenantOfMembership } from '../members/queries.ts'
import { resumeMembership } from '../members/resume-membership.ts'
import { suspendMembership } from '../members/suspend-membership.ts'
import { endGrants } from '../oidc/endings.ts'
import { accountNamed, tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, verb, type Verb } from './verbs.ts'

function change(name: 'suspend' | 'resume' | 'end', meaning: string, command: (deps: MembershipDeps, change: MembershipChange) => Promise<MembershipChangeResult>): Verb {
  return verb({
    name, meaning, argument: '<membership_id>', input: z.object({ argument: z.string().refine(isMembershipId, 'is not the id of a membership') }),
    run: async ({ databases }, { argument }) => {
      const found = await findTenantOfMembership(databases.engine, argument)
      if (found === undefined) return { ok: false, reason: 'not_found' }
      const result = await command({ databases, grants: { endGrants } }, {
        tenantId: parseTenantId(found.tenant_id), membershipId: parseMembershipId(argument), mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin,
      })
      return result.ok ? { ok: true, facts: { membership_id: argument, status: result.status }, lines: [`membership ${argument} is ${result.status}`] } : result
    },
  })
}

/** The same under `member`, where people look for it. */
export const lifeVerbs: readonly Verb[] = [
  change('suspend', 'suspends a membership and ends its tokens', suspendMembership),
  change('resume', 'lets a suspended membership act again', resumeMembership),
  change('end', 'ends a membership and its tokens', endMembership),
]

export const verbs: readonly Verb[] = [
  verb({
    name: 'add', meaning: 'makes an account a member at once, without an invitation',
    options: {
      '--tenant <subdomain>': 'of which tenant', '--account <account>': 'who', '--role <name>': 'in which of its roles', '--unit <code...>': 'units, the primary one first',
      '--employee-number <number>': 'staff number, unique in the tenant', '--title <title>': 'what they are called at work',
    },
    input: z.object({ tenant: z.string('is missing'), account: z.string('is missing'), role: z.string('is missing'), unit: z.array(z.string()).default([]), employeeNumber: z.string().optional(), title: z.string().optional() }),
    run: async ({ databases }, { tenant, account, role, unit, employeeNumber = null, title = null }) => {
      const tenantId = await tenantNamed(databases, tenant)
      const result = await addMember({ databases }, { tenantId, accountId: await accountNamed(databases, account), role, units: unit, employeeNumber, title, ...byCommandLine })
      return result.ok ? { ok: true, facts: { membership_id: result.membershipId }, lines: [`added membership ${result.membershipId}`] } : result
    },
  }),
  ...lifeVerbs,
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'membership', meaning: 'who belongs to a tenant', verbs }, args)
}
