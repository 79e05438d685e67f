/** The home of a tenant's console. What is shown of it is what the person may see elsewhere. */
import type { TenantTrx } from '../base/db.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { getTenantFigures, listRecentActs, listSignInDays, type DayOfSignIns, type RecentAct, type TenantFigures } from '../members/tenant-figures-queries.ts'
import { shortDay } from '../../views/dates.ts'
import { t as speak } from '../../views/messages.ts'
import { HomePage, type HomeProps } from '../../views/pages/console/home.tsx'
import { addressOf } from './address.ts'
import type { ConsoleDeps } from './deps.ts'
import { sentenceOf } from './event-words.ts'
import { attentionOf, breakGlassDays, expiringDays, firstStepsOf, type Ways } from './home.ts'
import { getTenantState } from './queries.ts'
import { consolePage, type ConsoleVisit } from './visit.ts'

export function homePages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '', place: 'home', permission: null }, { show: (visit) => show(deps, visit) })
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { may, writtenDay } = visit
  const read = async (trx: TenantTrx) => ({
    figures: await getTenantFigures(trx),
    days: may('member:read') ? await listSignInDays(trx) : [],
    acts: may('audit:read') ? await listRecentActs(trx) : null,
    state: await getTenantState(trx, { breakGlassDays, expiringDays }),
  })
  const { figures, days, acts, state } = await deps.databases.inTenant(visit.tenantId, read)
  const ways = waysOf(visit)
  const standing = { figures, state, now: new Date(), writtenDay }
  return html(HomePage({
    ...visit.page,
    people: may('member:read') ? peopleOf(visit, { figures, days, ways }) : null,
    attention: attentionOf(standing, ways),
    acts: acts === null ? null : acts.map((act) => entryOf(visit, act)),
    auditUrl: ways.audit,
    steps: firstStepsOf(standing, ways),
  }))
}

function waysOf({ pathTo, may }: ConsoleVisit): Ways {
  return {
    members: (query) => addressOf(pathTo('members'), query), invitations: pathTo('invitations'), security: pathTo('security'), settings: pathTo('settings'),
    branding: pathTo('branding'), units: pathTo('units'), roles: pathTo('roles'), invite: pathTo('invitations', '/new'), audit: pathTo('audit'), may,
  }
}

interface Counted {
  readonly figures: TenantFigures
  readonly days: readonly DayOfSignIns[]
  readonly ways: Ways
}

function peopleOf({ page: { frame } }: ConsoleVisit, { figures, days, ways }: Counted): HomeProps['people'] {
  const { active, invited, suspended } = figures
  return {
    active, invited, suspended, seatsUsed: figures.seats_used, seatLimit: figures.seat_limit, withSecondFactor: figures.with_second_factor,
    expired: figures.invitations_expired,
    hrefs: {
      active: ways.members({ status: 'active' }), suspended: ways.members({ status: 'suspended' }),
      withoutFactor: ways.members({ status: 'active', factor: 'none' }), invitations: ways.may('member:invite') ? ways.invitations : ways.members({ status: 'invited' }),
    },
    days: days.map(({ day, sign_ins: value }) => ({ label: shortDay(frame.locale, day), value })),
  }
}

function entryOf({ page: { frame }, written }: ConsoleVisit, act: RecentAct): NonNullable<HomeProps['acts']>[number] {
  const told = { type: act.type, outcome: 'success', actor: act.actor_membership_id, actorName: act.actor_name, subjectName: act.subject_name }
  return { id: act.id, when: written(act.occurred_at), outcome: 'success', sentence: sentenceOf(speak(frame.locale), told), reason: null, changes: [] }
}
