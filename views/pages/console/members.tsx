/** The members of a tenant: searched, narrowed, ordered, page by page, and chosen for what is to be done with many at once. */
import type { JSX } from 'preact'
import { bulkFields } from '../../contract/console-members.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { bulkActs, memberFactorFilters, memberSeenFilters, memberSourceFilters, memberStatuses, type BulkAct, type MemberListRow, type Option } from '../../member-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Filters, type FilterChoice } from '../../parts/filters.tsx'
import { factorWords, StatusTag } from '../../parts/member-words.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export type MemberSortColumn = 'name' | 'role' | 'status' | 'last_seen'

export interface MembersProps extends ConsolePageProps<'bulk_done', 'none_chosen'> {
  rows: readonly MemberListRow[]
  total: number
  counts: { active: number; invited: number }
  values: { search: string; status: string; role: string; unit: string; factor: string; source: string; seen: string }
  /** The order, to be kept by the filters; empty while it is by name. */
  order: { sort: string; direction: string }
  roles: readonly Option[]
  units: readonly Option[]
  sortLinks: Readonly<Record<MemberSortColumn, { href: string; now: 'ascending' | 'descending' | null }>>
  isFiltered: boolean
  previousUrl: string | null
  nextUrl: string | null
  exportUrl: string
  mayInvite: boolean
  /** Those that the person may do; nobody is chosen where there are none. */
  acts: readonly BulkAct[]
  /** Of the notice. */
  doneCount: number
  scriptUrls: readonly string[]
}

export function MembersPage(props: MembersProps): JSX.Element {
  const { rows, counts, notice, error, mayInvite, scriptUrls, doneCount, isFiltered, acts, nav } = props
  const t = speak(props.frame.locale)
  const { subdomain } = nav.tenant
  const table = (
    <DataTable
      caption={t('members.caption')}
      columns={columnsOf(props, t)}
      rows={rows}
      keyOf={({ id }) => id}
      choice={acts.length === 0 ? undefined : { nameOf: ({ id }) => bulkFields.member(id).name, labelOf: ({ name }) => t('members.choose_one', { name }), label: t('members.choose') }}
      empty={t(isFiltered ? 'members.empty_filter' : 'members.empty')}
    />
  )
  return (
    <ConsoleFrame
      page={props}
      intro={t('members.counts', counts)}
      acts={mayInvite ? <Invitations subdomain={subdomain} t={t} /> : undefined}
      done={notice === undefined ? undefined : t('members.bulk.done', { count: doneCount })}
      failure={error === undefined ? undefined : { text: t('members.bulk.none_chosen') }}
      scriptUrls={scriptUrls}
    >
      <MemberFilters {...props} t={t} />
      {acts.length === 0 || rows.length === 0 ? (
        table
      ) : (
        <form class="stack" method="get" action={consolePath(subdomain, 'members', '/bulk')}>
          {table}
          <Bulk acts={acts} t={t} />
        </form>
      )}
      <Foot {...props} t={t} />
    </ConsoleFrame>
  )
}

function Invitations({ subdomain, t }: { subdomain: string; t: Translate }): JSX.Element {
  return (
    <>
      <a class="button quiet" id="import_members" href={consolePath(subdomain, 'imports', '/new')}>
        {t('members.import')}
      </a>
      <a class="button" id="invite_member" href={consolePath(subdomain, 'invitations', '/new')}>
        {t('members.invite')}
      </a>
    </>
  )
}

type WithWords = MembersProps & { t: Translate }

function MemberFilters({ values, order, roles, units, isFiltered, nav, t }: WithWords): JSX.Element {
  const choices: readonly FilterChoice[] = [
    { name: 'status', label: t('members.filter.status'), all: t('members.filter.status_all'), value: values.status, options: memberStatuses.map((status) => ({ value: status, name: t(`member.status.${status}`) })) },
    { name: 'role', label: t('members.filter.role'), all: t('members.filter.role_all'), value: values.role, options: roles },
    { name: 'unit', label: t('members.filter.unit'), all: t('members.filter.unit_all'), value: values.unit, options: units },
  ]
  const more: readonly FilterChoice[] = [
    { name: 'factor', label: t('members.filter.factor'), all: t('members.filter.factor_all'), value: values.factor, options: memberFactorFilters.map((factor) => ({ value: factor, name: factorChoice(t, factor) })) },
    { name: 'seen', label: t('members.filter.seen'), all: t('members.filter.seen_all'), value: values.seen, options: memberSeenFilters.map((seen) => ({ value: seen, name: t(`members.filter.seen_${seen}`) })) },
    { name: 'source', label: t('members.filter.source'), all: t('members.filter.source_all'), value: values.source, options: memberSourceFilters.map((source) => ({ value: source, name: t(`member.source.${source}`) })) },
  ]
  return (
    <Filters
      action={consolePath(nav.tenant.subdomain, 'members')}
      search={{ label: t('members.search'), value: values.search }}
      choices={choices}
      more={{ label: t('members.more'), choices: more }}
      kept={[['sort', order.sort], ['direction', order.direction]].flatMap(([name = '', value = '']) => (value === '' ? [] : [[name, value] as const]))}
      clearUrl={isFiltered ? consolePath(nav.tenant.subdomain, 'members') : null}
      t={t}
    />
  )
}

function factorChoice(t: Translate, factor: (typeof memberFactorFilters)[number]): string {
  return factor === 'none' || factor === 'any' ? t(`members.filter.factor_${factor}`) : t(`member.factor.${factor}`)
}

function columnsOf({ nav, sortLinks }: MembersProps, t: Translate): readonly Column<MemberListRow>[] {
  return [
    {
      name: 'name', label: t('members.column.name'), sort: sortLinks.name,
      cell: ({ id, name, employeeNumber }) => (
        <>
          <a class="row-name" id={`member_${id}`} href={hrefTo(consolePath(nav.tenant.subdomain, 'members', `/${id}`))}>
            <bdi>{name}</bdi>
          </a>
          {employeeNumber === null ? null : <small>{employeeNumber}</small>}
        </>
      ),
    },
    { name: 'email', label: t('members.column.email'), cell: ({ email }) => (email === null ? <span class="quiet-text">{t('member.no_mail')}</span> : <span class="address">{email}</span>) },
    {
      name: 'role', label: t('members.column.role'), sort: sortLinks.role,
      cell: ({ role, units }) => (
        <>
          <bdi>{role}</bdi>
          {units.length === 0 ? null : <small>{units.join(t('account.comma'))}</small>}
        </>
      ),
    },
    { name: 'status', label: t('members.column.status'), sort: sortLinks.status, cell: ({ status }) => <StatusTag status={status} t={t} /> },
    { name: 'factors', label: t('members.column.factors'), cell: ({ factors, hasJoined }) => (hasJoined ? <span class={factors.length === 0 ? 'quiet-text' : undefined}>{factorWords(t, factors)}</span> : '–') },
    { name: 'seen', label: t('members.column.seen'), sort: sortLinks.last_seen, cell: ({ seen }) => <span class="when">{seen ?? t('member.seen.never')}</span> },
  ]
}

function Bulk({ acts, t }: { acts: readonly BulkAct[]; t: Translate }): JSX.Element {
  return (
    <div class="bulk">
      <label for={bulkFields.act.id}>{t('members.bulk.act')}</label>
      <select id={bulkFields.act.id} name={bulkFields.act.name}>
        {bulkActs.filter((one) => acts.includes(one)).map((one) => (
          <option key={one} value={one}>
            {t(`members.bulk.${one}`)}
          </option>
        ))}
      </select>
      <button class="button quiet compact" type="submit" id={bulkFields.next.id}>
        {t('members.bulk.next')}
      </button>
    </div>
  )
}

function Foot({ total, rows, previousUrl, nextUrl, exportUrl, t }: WithWords): JSX.Element {
  return (
    <div class="board-foot">
      <Pager place={t('members.total', { count: total })} previous={previousUrl} next={nextUrl} t={t} />
      {rows.length === 0 ? null : (
        <a id="export_members" href={hrefTo(exportUrl)}>
          {t('members.export')}
        </a>
      )}
    </div>
  )
}
