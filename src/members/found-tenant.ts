/**
 * Creates a tenant together with the invitation of whoever is to administer it: both or neither, so that no tenant stands there that
 * nobody can enter.
 */
import { record } from '../events/record.ts'
import { changePlanIn, type PlanChange } from '../tenants/change-plan.ts'
import { createTenantIn, type CreateTenantInput, type TenantCreation } from '../tenants/create-tenant.ts'
import { firstRoles } from './first-roles.ts'
import { inviteMemberIn, type InvitationDeps, type InviteRefusal } from './invite-member.ts'
import { isAdministrator } from './membership.ts'
import { roleTemplates } from './role-template.ts'
import { countSeats } from './seat-queries.ts'

export interface FoundTenantInput extends CreateTenantInput {
  /** Null for a tenant whose people are brought in some other way, say by an import. */
  readonly plan?: string | null
  readonly seatLimit?: number | null
  readonly admin: { readonly email: string; readonly locale: 'ja' | 'en' } | null
}

type Founded = Extract<TenantCreation, { readonly ok: true }>

export type TenantFounding =
  | (Founded & { readonly invitation: { readonly membershipId: string; readonly expiresAt: Date } | null })
  | { readonly ok: false; readonly reason: (TenantCreation & { readonly ok: false })['reason'] | (PlanChange & { readonly ok: false })['reason'] | InviteRefusal }

type Refusal = (TenantFounding & { readonly ok: false })['reason']

/** Takes the whole transaction back with it. */
class NotFounded extends Error {
  override readonly name = 'NotFounded'
  readonly reason: Refusal

  constructor(reason: Refusal) {
    super(`the tenant cannot be founded: ${reason}`)
    this.reason = reason
  }
}

export async function foundTenant(deps: InvitationDeps, input: FoundTenantInput): Promise<TenantFounding> {
  try {
    return await deps.databases.inEngine(async (trx): Promise<TenantFounding> => {
      const created = await createTenantIn(trx, firstRoles, input)
      if (!created.ok) return created
      const planned = await changePlanIn(trx, { countSeats }, { ...input, tenantId: created.tenantId })
      if (!planned.ok) throw new NotFounded(planned.reason)
      if (input.admin === null) return { ...created, invitation: null }
      const { email, locale } = input.admin
      const role = roleTemplates[input.kind].find(({ permissions }) => isAdministrator(permissions))?.name ?? ''
      const mover = { kind: 'operator', accountId: input.actor } as const
      const invited = await inviteMemberIn(trx, deps, { tenantId: created.tenantId, person: { email, familyName: null, givenName: null, locale }, role, mover, origin: input.origin })
      if (!invited.ok) throw new NotFounded(invited.reason)
      return { ...created, invitation: { membershipId: invited.membershipId, expiresAt: invited.expiresAt } }
    })
  } catch (error) {
    if (!(error instanceof NotFounded)) throw error
    const { reason } = error
    await deps.databases.inEngine((trx) => record(trx, { type: 'tenant.created', outcome: 'refused', reason, actor: input.actor, origin: input.origin, after: { subdomain: input.subdomain.slice(0, 63) } }))
    return { ok: false, reason }
  }
}
