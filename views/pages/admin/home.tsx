/** The operators' first page: how the platform is, at a glance, and what wants a look. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Figures, Progress, type Figure } from '../../parts/figures.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface AdminHomeProps extends AdminPageProps {
  tenants: { active: number; suspended: number; closing: number }
  accounts: { active: number; others: number }
  signIns: { succeeded: number; failed: number; refused: number }
  jobs: { waiting: number; running: number; failing: number; givenUp: number }
  readers: readonly { name: string; lagSeconds: number }[]
  keys: readonly { algorithm: string; ageDays: number }[]
  pendingMigrations: readonly string[]
  version: string
  nearLimit: readonly { id: string; name: string; used: number; limit: number }[]
  closing: readonly { id: string; name: string; closesAt: string }[]
}

/** Those that have words; another one stands for itself. */
const knownReaders = ['mail', 'logout_tokens', 'import_waves'] as const

/** A reader further behind than this wants a look. */
const slowReaderSeconds = 60

export function AdminHomePage(props: AdminHomeProps): JSX.Element {
  const t = speak(props.frame.locale)
  return (
    <AdminFrame page={props} intro={t('admin.home.intro')}>
      <Figures figures={[...peopleFigures(props, t), workFigure(props, t)]} />
      <div class="columns">
        <Readers readers={props.readers} t={t} />
        <Software {...props} t={t} />
        <NearLimit tenants={props.nearLimit} t={t} />
        <Closing tenants={props.closing} t={t} />
      </div>
    </AdminFrame>
  )
}

function peopleFigures({ tenants, accounts, signIns, frame }: AdminHomeProps, t: Translate): readonly Figure[] {
  const number = new Intl.NumberFormat(frame.locale)
  const others = tenants.suspended + tenants.closing
  return [
    {
      name: t('admin.home.tenants'), value: number.format(tenants.active), href: adminPath('tenants'),
      note: others === 0 ? undefined : t('admin.home.tenants_note', { suspended: tenants.suspended, closing: tenants.closing }),
    },
    { name: t('admin.home.accounts'), value: number.format(accounts.active), href: adminPath('accounts'), note: accounts.others === 0 ? undefined : t('admin.home.accounts_note', { count: accounts.others }) },
    { name: t('admin.home.sign_ins'), value: number.format(signIns.succeeded), note: t('admin.home.last_day'), href: adminPath('events', '?type=sign_in.succeeded') },
    {
      name: t('admin.home.failures'), value: number.format(signIns.failed + signIns.refused), href: adminPath('events', '?type=sign_in.failed'),
      note: t('admin.home.failures_note', { refused: signIns.refused }), look: signIns.failed + signIns.refused > signIns.succeeded,
    },
  ]
}

function workFigure({ jobs, frame }: AdminHomeProps, t: Translate): Figure {
  const bad = jobs.failing + jobs.givenUp
  const note = bad === 0 ? t('admin.home.jobs_note', { running: jobs.running }) : t('admin.home.jobs_failing_note', { failing: jobs.failing, count: jobs.givenUp })
  return { name: t('admin.home.jobs'), value: new Intl.NumberFormat(frame.locale).format(jobs.waiting + jobs.running), href: adminPath('jobs'), note, look: bad > 0 }
}

function Readers({ readers, t }: { readers: AdminHomeProps['readers']; t: Translate }): JSX.Element {
  return (
    <Panel title={t('admin.home.readers')} lead={t('admin.home.readers_lead')}>
      <ul class="plain">
        {readers.map(({ name, lagSeconds }) => (
          <li key={name}>
            {readerWords(t, name)}{' '}
            <Tag tone={lagSeconds > slowReaderSeconds ? 'look' : 'good'}>{lagSeconds === 0 ? t('admin.home.reader_up_to_date') : t('admin.home.reader_behind', { seconds: lagSeconds })}</Tag>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function readerWords(t: Translate, name: string): string {
  const known = knownReaders.find((one) => one === name)
  return known === undefined ? name : t(`admin.home.reader.${known}`)
}

function Software({ keys, pendingMigrations, version, t }: AdminHomeProps & { t: Translate }): JSX.Element {
  return (
    <Panel title={t('admin.home.software')}>
      <dl class="data">
        <div>
          <dt>{t('admin.home.version')}</dt>
          <dd>Tegata {version}</dd>
        </div>
        <div>
          <dt>{t('admin.home.migrations')}</dt>
          <dd>{pendingMigrations.length === 0 ? <Tag tone="good">{t('admin.home.migrations_none')}</Tag> : <Tag tone="danger">{pendingMigrations.join(', ')}</Tag>}</dd>
        </div>
        {keys.map(({ algorithm, ageDays }) => (
          <div key={algorithm}>
            <dt>{t('admin.home.key', { algorithm })}</dt>
            <dd>
              <a href={hrefTo(adminPath('keys'))}>{t('admin.home.key_age', { days: ageDays })}</a>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function NearLimit({ tenants, t }: { tenants: AdminHomeProps['nearLimit']; t: Translate }): JSX.Element {
  return (
    <Panel title={t('admin.home.near_limit')} lead={t('admin.home.near_limit_lead')}>
      {tenants.length === 0 ? (
        <p class="quiet-text">{t('board.none')}</p>
      ) : (
        tenants.map(({ id, name, used, limit }) => (
          <div key={id}>
            <a href={hrefTo(adminPath('tenants', `/${id}`))}>
              <bdi>{name}</bdi>
            </a>
            <Progress label={name} value={used} of={limit} words={t('admin.home.seats', { used, limit })} />
          </div>
        ))
      )}
    </Panel>
  )
}

function Closing({ tenants, t }: { tenants: AdminHomeProps['closing']; t: Translate }): JSX.Element | null {
  if (tenants.length === 0) return null
  return (
    <Panel title={t('admin.home.closing')} lead={t('admin.home.closing_lead')}>
      <DataTable
        caption={t('admin.home.closing')}
        columns={[
          {
            name: 'name', label: t('admin.accounts.tenant'),
            cell: ({ id, name }) => (
              <a href={hrefTo(adminPath('tenants', `/${id}`))}>
                <bdi>{name}</bdi>
              </a>
            ),
          },
          { name: 'at', label: t('admin.home.closes_at'), cell: ({ closesAt }) => closesAt },
        ]}
        rows={tenants}
        keyOf={({ id }) => id}
        empty={null}
      />
    </Panel>
  )
}
