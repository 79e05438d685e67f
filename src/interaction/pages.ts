/**
 * The End-User's two doors: GET shows the step that the policy wants, POST takes its form. Which step that is, the interaction
 * says; every dead end leads on (protocol.md §12).
 */
import { localeFor } from '../http/locale.ts'
import { html, page, refusePage, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { DeadInteractionPage } from '../../views/pages/dead-interaction.tsx'
import { findDead } from '../oidc/dead-interaction.ts'
import { inUnit, LostRace } from '../oidc/unit-of-work.ts'
import { showConsent, takeConsent } from './consent.ts'
import { showTenants, takeTenant } from './select-tenant.ts'
import { showSignIn, takeSignIn } from './sign-in.ts'
import { giveUp, openStep, paramOf, type InteractionDeps, type Step } from './step.ts'

export function interactionPages(deps: InteractionDeps): readonly PageDoor[] {
  const common = { path: '/interaction/:uid', access: 'interaction' } as const
  return [
    page({ ...common, method: 'GET', handle: (request) => atStep(deps, request, show) }),
    page({ ...common, method: 'POST', handle: (request) => atStep(deps, request, take) }),
  ]
}

async function atStep(deps: InteractionDeps, request: PageRequest, act: (step: Step) => Promise<PageResult> | PageResult): Promise<PageResult> {
  try {
    return await inUnit(deps.databases.enginePool, request.origin, async (unit) => {
      const step = await openStep(deps, request, unit)
      if (step === undefined) return dead(deps, request)
      request.ctx.state.locale = localeFor(request.ctx.req, deps.cookies, paramOf(step, 'ui_locales') ?? null)
      return act(step)
    })
  } catch (error) {
    // The library's own class is the only mark of an interaction that no longer lives; its texts differ and may change.
    if ((error instanceof Error && error.name === 'SessionNotFound') || error instanceof LostRace) {
      return inUnit(deps.databases.enginePool, request.origin, () => dead(deps, request))
    }
    throw error
  }
}

async function dead(deps: InteractionDeps, request: PageRequest): Promise<PageResult> {
  const found = await findDead(request.params['uid'] ?? '', deps)
  return html(DeadInteractionPage({ frame: request.frame(), ...found }), { status: 400 })
}

function show(step: Step): Promise<PageResult> | PageResult {
  const { interaction, person } = step
  switch (interaction.prompt.name) {
    case 'login':
      return showSignIn(step)
    case 'select_tenant':
      return person === undefined ? dead(step.deps, step.request) : showTenants(step, person)
    case 'consent':
      return person === undefined ? dead(step.deps, step.request) : showConsent(step, person)
    case 'mfa':
      // No second factor can be enrolled yet: the app learns that its demand cannot be met.
      return giveUp(step, 'unmet_authentication_requirements', 'no stronger sign-in is available for this account')
    default:
      return refusePage(generic('not_found'))
  }
}

function take(step: Step): Promise<PageResult> | PageResult {
  const { request, interaction, person } = step
  const { name } = interaction.prompt
  if (!request.csrf.check(interaction.uid)) return showExpired(step)
  if (request.form.get('action') === 'cancel' && name !== 'consent') return giveUp(step, 'access_denied', 'the person went back to the app')
  if (name === 'login') return takeSignIn(step)
  if (person === undefined) return dead(step.deps, request)
  if (name === 'select_tenant') return takeTenant(step, person)
  return name === 'consent' ? takeConsent(step, person) : show(step)
}

/** The form was too old or not ours: the same page again with a fresh one, and nothing has happened. */
function showExpired(step: Step): Promise<PageResult> | PageResult {
  const { interaction, person } = step
  if (interaction.prompt.name === 'login') return showSignIn(step, { identifier: step.request.form.get('identifier') ?? '', error: 'form_expired' })
  if (interaction.prompt.name === 'select_tenant' && person !== undefined) return showTenants(step, person, 'form_expired')
  return show(step)
}
