/**
 * The End-User's two doors: GET shows the step that the policy wants, POST takes its form. Which step that is, the interaction
 * says; every dead end leads on (protocol.md §12).
 */
import { localeFor } from '../http/locale.ts'
import { html, page, redirect, refusePage, type PageDoor, type PageRequest, type PageResult } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { DeadInteractionPage } from '../../views/pages/dead-interaction.tsx'
import { findDead } from '../oidc/dead-interaction.ts'
import type { PersonRow } from '../oidc/queries.ts'
import { inUnit, LostRace } from '../oidc/unit-of-work.ts'
import { showChangePassword, takeChangePassword } from './change-password.ts'
import { showConsent, takeConsent } from './consent.ts'
import { goOn, showEnrolment, takeEnrolment } from './enrol.ts'
import { showRegister, takeRegister } from './register.ts'
import { demandOf, isChallenge, showSecondFactor, takeSecondFactor } from './second-factor.ts'
import { showTenants, takeTenant } from './select-tenant.ts'
import { showSignIn, takeSignIn } from './sign-in.ts'
import { giveUp, openStep, paramOf, type InteractionDeps, type Step } from './step.ts'

export function interactionPages(deps: InteractionDeps): readonly PageDoor[] {
  const common = { path: '/interaction/:uid', access: 'interaction' } as const
  return [
    page({ ...common, method: 'GET', handle: (request) => atStep(deps, request, show) }),
    page({ ...common, method: 'POST', handle: (request) => atStep(deps, request, take) }),
    page({ method: 'GET', path: registerPath, access: 'interaction', handle: (request) => atStep(deps, request, (step) => atRegistration(step, showRegister)) }),
    page({ method: 'POST', path: registerPath, access: 'interaction', handle: (request) => atStep(deps, request, (step) => atRegistration(step, takeRegister)) }),
  ]
}

const registerPath = '/interaction/:uid/register'

/** Only where the policy has asked who somebody is can the answer be a new account. */
function atRegistration(step: Step, act: (step: Step) => Promise<PageResult>): Promise<PageResult> | PageResult {
  const { name, reasons } = step.interaction.prompt
  const anybody = name === 'create' || (name === 'login' && (step.person === undefined || reasons.includes('switch_account')))
  return anybody ? act(step) : redirect(`/interaction/${step.interaction.uid}`)
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
    case 'create':
      return showRegister(step)
    case 'mfa':
      return person === undefined ? dead(step.deps, step.request) : showMfa(step, person)
    case 'change_password':
      return person === undefined ? dead(step.deps, step.request) : showChangePassword(step, person)
    default:
      return refusePage(generic('not_found'))
  }
}

/** What the person has is asked for; what they lack is set up. */
function showMfa(step: Step, person: PersonRow): Promise<PageResult> | PageResult {
  if (isAnswered(step)) return goOn(step)
  return isChallenge(step, person, demandOf(step)) ? showSecondFactor(step, person) : showEnrolment(step, person)
}

function takeMfa(step: Step, person: PersonRow): Promise<PageResult> | PageResult {
  if (isAnswered(step)) return goOn(step)
  return isChallenge(step, person, demandOf(step)) ? takeSecondFactor(step, person) : takeEnrolment(step, person)
}

/** The factor has been taken, and only the recovery codes were still to be read. */
function isAnswered({ interaction }: Step): boolean {
  return interaction.result !== undefined && 'mfa' in interaction.result
}

function take(step: Step): Promise<PageResult> | PageResult {
  const { request, interaction, person } = step
  const { name } = interaction.prompt
  if (!request.csrf.check(interaction.uid)) return showExpired(step)
  if (request.form.get('action') === 'cancel' && name !== 'consent') return giveUp(step, 'access_denied', 'the person went back to the app')
  if (name === 'login') return takeSignIn(step)
  if (name === 'create') return takeRegister(step)
  if (person === undefined) return dead(step.deps, request)
  if (name === 'mfa') return takeMfa(step, person)
  if (name === 'change_password') return takeChangePassword(step, person)
  if (name === 'select_tenant') return takeTenant(step, person)
  return name === 'consent' ? takeConsent(step, person) : show(step)
}

/** The form was too old or not ours: the same page again with a fresh one, and nothing has happened. */
function showExpired(step: Step): Promise<PageResult> | PageResult {
  const { interaction, person } = step
  if (interaction.prompt.name === 'login') return showSignIn(step, { identifier: step.request.form.get('identifier') ?? '', error: 'form_expired' })
  if (person !== undefined && interaction.prompt.name === 'mfa' && isChallenge(step, person, demandOf(step))) return showSecondFactor(step, person, { error: 'form_expired' })
  if (person !== undefined && interaction.prompt.name === 'change_password') return showChangePassword(step, person, 'form_expired')
  if (interaction.prompt.name === 'select_tenant' && person !== undefined) return showTenants(step, person, 'form_expired')
  return show(step)
}
