/** The invitations of a tenant: how each stands and what can be done with it, and how far those of each inviter have come. */
import type { JSX } from 'preact'
import { resendRow } from '../../contract/console-invitations.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { invitationFilterStates, type FunnelLine, type InvitationRow, type InvitationState } from '../../invitation-props.ts'
import { inviteNo } from '../../invite-words.ts'
import type { Option } from '../../member-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag, type Tone } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Figures } from '../../parts/figures.tsx'
import { Filters } from '../../parts/filters.tsx'
import { Form } from '../../parts/form.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface InvitationsProps extends ConsolePageProps<'resent' | 'renewed' | 'revoked', string> {
  rows: readonly InvitationRow[]
  total: number
  funnel: readonly FunnelLine[]
  values: { search: string; state: string; inviter: string }
  /** What else the list is narrowed to, such as one wave. */
  kept: readonly (readonly [name: string, value: string])[]
  inviters: readonly Option[]
  /** Whether names lead to the member's own page. */
  mayRead: boolean
  isFiltered: boolean
  previousUrl: string | null
  nextUrl: string | null
  scriptUrls: readonly string[]
}

type WithWords = InvitationsProps & { t: Translate }

export function InvitationsPage(props: InvitationsProps): JSX.Element {
  const { rows, total, funnel, notice, error, isFiltered, previousUrl, nextUrl, scriptUrls, nav, form } = props
  const t = speak(props.frame.locale)
  const withWords = { ...props, t }
  return (
    <ConsoleFrame
      page={props}
      intro={t('invitations.intro')}
      acts={<Ways subdomain={nav.tenant.subdomain} t={t} />}
      done={notice === undefined ? undefined : t(`invitations.${notice}`)}
      failure={error === undefined ? undefined : { text: inviteNo(t, error) }}
      scriptUrls={scriptUrls}
    >
      {funnel.length === 0 ? null : <Totals {...withWords} />}
      {funnel.length === 0 ? null : <InvitationFilters {...withWords} />}
      <Form form={form}>
        <DataTable caption={t('invitations.caption')} columns={columnsOf(withWords)} rows={rows} keyOf={({ membershipId }) => membershipId} empty={t(isFiltered ? 'invitations.empty_filter' : 'invitations.empty')} />
      </Form>
      {total === 0 ? null : <Pager place={t('invitations.total', { count: total })} previous={previousUrl} next={nextUrl} t={t} />}
      {funnel.length === 0 ? null : <Funnel funnel={funnel} t={t} />}
    </ConsoleFrame>
  )
}

function Ways({ subdomain, t }: { subdomain: string; t: Translate }): JSX.Element {
  return (
    <>
      <a class="button quiet" id="paste_invitations" href={consolePath(subdomain, 'invitations', '/paste')}>
        {t('invitations.paste')}
      </a>
      <a class="button" id="new_invitation" href={consolePath(subdomain, 'invitations', '/new')}>
        {t('invitations.new')}
      </a>
    </>
  )
}

function Totals({ funnel, nav, t }: WithWords): JSX.Element {
  const sum = (of: 'open' | 'accepted' | 'declined' | 'expired' | 'revoked') => funnel.reduce((all, line) => all + line[of], 0)
  const figures = (['open', 'expired', 'accepted', 'declined', 'revoked'] as const).map((state) => ({
    name: t(`invitations.funnel.${state}`), value: String(sum(state)), href: `${consolePath(nav.tenant.subdomain, 'invitations')}?state=${state}`, look: state === 'expired' && sum(state) > 0,
  }))
  return <Figures figures={figures} />
}

function InvitationFilters({ values, kept, inviters, isFiltered, nav, t }: WithWords): JSX.Element {
  return (
    <Filters
      action={consolePath(nav.tenant.subdomain, 'invitations')}
      search={{ label: t('invitations.search'), value: values.search }}
      choices={[
        { name: 'state', label: t('invitations.filter.state'), all: t('invitations.filter.state_all'), value: values.state, options: invitationFilterStates.map((state) => ({ value: state, name: t(`invitations.state.${state}`) })) },
        { name: 'inviter', label: t('invitations.filter.inviter'), all: t('invitations.filter.inviter_all'), value: values.inviter, options: inviters },
      ]}
      kept={kept}
      clearUrl={isFiltered ? consolePath(nav.tenant.subdomain, 'invitations') : null}
      t={t}
    />
  )
}

const tones: Readonly<Record<InvitationState, Tone>> = {
  open: 'look', expired: 'danger', accepted: 'good', declined: 'plain', revoked: 'plain', membership_ended: 'plain', tenant_suspended: 'danger',
}

function columnsOf(props: WithWords): readonly Column<InvitationRow>[] {
  const { t } = props
  return [
    { name: 'person', label: t('invitations.column.person'), cell: (row) => <Person row={row} {...props} /> },
    {
      name: 'place', label: t('invitations.column.place'),
      cell: ({ role, units }) => (
        <>
          <bdi>{role}</bdi>
          {units.length === 0 ? null : <small>{units.join(t('account.comma'))}</small>}
        </>
      ),
    },
    { name: 'state', label: t('invitations.column.state'), cell: ({ state }) => <Tag tone={tones[state]}>{t(`invitations.state.${state}`)}</Tag> },
    { name: 'inviter', label: t('invitations.column.inviter'), cell: ({ inviter }) => <bdi>{inviter ?? t('invitations.no_inviter')}</bdi> },
    { name: 'until', label: t('invitations.column.until'), cell: (row) => <When row={row} t={t} /> },
    { name: 'acts', label: t('invitations.column.acts'), cell: (row) => <Acts row={row} {...props} /> },
  ]
}

function Person({ row: { membershipId, name, email, employeeNumber }, mayRead, nav, t }: WithWords & { row: InvitationRow }): JSX.Element {
  const written = <bdi>{name}</bdi>
  const more = [email === name ? null : (email ?? t('invitations.no_mail')), employeeNumber].filter((one) => one !== null)
  return (
    <>
      {mayRead ? <a href={hrefTo(consolePath(nav.tenant.subdomain, 'members', `/${membershipId}`))}>{written}</a> : <b>{written}</b>}
      {more.length === 0 ? null : <small class="address">{more.join(' · ')}</small>}
    </>
  )
}

function When({ row: { state, expires, accepted, sentCount }, t }: { row: InvitationRow; t: Translate }): JSX.Element | null {
  if (accepted !== null) return <>{t('invitations.accepted_on', { date: accepted })}</>
  if (state !== 'open' && state !== 'expired') return null
  return (
    <>
      {t(state === 'open' ? 'invitations.until' : 'invitations.expired_on', { date: expires })}
      {sentCount > 1 ? <small>{t('invitations.sent_times', { count: sentCount })}</small> : null}
    </>
  )
}

function Acts({ row: { membershipId, state, name, email }, nav, t }: WithWords & { row: InvitationRow }): JSX.Element | null {
  if (state !== 'open' && state !== 'expired') return null
  const path = (more: string) => hrefTo(consolePath(nav.tenant.subdomain, 'invitations', `/${membershipId}${more}`))
  const again = resendRow(membershipId)
  const isMailed = email !== null
  return (
    <div class="row-acts">
      {isMailed || state === 'expired' ? (
        <button class="button text" type="submit" name={again.name} id={again.id} value={again.value} aria-label={t(isMailed ? 'invitations.resend_for' : 'invitations.renew_for', { name })}>
          {t(isMailed ? 'invitations.resend' : 'invitations.renew')}
        </button>
      ) : (
        <a id={`link_${membershipId}`} href={path('/link')} aria-label={t('invitations.link_for', { name })}>
          {t('invitations.link')}
        </a>
      )}
      <a id={`revoke_${membershipId}`} href={path('/revoke')}>
        {t('invitations.revoke')}
      </a>
    </div>
  )
}

function Funnel({ funnel, t }: { funnel: readonly FunnelLine[]; t: Translate }): JSX.Element {
  const figures = ['invited', 'open', 'accepted', 'declined', 'expired', 'revoked'] as const
  const columns: readonly Column<FunnelLine>[] = [
    {
      name: 'inviter', label: t('invitations.column.inviter'),
      cell: ({ inviter, href }) => (href === null ? <span>{inviter ?? t('invitations.no_inviter')}</span> : <a href={hrefTo(href)}>{inviter ?? t('invitations.no_inviter')}</a>),
    },
    ...figures.map((name): Column<FunnelLine> => ({ name, label: t(`invitations.funnel.${name}`), isFigure: true, cell: (line) => line[name] })),
    { name: 'median', label: t('invitations.funnel.median'), isFigure: true, cell: ({ medianSeconds }) => (medianSeconds === null ? '–' : duration(t, medianSeconds)) },
  ]
  return (
    <Panel title={t('invitations.funnel')} lead={t('invitations.funnel.lead')}>
      <DataTable caption={t('invitations.funnel')} columns={columns} rows={funnel} keyOf={({ inviter, href }) => href ?? inviter ?? ''} empty={t('board.none')} />
    </Panel>
  )
}

/** In the largest unit that says something. */
function duration(t: Translate, seconds: number): string {
  const [minutes, hours, days] = [Math.max(1, Math.round(seconds / 60)), Math.round(seconds / 3600), Math.round(seconds / 86_400)]
  if (minutes < 90) return t('invitations.median.minutes', { count: minutes })
  return hours < 36 ? t('invitations.median.hours', { count: hours }) : t('invitations.median.days', { count: days })
}
