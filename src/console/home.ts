/**
 * Judges how a tenant stands: what needs somebody's attention, and which of the first steps are still to do. Pure.
 * A list of first steps is shown as long as one of them is open, and to nobody once all are done.
 */
import { firstSteps, type AttentionItem, type FirstStep } from '../../views/pages/console/home.tsx'
import type { TenantFigures } from '../members/tenant-figures-queries.ts'
import type { Permission } from '../members/permission.ts'
import type { TenantState } from './queries.ts'

/** Where to look, by what there is to see. */
export interface Ways {
  readonly members: (query: Readonly<Record<string, string>>) => string
  readonly invitations: string
  readonly security: string
  readonly settings: string
  readonly branding: string
  readonly units: string
  readonly roles: string
  readonly invite: string
  readonly audit: string
  readonly may: (permission: Permission) => boolean
}

const dayMs = 86_400_000

export interface Standing {
  readonly figures: TenantFigures
  readonly state: TenantState
  readonly now: Date
  readonly writtenDay: (date: Date) => string
}

/** The gravest first. */
export function attentionOf({ figures, state, now, writtenDay }: Standing, ways: Ways): readonly AttentionItem[] {
  const { seat_limit: limit, seats_used: used } = figures
  const without = figures.active - figures.with_second_factor
  const ruleFrom = state.mfa_rule === 'off' ? null : state.mfa_enforced_from
  const isComing = ruleFrom !== null && ruleFrom > now
  const withoutUrl = ways.members({ factor: 'none', status: 'active' })
  const invitationsUrl = ways.may('member:invite') ? ways.invitations : null
  const all: readonly (AttentionItem & { readonly holds: boolean })[] = [
    { kind: 'closing', date: writtenDay(state.closes_at ?? now), href: null, holds: state.closes_at !== null },
    { kind: 'only_one_administrator', href: ways.members({ status: 'active' }), holds: figures.administrators === 1 && figures.active > 1 },
    { kind: 'seats_full', count: used, href: ways.members({ status: 'active' }), holds: limit !== null && used >= limit },
    { kind: 'seats_nearly_full', count: used, href: ways.members({ status: 'active' }), holds: limit !== null && used < limit && used >= limit * 0.9 },
    { kind: 'break_glass', count: state.break_glass_lately, href: ways.may('audit:read') ? ways.audit : null, holds: state.break_glass_lately > 0 },
    { kind: 'rule_coming', count: state.hit_by_rule, date: writtenDay(ruleFrom ?? now), href: withoutUrl, holds: isComing && state.hit_by_rule > 0 },
    { kind: 'invitations_expired', count: figures.invitations_expired, href: invitationsUrl, holds: figures.invitations_expired > 0 },
    { kind: 'invitations_expiring', count: state.invitations_expiring, href: invitationsUrl, holds: state.invitations_expiring > 0 },
    { kind: 'memberships_ending_soon', count: figures.ending_soon, href: ways.members({ status: 'active' }), holds: figures.ending_soon > 0 },
    { kind: 'members_without_second_factor', count: without, href: withoutUrl, holds: !(isComing && state.hit_by_rule > 0) && without > 0 },
  ]
  return all.filter(({ holds }) => holds)
}

/** How long a break-glass is worth mentioning. */
export const breakGlassDays = 14

/** Within which an invitation is about to expire. */
export const expiringDays = 3

const stepNeeds: Readonly<Record<FirstStep['step'], Permission>> = {
  contact: 'tenant:update', logo: 'tenant:update', units: 'unit:manage', roles: 'role:manage', invite: 'member:invite', mfa: 'tenant:update',
}

/** How old a tenant may be for first steps to be what its administrators look for. */
const newForDays = 60

/** All of them while one is open; none for whoever may do none of them, and none once the tenant is at home here. */
export function firstStepsOf({ figures, state, now }: Omit<Standing, 'writtenDay'>, ways: Ways): readonly FirstStep[] {
  const done: Readonly<Record<FirstStep['step'], boolean>> = {
    contact: state.contact !== null, logo: state.has_logo, units: state.units > 0, roles: state.roles_touched || figures.active > 1,
    invite: figures.active + figures.invited + figures.suspended > 1, mfa: state.mfa_rule !== 'off',
  }
  const hrefs: Readonly<Record<FirstStep['step'], string>> = {
    contact: ways.settings, logo: ways.branding, units: ways.units, roles: ways.roles, invite: ways.invite, mfa: ways.security,
  }
  const isOver = firstSteps.every((step) => done[step]) || now.getTime() - state.created_at.getTime() > newForDays * dayMs
  if (isOver || !firstSteps.some((step) => ways.may(stepNeeds[step]))) return []
  return firstSteps.map((step) => ({ step, done: done[step], href: ways.may(stepNeeds[step]) ? hrefs[step] : null }))
}
