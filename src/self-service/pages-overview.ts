/** The first page of the account: how it stands. It shows; it changes nothing. */
import { listFactors } from '../factors/list-factors.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listOwnMemberships, type OwnMembershipRow } from '../members/own-memberships-queries.ts'
import { accountPaths } from '../../views/account-props.ts'
import { OverviewPage } from '../../views/pages/account/overview.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { ownPage, type Visit } from './visit.ts'

const day = 24 * 60 * 60 * 1000
/** How long before it is due a new password is spoken of. */
const warningDays = 14

export function overviewPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.overview, place: 'overview' }, { freshness: 'any', show: (visit) => show(deps, visit) })
}

async function show(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, profile, signed } = visit
  const factors = await listFactors(deps.databases.engine, accountId)
  const memberships = await listOwnMemberships(deps.databases.engine, accountId)
  const sessions = await deps.sessions.list(accountId)
  return html(OverviewPage({
    ...visit.page,
    password: passwordOf(visit, memberships),
    hasTotp: factors.totp !== null,
    passkeys: factors.passkeys.length,
    recoveryCodesLeft: factors.recoveryCodesLeft,
    address: { email: profile.email, verified: profile.email_verified_at !== null },
    otherSessions: sessions.filter(({ uid }) => uid !== signed.sessionUid).length,
    tenants: memberships.filter((one) => one.status === 'active' || one.status === 'suspended').length,
    deleteAfter: visit.writtenOrNull(profile.delete_after),
  }))
}

function passwordOf({ profile, written }: Visit, memberships: readonly OwnMembershipRow[]) {
  const changedAt = profile.password_changed_at
  if (changedAt === null) return { changedAt: null, ageDays: null }
  const ages = memberships.flatMap((one) => (one.unusable_because === null && one.password_max_age_days !== null ? one.password_max_age_days : []))
  const due = changedAt.getTime() + Math.min(...ages) * day
  const isNear = ages.length > 0 && due - Date.now() < warningDays * day
  return {
    changedAt: written(changedAt),
    ageDays: Math.max(0, Math.floor((Date.now() - changedAt.getTime()) / day)),
    expiresAt: isNear ? written(new Date(due)) : undefined,
  }
}
