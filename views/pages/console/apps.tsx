/** The apps that a tenant uses: the list, and one app with who may use it. */
import type { JSX } from 'preact'
import { appFields } from '../../contract/console-apps.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Field, Form, Radio, Select } from '../../parts/form.tsx'
import { DataTable, Pager } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export const accessNames = ['everyone', 'assigned', 'nobody'] as const
export type AccessName = (typeof accessNames)[number]

export interface AppRow {
  id: string
  name: string
  status: 'active' | 'suspended'
  access: AccessName
  assignments: number
}

export interface AppsProps extends ConsolePageProps {
  apps: readonly AppRow[]
  nextUrl: string | null
}

/** All apps that the tenant may use. */
export function AppsPage({ apps, nextUrl, ...page }: AppsProps): JSX.Element {
  const t = speak(page.frame.locale)
  const { subdomain } = page.nav.tenant
  return (
    <ConsoleFrame page={page} intro={t('apps.intro')}>
      <DataTable
        caption={t('console.nav.apps')}
        rows={apps}
        keyOf={({ id }) => id}
        empty={t('apps.empty')}
        columns={[
          { name: 'name', label: t('apps.name'), cell: ({ id, name }) => <a id={`app_${id}`} href={hrefTo(consolePath(subdomain, 'apps', `/${encodeURIComponent(id)}`))}><bdi>{name}</bdi></a> },
          { name: 'access', label: t('apps.access'), cell: ({ access }) => t(`apps.access.${access}`) },
          { name: 'assignments', label: t('apps.assignments'), isFigure: true, cell: ({ assignments }) => assignments },
          { name: 'status', label: t('apps.status'), cell: ({ status }) => <Status status={status} t={t} /> },
        ]}
      />
      <Pager previous={null} next={nextUrl} t={t} />
    </ConsoleFrame>
  )
}

function Status({ status, t }: { status: AppRow['status']; t: Translate }): JSX.Element {
  return <Tag tone={status === 'active' ? 'good' : 'danger'}>{t(`apps.status.${status}`)}</Tag>
}

export type AppFailure = 'unknown_member' | 'unknown_role' | 'unknown_unit' | 'already_assigned' | 'not_found'

export interface AssignmentRow {
  id: string
  name: string
  kind: 'member' | 'role' | 'unit'
}

export interface AppPageProps extends ConsolePageProps<'saved' | 'assigned' | 'unassigned', AppFailure> {
  app: AppRow
  assignments: readonly AssignmentRow[]
  nextUrl: string | null
  roles: readonly string[]
  units: readonly { code: string; name: string }[]
  /** What was typed, when the form comes back. */
  typedMember?: string | undefined
}

/** One app and who may use it. */
export function AppPage({ app, notice, error, ...page }: AppPageProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={app.name}
      intro={<Status status={app.status} t={t} />}
      done={notice === undefined ? undefined : t(`apps.${notice}`)}
      failure={error === undefined ? undefined : { text: t(`apps.error.${error}`), fieldId: error === 'unknown_member' ? appFields.member.id : undefined }}
    >
      <Panel title={t('apps.who')}>
        <Form form={page.form}>
          <fieldset class="boxes">
            <legend class="unseen">{t('apps.who')}</legend>
            {accessNames.map((name) => (
              <Radio key={name} field={appFields.access(name)} label={t(`apps.access.${name}`)} hint={t(`apps.access.${name}_hint`)} checked={app.access === name} />
            ))}
          </fieldset>
          <div class="panel-acts">
            <Action button={appFields.saveAccess} look="main">
              {t('board.save')}
            </Action>
          </div>
        </Form>
      </Panel>
      <Assignments app={app} {...page} t={t} />
      <div class="columns">
        <NewAssignments app={app} {...page} error={error} t={t} />
      </div>
    </ConsoleFrame>
  )
}

type Part = Omit<AppPageProps, 'notice' | 'error'> & { t: Translate }

function Assignments({ app, form, assignments, nextUrl, t }: Part): JSX.Element {
  return (
    <Panel title={t('apps.list')} lead={app.access === 'assigned' ? undefined : t('apps.list_idle', { access: t(`apps.access.${app.access}`) })}>
      <Form form={form}>
        <DataTable
          caption={t('apps.list')}
          rows={assignments}
          keyOf={({ id }) => id}
          empty={t('apps.list_none')}
          columns={[
            { name: 'name', label: t('apps.assignee'), cell: ({ name }) => <b><bdi>{name}</bdi></b> },
            { name: 'kind', label: t('apps.kind'), cell: ({ kind }) => t(`apps.kind.${kind}`) },
            { name: 'remove', label: t('apps.remove'), cell: ({ id, name }) => <RowButton button={appFields.unassign} of={id} label={t('apps.remove')} about={name} t={t} danger /> },
          ]}
        />
      </Form>
      <Pager previous={null} next={nextUrl} t={t} />
    </Panel>
  )
}

function NewAssignments({ form, roles, units, typedMember, error, t }: Part & { error: AppFailure | undefined }): JSX.Element {
  return (
    <>
      <Panel title={t('apps.add_role')}>
        <Form form={form}>
          <Select field={appFields.role} label={t('apps.kind.role')} options={roles.map((name) => ({ value: name, name }))} />
          <Add button={appFields.assignRole} t={t} />
        </Form>
      </Panel>
      {units.length === 0 ? null : (
        <Panel title={t('apps.add_unit')}>
          <Form form={form}>
            <Select field={appFields.unit} label={t('apps.kind.unit')} options={units.map(({ code, name }) => ({ value: code, name: `${name} (${code})` }))} />
            <Add button={appFields.assignUnit} t={t} />
          </Form>
        </Panel>
      )}
      <Panel title={t('apps.add_member')}>
        <Form form={form}>
          <Field
            field={appFields.member} label={t('apps.kind.member')} hint={t('apps.member_hint')} value={typedMember}
            error={error === 'unknown_member' ? t('apps.error.unknown_member') : undefined}
          />
          <Add button={appFields.assignMember} t={t} />
        </Form>
      </Panel>
    </>
  )
}

function Add({ button, t }: { button: Parameters<typeof Action>[0]['button']; t: Translate }): JSX.Element {
  return (
    <div class="panel-acts">
      <Action button={button} look="quiet">
        {t('apps.add')}
      </Action>
    </div>
  )
}
