/** The apps of the platform: the list, and the choice of what a new one is. */
import type { JSX } from 'preact'
import { adminPath, type AdminPageProps } from '../../admin-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { colourOf, Chip, initialOf } from '../../parts/chip.tsx'
import { Filters } from '../../parts/filters.tsx'
import { DataTable, Pager, type Column } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const appTypes = ['web', 'spa', 'native', 'machine'] as const
export type AppType = (typeof appTypes)[number]

export interface AppRowProps {
  id: string
  name: string
  type: AppType
  isActive: boolean
  firstParty: boolean
  /** Whose machine it is. */
  tenantName: string | null
  openTo: 'every_tenant' | 'listed_tenants'
}

export interface AppsProps extends AdminPageProps<'app_deleted'> {
  apps: readonly AppRowProps[]
  search: string
  nextUrl: string | null
  newestUrl: string | null
}

export function appPath(id: string, more = ''): string {
  return adminPath('apps', `/${encodeURIComponent(id)}${more}`)
}

export function AppsPage({ apps, search, nextUrl, newestUrl, notice, ...page }: AppsProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame
      page={page}
      intro={t('admin.apps.intro')}
      acts={page.mayChange ? (
        <a class="button" id="new_app" href={adminPath('apps', '/new')}>
          {t('admin.apps.new')}
        </a>
      ) : undefined}
      done={notice === undefined ? undefined : t('admin.apps.deleted')}
    >
      <Filters action={adminPath('apps')} search={{ label: t('admin.apps.search'), value: search }} choices={[]} clearUrl={search === '' ? null : adminPath('apps')} t={t} />
      <DataTable caption={t('admin.nav.apps')} columns={columnsOf(t)} rows={apps} keyOf={({ id }) => id} empty={t('admin.apps.empty')} />
      <Pager previous={newestUrl} next={nextUrl} t={t} />
    </AdminFrame>
  )
}

function columnsOf(t: Translate): readonly Column<AppRowProps>[] {
  return [
    {
      name: 'name', label: t('admin.apps.name'),
      cell: ({ id, name }) => (
        <>
          <a id={`app_${id}`} href={hrefTo(appPath(id))}>
            <bdi>{name}</bdi>
          </a>
          <small>{id}</small>
        </>
      ),
    },
    { name: 'type', label: t('admin.apps.type'), cell: ({ type, tenantName }) => <>{t(`admin.apps.type.${type}`)} {tenantName === null ? null : <small><bdi>{tenantName}</bdi></small>}</> },
    { name: 'party', label: t('admin.apps.party'), cell: ({ firstParty }) => t(firstParty ? 'admin.apps.first_party' : 'admin.apps.third_party') },
    { name: 'open', label: t('admin.apps.open_to'), cell: ({ openTo, tenantName }) => (tenantName === null ? t(`admin.apps.open_to.${openTo}`) : '–') },
    { name: 'status', label: t('admin.status'), cell: ({ isActive }) => <Tag tone={isActive ? 'good' : 'danger'}>{t(isActive ? 'admin.apps.active' : 'admin.apps.suspended')}</Tag> },
  ]
}

/** What is the new app? */
export function NewAppPage(page: AdminPageProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} title={t('admin.apps.new')} intro={t('admin.apps.new_intro')}>
      <ul class="choices">
        {appTypes.map((type) => (
          <li key={type}>
            <a class="choice-card" id={`type_${type}`} href={adminPath('apps', `/new/${type}`)}>
              <Chip initial={initialOf(t(`admin.apps.type.${type}`))} colour={colourOf(type)} />
              <span>
                <b>{t(`admin.apps.type.${type}`)}</b>
                <small>{t(`admin.apps.type_hint.${type}`)}</small>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </AdminFrame>
  )
}
