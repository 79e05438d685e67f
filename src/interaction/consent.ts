/**
 * The step that asks whether an app may see what it wants to see. What is agreed to is remembered per account, app and membership
 * (`consent`); the grant is made from it when the request resumes.
 */
import { z } from 'zod'
import { html, type PageResult } from '../http/page.ts'
import { ConsentPage } from '../../views/pages/consent.tsx'
import type { PersonRow } from '../oidc/queries.ts'
import { claimsByScope } from '../oidc/claims.ts'
import { formActionsOf, formOf, giveUp, paramOf, personOf, proceed, type Step } from './step.ts'

const detailsShape = z.object({
  membershipId: z.string().optional(),
  missingOIDCClaims: z.array(z.string()).optional(),
  missingResourceScopes: z.record(z.string(), z.array(z.string())).optional(),
})

const platformScopes = new Set([...Object.keys(claimsByScope), 'offline_access'])

/** Shows who asks for what. */
export async function showConsent(step: Step, person: PersonRow): Promise<PageResult> {
  const { request, client, interaction, deps } = step
  const details = detailsShape.parse(interaction.prompt.details)
  const membership = person.memberships.find((one) => one.id === details.membershipId)
  const apis = await deps.clients.apis()
  const resources = Object.entries(details.missingResourceScopes ?? {}).map(([identifier, scopes]) => ({
    name: apis.find((api) => api.identifier === identifier)?.name ?? identifier, scopes,
  }))
  const redirectUri = paramOf(step, 'redirect_uri')
  return html(
    ConsentPage({
      frame: request.frame(),
      form: formOf(step),
      app: client,
      person: personOf(person),
      redirectHost: redirectUri === undefined ? '' : (URL.parse(redirectUri)?.host ?? redirectUri),
      scopes: requestedScopes(step).map((name) => ({ name, known: true })),
      resources,
      ...(membership === undefined ? {} : { tenant: { name: membership.tenant_name } }),
    }),
    { formAction: formActionsOf(step) },
  )
}

/** Takes the answer; anything but a clear yes is a no. */
export async function takeConsent(step: Step, person: PersonRow): Promise<PageResult> {
  const details = detailsShape.parse(step.interaction.prompt.details)
  const membership = person.memberships.find((one) => one.id === details.membershipId && one.usable)
  const common = { actor: person.account.id, subject: step.clientId, clientId: step.clientId, tenantId: membership?.tenant_id ?? null }
  const asked = details.membershipId === undefined || membership !== undefined
  if (step.request.form.get('action') !== 'allow' || !asked) {
    step.unit.record({ ...common, type: 'consent.refused', outcome: 'refused' })
    return giveUp(step, 'access_denied', 'the person did not agree')
  }
  const scopes = requestedScopes(step)
  const claims = details.missingOIDCClaims ?? []
  const resourceScopes = details.missingResourceScopes ?? {}
  step.unit.agree({
    account_id: person.account.id, client_id: step.clientId, tenant_id: membership?.tenant_id ?? null, membership_id: membership?.id ?? null,
    scopes, claims, resource_scopes: resourceScopes,
  })
  step.unit.record({ ...common, type: 'consent.granted', outcome: 'success', after: { scopes, claims, resource_scopes: resourceScopes, membership_id: membership?.id ?? null } })
  return proceed(step, { consent: {} })
}

function requestedScopes(step: Step): string[] {
  return (paramOf(step, 'scope') ?? '').split(' ').filter((scope) => platformScopes.has(scope))
}
