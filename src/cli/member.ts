/** `tegata member …`: an operator's hand on the members of a tenant and on invitations into it, bound by the same rules as the tenant's own. */
import { z } from 'zod'
import { parseMembershipId, parseTenantId } from '../base/ids.ts'
import type { InvitationChange } from '../members/change-invitation.ts'
import { changeRole } from '../members/change-role.ts'
import { invitationStates } from '../members/invitation.ts'
import { listInvitationPage } from '../members/invitation-list-queries.ts'
import { inviteMember } from '../members/invite-member.ts'
import { findTenantOfMembership } from '../members/queries.ts'
import { resendInvitation } from '../members/resend-invitation.ts'
import { revokeInvitation } from '../members/revoke-invitation.ts'
import { showInvitationLink } from '../members/show-invitation-link.ts'
import { UsageError } from './fail.ts'
import { tenantNamed } from './find.ts'
import { inviteList, listOptions, listShape } from './invite-list.ts'
import { actVerbs } from './member-acts.ts'
import { listVerbs, membershipId } from './member-list.ts'
import { lifeVerbs } from './membership.ts'
import { byCommandLine, type Platform } from './platform.ts'
import { runGroup, table, verb, type Answer, type Verb } from './verbs.ts'

const byOperator = { mover: { kind: 'operator', accountId: null }, origin: byCommandLine.origin } as const

const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).transform((text) => new Date(text)).optional()

const invite = verb({
  name: 'invite', meaning: 'invites somebody, or everybody in a list, into a tenant, by mail where there is an address',
  options: {
    '--tenant <subdomain>': 'into which tenant', '--role <name>': 'in which of its roles', '--email <address>': 'where the invitation goes; without one, a link is handed over',
    '--family-name <name>': 'what they are called', '--given-name <name>': 'the same', '--locale <locale>': 'language of the invitation: ja or en (ja)', '--unit <code...>': 'units, the primary one first',
    '--employee-number <number>': 'staff number; needed without an address', '--title <title>': 'what they are called at work', '--valid-from <date>': 'member from then on',
    '--valid-until <date>': 'member until then', '--client-id <client_id>': 'the app to end in', '--reinvite': 'takes back somebody who was removed or declined', ...listOptions,
  },
  input: z.object({
    tenant: z.string('is missing'), role: z.string().optional(), email: z.string().optional(), familyName: z.string().optional(), givenName: z.string().optional(),
    locale: z.enum(['ja', 'en']).default('ja'), unit: z.array(z.string()).default([]), employeeNumber: z.string().optional(), title: z.string().optional(),
    validFrom: date, validUntil: date, clientId: z.string().optional(), reinvite: z.boolean().default(false), ...listShape,
  }),
  run: async (platform, input) => {
    const { databases, masterKey } = platform
    const { csv, role, unit: units, reinvite } = input
    const tenantId = await tenantNamed(databases, input.tenant)
    if (csv !== undefined) return inviteList(platform, { ...input, tenantId, csv, role: role ?? null, units, clientId: input.clientId ?? null, reinvite })
    if (role === undefined) throw new UsageError('--role: is missing.')
    const { email = null, familyName = null, givenName = null, locale, employeeNumber = null, title = null, validFrom = null, validUntil = null, clientId = null } = input
    const result = await inviteMember({ databases, masterKey }, {
      tenantId, person: { email, familyName, givenName, locale }, role, units, employeeNumber, title, validFrom, validUntil, clientId, reinvite, ...byOperator,
    })
    if (!result.ok) return result
    const next = email === null ? `\`tegata member link ${result.membershipId}\` shows the link to hand over` : 'a mail with the link goes out'
    return { ok: true, facts: { membership_id: result.membershipId, expires_at: result.expiresAt.toISOString() }, lines: [`invited membership ${result.membershipId}: ${next}`] }
  },
})

function change(name: string, meaning: string, command: (platform: Platform, change: InvitationChange) => Promise<Answer>): Verb {
  return verb({
    name, meaning, argument: '<membership_id>', input: z.object({ argument: membershipId }),
    run: async (platform, { argument }) => {
      const found = await findTenantOfMembership(platform.databases.engine, argument)
      if (found === undefined) return { ok: false, reason: 'not_found' }
      return command(platform, { tenantId: parseTenantId(found.tenant_id), membershipId: parseMembershipId(argument), ...byOperator })
    },
  })
}

export const verbs: readonly Verb[] = [
  ...listVerbs,
  ...actVerbs,
  ...lifeVerbs,
  invite,
  verb({
    name: 'invitations', meaning: 'shows the invitations of a tenant and how each stands',
    options: { '--tenant <subdomain>': 'which tenant', '--state <state...>': invitationStates.join(', '), '--search <text>': 'part of an address or number', '--after <membership_id>': 'begin after this one', '--limit <n>': 'at most so many (100)' },
    input: z.object({ tenant: z.string('is missing'), state: z.array(z.enum(invitationStates)).optional(), search: z.string().optional(), after: membershipId.optional(), limit: z.coerce.number().pipe(z.int().min(1).max(1000)).default(100) }),
    run: async ({ databases }, { tenant, state, search, after, limit }) => {
      const { rows } = await databases.inTenant(await tenantNamed(databases, tenant), (trx) => listInvitationPage(trx, { filter: { state, search }, cursor: after === undefined ? null : { after }, limit }))
      const invitations = rows.map((row) => ({
        membership_id: row.membership_id, state: row.state, role: row.role, email: row.email, employee_number: row.employee_number, expires_at: row.expires_at.toISOString(),
      }))
      return { ok: true, facts: { invitations }, lines: table(invitations.map((one) => [one.membership_id, one.state, one.role, one.employee_number ?? '-', one.email ?? '-', one.expires_at])) }
    },
  }),
  change('resend', 'sends an invitation again; the link before is dead', async ({ databases, masterKey }, one) => {
    const result = await resendInvitation({ databases, masterKey }, one)
    if (!result.ok) return result
    const until = result.expiresAt.toISOString()
    return { ok: true, facts: { membership_id: one.membershipId, expires_at: until }, lines: [`membership ${one.membershipId} has a new link until ${until}`] }
  }),
  change('revoke', 'takes an invitation back; its membership ends', async ({ databases }, one) => {
    const result = await revokeInvitation({ databases }, one)
    return result.ok ? { ok: true, facts: { membership_id: one.membershipId }, lines: [`took back the invitation of membership ${one.membershipId}`] } : result
  }),
  change('link', 'shows the link of an invitation, to hand over to a person without an address', async ({ databases, masterKey, config }, one) => {
    const result = await showInvitationLink({ databases, masterKey }, one)
    if (!result.ok) return result
    const link = `${config.issuer}${result.path}`
    const until = result.expiresAt.toISOString()
    return { ok: true, facts: { membership_id: one.membershipId, link, expires_at: until }, lines: [link, `It works once, until ${until}: give it to this person only.`] }
  }),
  verb({
    name: 'role', meaning: 'gives a member another role', argument: '<membership_id>', options: { '--role <name>': 'which of the tenant’s roles' },
    input: z.object({ argument: membershipId, role: z.string('is missing') }),
    run: async ({ databases }, { argument, role }) => {
      const found = await findTenantOfMembership(databases.engine, argument)
      if (found === undefined) return { ok: false, reason: 'not_found' }
      const result = await changeRole({ databases }, { tenantId: parseTenantId(found.tenant_id), membershipId: parseMembershipId(argument), role, ...byOperator })
      return result.ok ? { ok: true, facts: { membership_id: argument, role: result.role }, lines: [`membership ${argument} has the role ${result.role}`] } : result
    },
  }),
]

export function run(args: string[]): Promise<number> {
  return runGroup({ name: 'member', meaning: 'the members of a tenant, and invitations into it', verbs }, args)
}
