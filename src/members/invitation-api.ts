/**
 * The JSON doors to a tenant's invitations. As in api.ts the tenant is the token's own; the commands decide what remains.
 * Invariant: what is told of an invitee with an address is the address alone, so that inviting finds out nothing about whoever has it.
 */
import { z } from 'zod'
import { parseMembershipId, type TenantId } from '../base/ids.ts'
import { endpoint, refusal, type Caller, type EndpointDoor } from '../http/endpoint.ts'
import { momentField, textField } from '../http/fields.ts'
import type { Origin } from '../base/origin.ts'
import { byId, inTenantOf, moverOf } from './api.ts'
import { refuse } from './api-refusal.ts'
import type { InvitationChange } from './change-invitation.ts'
import { invitationStates, stateOfInvitation } from './invitation.ts'
import { findListedInvitation, type InvitationListRow } from './invitation-queries.ts'
import { inviteMember, type InvitationDeps } from './invite-member.ts'
import type { Permission } from './permission.ts'
import { resendInvitation } from './resend-invitation.ts'
import { revokeInvitation } from './revoke-invitation.ts'
import { showInvitationLink } from './show-invitation-link.ts'

export interface InvitationApiDeps extends InvitationDeps {
  readonly issuer: string
}

type Access = { readonly scope: string; readonly permission: Permission }
const write = { scope: 'members:write', permission: 'member:invite' } as const satisfies Access

const moment = momentField.transform((said) => new Date(said))

const invitationShape = z.object({
  membership_id: z.uuid(),
  state: z.enum(invitationStates),
  email: z.string().nullable(),
  /** Null where there is an address. */
  name: z.string().nullable(),
  employee_number: z.string().nullable(),
  role: z.string(),
  units: z.array(z.string()),
  invited_by: z.uuid().nullable(),
  sent_at: z.iso.datetime().nullable(),
  sent_count: z.int(),
  expires_at: z.iso.datetime(),
}).meta({ id: 'Invitation' })

const wanted = z.strictObject({
  email: textField(254).meta({ format: 'email' }).nullable().default(null),
  family_name: textField(100).nullable().default(null),
  given_name: textField(100).nullable().default(null),
  family_name_kana: textField(100).nullable().default(null),
  given_name_kana: textField(100).nullable().default(null),
  locale: z.enum(['ja', 'en']).default('ja'),
  role: textField(50),
  units: z.array(textField(64)).max(50).default([]),
  employee_number: textField(64).nullable().default(null),
  title: z.string().max(100).nullable().default(null),
  valid_from: moment.nullable().default(null),
  valid_until: moment.nullable().default(null),
  client_id: textField(255).nullable().default(null),
  reinvite: z.boolean().default(false),
})

export function invitationEndpoints(deps: InvitationApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/invitations', access: write, status: 201, idempotent: true, body: wanted, response: invitationShape,
      summary: 'Invites somebody into the tenant, by mail where there is an address.',
      handle: ({ caller, body, origin }) => inTenantOf(caller, (tenantId) => invite(deps, { caller, body, origin, tenantId })),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/invitations/:membership_id/resend', access: write, params: byId, response: invitationShape, summary: 'Sends an invitation again, with a new link; the one before is dead.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await resendInvitation(deps, changeOf({ caller, tenantId, origin, membershipId: params.membership_id }))
        return result.ok ? answer(deps, tenantId, { membershipId: params.membership_id, status: 200 }) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/invitations/:membership_id', access: write, params: byId, response: z.undefined(), summary: 'Takes an invitation back; its membership ends.',
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await revokeInvitation(deps, changeOf({ caller, tenantId, origin, membershipId: params.membership_id }))
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/invitations/:membership_id/link', access: write, params: byId, summary: 'Shows the link of an invitation, to hand it over to a person without an address.',
      response: z.object({ link: z.url(), expires_at: z.iso.datetime() }),
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await showInvitationLink(deps, changeOf({ caller, tenantId, origin, membershipId: params.membership_id }))
        return result.ok ? { status: 200, body: { link: `${deps.issuer}${result.path}`, expires_at: result.expiresAt.toISOString() } } : refuse(result.reason)
      }),
    }),
  ]
}

interface Inviting {
  readonly caller: Caller
  readonly body: z.output<typeof wanted>
  readonly origin: Origin
  readonly tenantId: TenantId
}

async function invite(deps: InvitationDeps, { caller, body, origin, tenantId }: Inviting) {
  const person = {
    email: body.email, familyName: body.family_name, givenName: body.given_name, familyNameKana: body.family_name_kana, givenNameKana: body.given_name_kana, locale: body.locale,
  }
  const result = await inviteMember(deps, {
    tenantId, person, role: body.role, units: body.units, employeeNumber: body.employee_number, title: body.title, validFrom: body.valid_from, validUntil: body.valid_until,
    clientId: body.client_id, reinvite: body.reinvite, ...moverOf(caller), origin,
  })
  return result.ok ? answer(deps, tenantId, { membershipId: result.membershipId, status: 201 }) : refuse(result.reason)
}

function changeOf({ caller, tenantId, membershipId, origin }: { readonly caller: Caller; readonly tenantId: TenantId; readonly membershipId: string; readonly origin: Origin }): InvitationChange {
  return { tenantId, membershipId: parseMembershipId(membershipId), ...moverOf(caller), origin }
}

async function answer({ databases }: InvitationDeps, tenantId: TenantId, { membershipId, status }: { readonly membershipId: string; readonly status: number }) {
  const row = await databases.inTenant(tenantId, (trx) => findListedInvitation(trx, membershipId))
  return row === undefined ? refusal(404, 'not_found') : { status, body: present(row), headers: status === 201 ? { Location: `/api/v1/members/${membershipId}` } : {} }
}

function present(row: InvitationListRow): z.input<typeof invitationShape> {
  return {
    membership_id: row.membership_id,
    state: stateOfInvitation(row),
    email: row.email,
    name: row.email === null ? row.display_name : null,
    employee_number: row.employee_number,
    role: row.role,
    units: row.unit_codes,
    invited_by: row.invited_by,
    sent_at: row.sent_at?.toISOString() ?? null,
    sent_count: row.sent_count,
    expires_at: row.expires_at.toISOString(),
  }
}
