/** Reads a tenant's figures in one go and says what of them needs somebody's attention. */
import type { TenantTrx } from '../base/db.ts'
import { getTenantFigures, listRecentActs, listSignInDays, type DayOfSignIns, type RecentAct, type TenantFigures } from './tenant-figures-queries.ts'

export const attentionKinds = ['seats_full', 'seats_nearly_full', 'only_one_administrator', 'invitations_expired', 'members_without_second_factor', 'memberships_ending_soon'] as const

export interface Attention {
  readonly kind: (typeof attentionKinds)[number]
  /** How many it is about. */
  readonly count: number
}

export interface TenantOverview {
  readonly figures: TenantFigures
  readonly signIns: readonly DayOfSignIns[]
  readonly recentActs: readonly RecentAct[]
  /** The gravest first. */
  readonly attention: readonly Attention[]
}

export async function readTenantOverview(trx: TenantTrx): Promise<TenantOverview> {
  const figures = await getTenantFigures(trx)
  return { figures, signIns: await listSignInDays(trx), recentActs: await listRecentActs(trx), attention: attentionOf(figures) }
}

/** Pure. */
export function attentionOf(figures: TenantFigures): readonly Attention[] {
  const { seat_limit: limit, seats_used: used } = figures
  const without = figures.active - figures.with_second_factor
  const all: readonly (Attention & { readonly holds: boolean })[] = [
    { kind: 'seats_full', count: used, holds: limit !== null && used >= limit },
    { kind: 'seats_nearly_full', count: used, holds: limit !== null && used < limit && used >= limit * 0.9 },
    { kind: 'only_one_administrator', count: figures.administrators, holds: figures.administrators === 1 && figures.active > 1 },
    { kind: 'invitations_expired', count: figures.invitations_expired, holds: figures.invitations_expired > 0 },
    { kind: 'members_without_second_factor', count: without, holds: without > 0 },
    { kind: 'memberships_ending_soon', count: figures.ending_soon, holds: figures.ending_soon > 0 },
  ]
  return all.filter(({ holds }) => holds).map(({ kind, count }) => ({ kind, count }))
}
