/** The page of the whole log. It shows; it changes nothing. What is no filter of ours filters nothing out by mistake: it finds nothing. */
import { isTenantId } from '../base/ids.ts'
import { sentenceOf } from '../console/event-words.ts'
import { catalogue, type EventType } from '../events/catalogue.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { browserLine } from '../self-service/browser-name.ts'
import { findTenantBySubdomain } from '../tenants/queries.ts'
import { t as speak } from '../../views/messages.ts'
import { EventsPage, eventOutcomes, type AdminEventRow, type EventsProps } from '../../views/pages/admin/events.tsx'
import { accountIdOf } from './account-names.ts'
import type { AdminDeps } from './deps.ts'
import { listEvents, type EventCursor, type EventFilters, type EventRow } from './event-queries.ts'
import { adminPage, listAt, type OperatorVisit } from './operator-visit.ts'

const eventsPerPage = 50
const types = Object.keys(catalogue).sort()

export function eventPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/events', place: 'events' }, { show: (visit) => show(deps, visit) })
}

async function show(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { query } = visit.request
  const said = (name: string) => query.get(name)?.trim() ?? ''
  const filters = { type: said('type'), outcome: said('outcome'), tenant: said('tenant'), actor: said('actor'), subject: said('subject'), request: said('request'), from: said('from'), until: said('until') }
  const wanted = await readFilters(deps, filters)
  const after = cursorIn(said('cursor'))
  // One more than is shown tells whether there is another page.
  const rows = wanted === null ? [] : await listEvents(deps.databases.engine, wanted, { after, limit: eventsPerPage + 1 })
  const last = rows.length > eventsPerPage ? rows.at(eventsPerPage - 1) : undefined
  return html(EventsPage({
    ...visit.page, filters, types,
    events: rows.slice(0, eventsPerPage).map((row) => present(visit, row)),
    isFiltered: Object.values(filters).some((value) => value !== ''),
    nextUrl: last === undefined ? null : listAt('events', { ...filters, cursor: `${last.occurred_us}.${last.id}` }),
    newestUrl: after === null ? null : listAt('events', filters),
    scriptUrls: deps.scripts.filters,
  }), { script: 'self' })
}

/** Null where a filter names what cannot be: then nothing fits. A tenant and a person may be named as people name them. */
async function readFilters({ databases }: AdminDeps, said: EventsProps['filters']): Promise<EventFilters | null> {
  const { engine } = databases
  const text = (value: string) => (value === '' ? null : value)
  const tenantId = said.tenant === '' || isTenantId(said.tenant) ? text(said.tenant) : ((await findTenantBySubdomain(engine, said.tenant))?.id ?? null)
  const actor = said.actor.includes('@') ? ((await accountIdOf(databases, said.actor)) ?? null) : text(said.actor)
  const subject = said.subject.includes('@') ? ((await accountIdOf(databases, said.subject)) ?? said.subject) : text(said.subject)
  const isKnown = (said.type === '' || isEventType(said.type)) && (said.outcome === '' || eventOutcomes.some((one) => one === said.outcome))
  if (!isKnown || (said.tenant !== '' && tenantId === null) || (said.actor !== '' && actor === null)) return null
  return { type: text(said.type), outcome: text(said.outcome), tenantId, actor, subject, requestId: text(said.request), from: dayIn(said.from, 0), until: dayIn(said.until, 1) }
}

function isEventType(text: string): text is EventType {
  return Object.hasOwn(catalogue, text)
}

/** Where the day begins in Japan, `more` days later; null for what is no day. */
function dayIn(text: string, more: number): Date | null {
  const begins = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00+09:00`) : Number.NaN
  return Number.isNaN(begins) ? null : new Date(begins + more * 86_400_000)
}

function cursorIn(text: string): EventCursor | null {
  const [, occurredUs, eventId] = /^(\d{1,16})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? []
  return occurredUs === undefined || eventId === undefined ? null : { occurredUs: Number(occurredUs), eventId }
}

function present({ written, request }: OperatorVisit, row: EventRow): AdminEventRow {
  const { id, type, subject, reason, ip, request_id: requestId, user_agent: userAgent } = row
  const lines = (value: unknown) => (value === null ? null : JSON.stringify(value, null, 1))
  return {
    id, type, subject, reason,
    at: written(row.occurred_at),
    sentence: sentenceOf(speak(request.locale), { ...row, actorName: row.actor_name, appName: row.app_name, subjectName: row.subject_name }),
    outcome: row.outcome === 'success' || row.outcome === 'failure' ? row.outcome : 'refused',
    tenant: row.tenant_id === null ? null : { id: row.tenant_id, name: row.tenant_name ?? row.tenant_id },
    actor: row.actor === null ? null : { id: row.actor, name: row.actor_name ?? row.app_name },
    before: lines(row.before), after: lines(row.after),
    from: [ip, userAgent === null ? null : browserLine(userAgent), requestId].filter((part) => part !== null),
  }
}
