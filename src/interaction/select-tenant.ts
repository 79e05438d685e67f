/**
 * The step that asks which tenant to act for, or says that there is none. What may be chosen is judged by the same function that
 * the policy uses, so a page cannot offer or take what the policy would refuse.
 */
import { html, type PageResult } from '../http/page.ts'
import { NoTenantPage, type NoTenantProps } from '../../views/pages/no-tenant.tsx'
import { SelectTenantPage } from '../../views/pages/select-tenant.tsx'
import { colourOf, initialOf } from '../../views/parts/chip.tsx'
import type { MembershipChoice, PendingInvitation, SelectTenantError } from '../../views/props.ts'
import { listAdministratorNames } from '../members/administrator-queries.ts'
import { listOwnInvitations } from '../members/own-memberships-queries.ts'
import type { MembershipFacts } from '../oidc/facts.ts'
import { fittingMemberships, isMeant, requestedTenant } from '../oidc/membership-choice.ts'
import type { PersonRow } from '../oidc/queries.ts'
import { formActionsOf, formOf, personOf, proceed, startOver, type Step } from './step.ts'

/** Shows the picker, or who to turn to where nothing can be picked. */
export async function showTenants(step: Step, person: PersonRow, error?: SelectTenantError): Promise<PageResult> {
  const { request, client, interaction } = step
  const tenant = requestedTenant(interaction.params)
  const common = { frame: request.frame(), form: formOf(step), app: client, person: personOf(person) }
  const invitations = await pendingInvitations(step, person)
  const options = { status: error === undefined ? 200 : 400, formAction: formActionsOf(step) }
  if (fittingMemberships(person.memberships, tenant).length === 0) return html(NoTenantPage({ ...common, invitations, ...(await whyNone(step, person, tenant)) }), options)
  const offered = person.memberships.filter((one) => isMeant(one, tenant) && one.not_usable_because !== 'invited')
  return html(SelectTenantPage({ ...common, invitations, tenants: offered.map(choiceOf), ...(error === undefined ? {} : { error }) }), options)
}

/** Those that may be answered without their mail; the tenant that was asked for is no reason to hide another one's. */
async function pendingInvitations({ deps }: Step, { account, memberships }: PersonRow): Promise<readonly PendingInvitation[]> {
  if (!memberships.some(({ not_usable_because: reason }) => reason === 'invited')) return []
  return (await listOwnInvitations(deps.databases.engine, account.id)).map((one) => ({
    membershipId: one.membership_id, tenantName: one.tenant_name, roleName: one.role, initial: initialOf(one.tenant_name), colour: colourOf(one.tenant_id),
  }))
}

/** What stands in the way: of the tenant that was asked for, where the person belongs to it, else of each. */
async function whyNone({ deps }: Step, { memberships }: PersonRow, tenant: string | undefined): Promise<Pick<NoTenantProps, 'requestedTenant' | 'memberships' | 'turnTo'>> {
  const meant = memberships.filter((one) => isMeant(one, tenant))
  const closed = (meant.length > 0 ? meant : memberships).filter((one) => !one.usable)
  const turnTo = await Promise.all(closed.filter((one) => one.in_force).map(async (one) => ({
    tenantName: one.tenant_name, contact: one.contact, administrators: one.contact === null ? await listAdministratorNames(deps.databases.engine, one.tenant_id) : [],
  })))
  return { memberships: closed.map(choiceOf), turnTo, ...(tenant === undefined || meant.length > 0 ? {} : { requestedTenant: tenant }) }
}

/** Takes the posted choice; one that is not the person's own at this moment is refused on the page. */
export async function takeTenant(step: Step, person: PersonRow): Promise<PageResult> {
  const { form } = step.request
  if (form.get('action') === 'switch_account') return startOver(step, { switch_account: {} })
  const fitting = fittingMemberships(person.memberships, requestedTenant(step.interaction.params))
  const chosen = fitting.find((membership) => membership.id === form.get('membership_id'))
  if (chosen === undefined) return showTenants(step, person, 'choice_invalid')
  step.unit.record({
    type: 'tenant.chosen', outcome: 'success', actor: person.account.id, subject: chosen.id, tenantId: chosen.tenant_id, clientId: step.clientId,
  })
  return proceed(step, { select_tenant: { membershipId: chosen.id } })
}

function choiceOf(membership: MembershipFacts): MembershipChoice {
  const { not_usable_because: reason } = membership
  return {
    membershipId: membership.id,
    tenantName: membership.tenant_name,
    subdomain: membership.subdomain,
    roleName: membership.role,
    initial: initialOf(membership.tenant_name),
    // From the id, so that a tenant keeps its colour whatever it is called.
    colour: colourOf(membership.tenant_id),
    ...(membership.unit_name === null ? {} : { unitName: membership.unit_name }),
    ...(reason === null || reason === 'invited' ? {} : { disabledReason: reason }),
  }
}
