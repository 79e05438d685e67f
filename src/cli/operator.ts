/** `tegata operator add|remove|list|enter|leave`: who runs the platform, and their way into a tenant. */
import { z } from 'zod'
import { appointOperator, removeOperator } from '../accounts/appoint-operator.ts'
import { listOperators, operatorRoles } from '../accounts/operator-queries.ts'
import { endBreakGlass } from '../tenants/end-break-glass.ts'
import { startBreakGlass } from '../tenants/start-break-glass.ts'
import { accountNamed, tenantNamed } from './find.ts'
import { byCommandLine } from './platform.ts'
import { runGroup, table, verb, type Verb } from './verbs.ts'

const byName = z.object({ argument: z.string() })

export const verbs: readonly Verb[] = [
  verb({
    name: 'add', meaning: 'makes somebody an operator, or gives them the other role', argument: '<account>', options: { '--role <role>': 'owner changes everything, auditor looks (owner)' },
    input: byName.extend({ role: z.enum(operatorRoles).default('owner') }),
    run: async ({ databases }, { argument, role }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await appointOperator({ databases }, { accountId, role, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId, role }, lines: [`${argument} is ${role} of the platform`] } : result
    },
  }),
  verb({
    name: 'remove', meaning: 'takes somebody out; an owner must remain', argument: '<account>', input: byName,
    run: async ({ databases }, { argument }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await removeOperator({ databases }, { accountId, ...byCommandLine })
      return result.ok ? { ok: true, facts: { account_id: accountId }, lines: [`${argument} is no operator any more`] } : result
    },
  }),
  verb({
    name: 'list', meaning: 'shows who runs the platform', input: z.object({}),
    run: async ({ databases }) => {
      const operators = await listOperators(databases.engine)
      return { ok: true, facts: { operators }, lines: table(operators.map((one) => [one.account_id, one.role, one.email ?? '-', one.display_name])) }
    },
  }),
  verb({
    name: 'enter', meaning: 'lets an operator into a tenant for a while; its administrators are told', argument: '<account>',
    options: { '--tenant <subdomain>': 'which one', '--reason <text>': 'why, in 10 to 500 characters', '--minutes <n>': '5 to 240 (30)' },
    input: byName.extend({ tenant: z.string('is missing'), reason: z.string('is missing'), minutes: z.coerce.number().optional() }),
    run: async ({ databases }, { argument, tenant, reason, minutes }) => {
      const accountId = await accountNamed(databases, argument)
      const result = await startBreakGlass({ databases }, { tenantId: await tenantNamed(databases, tenant), accountId, reason, minutes, origin: byCommandLine.origin })
      if (!result.ok) return result
      const until = result.expiresAt.toISOString()
      return { ok: true, facts: { break_glass_id: result.breakGlassId, expires_at: until }, lines: [`${argument} may act in ${tenant} until ${until} (${result.breakGlassId})`] }
    },
  }),
  verb({
    name: 'leave', meaning: 'ends such a stay before its time', argument: '<break_glass_id>', input: z.object({ argument: z.uuid('is not an id') }),
    run: async ({ databases }, { argument }) => {
      const result = await endBreakGlass({ databases }, { breakGlassId: argument, ...byCommandLine })
      return result.ok ? { ok: true, facts: { break_glass_id: argument }, lines: ['the stay is over'] } : result
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'operator', meaning: 'who runs this platform', verbs }, args)
}
