/** The page of a tenant's log. What is in it and whom it may name is said by the events room. */
import { isEventPlace, listTenantEvents, outcomes, type AuditFilter, type AuditRow } from '../events/audit-queries.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { browserLine } from '../self-service/browser-name.ts'
import { t as speak, type Translate } from '../../views/messages.ts'
import { AuditPage, auditGroups, type AuditEntry, type AuditProps } from '../../views/pages/console/audit.tsx'
import { reasonWords } from '../../views/refusal-words.ts'
import { addressOf, oneOf, type Query } from './address.ts'
import { endOfDay, startOfDay } from './days.ts'
import type { ConsoleDeps } from './deps.ts'
import { changesOf, sentenceOf, whoOf, type Told } from './event-words.ts'
import { findAppNames } from './queries.ts'
import { consolePage, type ConsoleVisit } from './visit.ts'

const place = 'audit'
const pageSize = 50

export function auditPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/audit', place, permission: 'audit:read' }, { show: (visit) => show(deps, visit) })
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const values = valuesIn(visit)
  const said = visit.request.query.get('cursor') ?? ''
  const cursor = isEventPlace(said) ? said : null
  const { rows, apps } = await deps.databases.inTenant(visit.tenantId, async (trx) => {
    // One more than shown tells whether there is another page.
    const found = await listTenantEvents(trx, { filter: filterOf(values, visit.zone), cursor, limit: pageSize + 1 })
    return { rows: found, apps: await findAppNames(trx, found.flatMap(({ client_id: id }) => id ?? [])) }
  })
  const shown = rows.slice(0, pageSize)
  const path = visit.pathTo(place)
  const query = queryOf(values)
  const here = { path, query, t: speak(visit.page.frame.locale), apps, written: visit.written }
  return html(AuditPage({
    ...visit.page, values, path, scriptUrls: deps.scripts.filters,
    events: shown.map((row) => present(row, here)),
    narrowed: narrowedBy(shown, values, here),
    isFiltered: addressOf('', query) !== '',
    newestUrl: cursor === null ? null : addressOf(path, query),
    nextUrl: rows.length > pageSize ? addressOf(path, { ...query, cursor: shown.at(-1)?.place }) : null,
  }), { script: 'self' })
}

type Values = AuditProps['values']

function valuesIn({ request: { query } }: ConsoleVisit): Values {
  const said = (name: string) => (query.get(name) ?? '').trim().slice(0, 255)
  return {
    type: oneOf(auditGroups, query.get('type')) ?? '', outcome: oneOf(outcomes, query.get('outcome')) ?? '',
    from: said('from'), until: said('until'), requestId: said('request_id'), actor: said('actor'), subject: said('subject'),
  }
}

function filterOf({ type, outcome, from, until, requestId, actor, subject }: Values, zone: string): AuditFilter {
  const given = (text: string) => (text === '' ? undefined : text)
  return {
    type: type === '' ? undefined : `${type}.`, outcome: oneOf(outcomes, outcome), actor: given(actor), subject: given(subject), requestId: given(requestId),
    from: startOfDay(from, zone) ?? undefined, until: endOfDay(until, zone) ?? undefined,
  }
}

function queryOf({ type, outcome, from, until, requestId, actor, subject }: Values): Query {
  return { type, outcome, from, until, request_id: requestId, actor, subject }
}

interface Here {
  readonly path: string
  readonly query: Query
  readonly t: Translate
  readonly apps: ReadonlyMap<string, string>
  readonly written: (date: Date) => string
}

function toldOf(row: AuditRow, apps: ReadonlyMap<string, string>): Told {
  const { type, outcome, actor, actor_name: actorName, subject_name: subjectName, client_id: clientId, before, after } = row
  // Nobody acted, but an app did: then the app is who it was.
  const appName = actor === null || actor === clientId ? (apps.get(clientId ?? '') ?? null) : null
  return { type, outcome, actor, actorName, subjectName, appName, before, after }
}

function present(row: AuditRow, { path, query, t, apps, written }: Here): AuditEntry {
  const told = toldOf(row, apps)
  const { actor, subject } = row
  return {
    id: row.id, type: row.type, when: written(row.occurred_at), outcome: oneOf(outcomes, row.outcome) ?? 'success',
    sentence: sentenceOf(t, told), reason: row.reason === null ? null : reasonWords(t, row.reason), changes: changesOf(t, row.before, row.after),
    ip: row.ip, browser: browserLine(row.user_agent), requestId: row.request_id,
    byActor: actor === null || query['actor'] === actor ? null : { name: whoOf(t, told), href: addressOf(path, { ...query, actor }) },
    bySubject: subject === null || row.subject_name === null || query['subject'] === subject ? null : { name: row.subject_name, href: addressOf(path, { ...query, subject }) },
  }
}

function narrowedBy(rows: readonly AuditRow[], { actor, subject }: Values, { path, query, t, apps }: Here): AuditProps['narrowed'] {
  const [first] = rows
  const nameOf = { actor: first === undefined ? actor : whoOf(t, toldOf(first, apps)), subject: first?.subject_name ?? subject }
  return [
    ...(actor === '' ? [] : [{ kind: 'actor', name: nameOf.actor, href: addressOf(path, { ...query, actor: '' }) } as const]),
    ...(subject === '' ? [] : [{ kind: 'subject', name: nameOf.subject, href: addressOf(path, { ...query, subject: '' }) } as const]),
  ]
}
