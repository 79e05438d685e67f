/** The roles of a tenant: the list, and one role with what it may do and who has it. */
import { Fragment, type JSX } from 'preact'
import { roleFields } from '../../contract/console.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { Action, Checkbox, Field, Form, TextArea } from '../../parts/form.tsx'
import { DataTable, type Column } from '../../parts/table.tsx'
import { permissionNames, permissionWords, type PermissionName } from '../../permission-words.ts'
import { hrefTo } from '../../safe-url.ts'
import type { tenantKinds } from '../admin/tenants.tsx'

export interface RoleRow {
  id: string
  name: string
  description: string | null
  permissions: readonly string[]
  usesSeat: boolean
  members: number
}

export interface RolesProps extends ConsolePageProps<'role_created' | 'role_deleted', 'not_found'> {
  roles: readonly RoleRow[]
}

/** All roles of the tenant. */
export function RolesPage({ roles, notice, error, ...page }: RolesProps): JSX.Element {
  const t = speak(page.frame.locale)
  const { subdomain } = page.nav.tenant
  const done = notice === undefined ? undefined : t(notice === 'role_created' ? 'console.roles.created' : 'console.roles.deleted')
  return (
    <ConsoleFrame
      page={page}
      intro={t('console.roles.intro')}
      acts={
        <a class="button" id="new_role" href={consolePath(subdomain, 'roles', '/new')}>
          {t('console.roles.new')}
        </a>
      }
      done={done}
      failure={error === undefined ? undefined : { text: t(`console.error.${error}`) }}
    >
      <DataTable caption={t('console.nav.roles')} columns={columnsOf(t, subdomain)} rows={roles} keyOf={({ id }) => id} empty={t('console.roles.empty')} />
    </ConsoleFrame>
  )
}

function columnsOf(t: Translate, subdomain: string): readonly Column<RoleRow>[] {
  return [
    {
      name: 'name', label: t('console.roles.name'),
      cell: ({ id, name, description }) => (
        <>
          <a id={`role_${id}`} href={hrefTo(consolePath(subdomain, 'roles', `/${id}`))}>
            <bdi>{name}</bdi>
          </a>
          {description === null ? null : <small>{description}</small>}
        </>
      ),
    },
    { name: 'permissions', label: t('console.roles.rights'), cell: ({ permissions }) => <Permissions permissions={permissions} t={t} /> },
    { name: 'seat', label: t('console.roles.uses_seat'), cell: ({ usesSeat }) => t(usesSeat ? 'board.yes' : 'board.no') },
    { name: 'members', label: t('console.roles.holders'), isFigure: true, cell: ({ members }) => members },
  ]
}

function Permissions({ permissions, t }: { permissions: readonly string[]; t: Translate }): JSX.Element {
  if (permissions.length === 0) return <span class="quiet-text">{t('console.roles.permissions_none')}</span>
  const words = permissions.includes('tenant:admin') ? [permissionWords(t, 'tenant:admin')] : permissions.map((name) => permissionWords(t, name))
  return <span>{words.join(t('account.comma'))}</span>
}

export type RoleFailure =
  | 'invalid_name' | 'name_taken' | 'unknown_permission' | 'registration_role' | 'role_in_use' | 'role_above_own' | 'last_admin' | 'precondition_failed'
  | 'invalid_description' | 'seat_limit_reached'

/** Roles to begin with, as organisations of one kind usually have them. */
export interface TemplateGroup {
  kind: (typeof tenantKinds)[number]
  templates: readonly { readonly name: string; readonly href: string }[]
}

export interface RolePageProps extends ConsolePageProps<'saved', RoleFailure> {
  /** Null for one that is to be made. */
  role: RoleRow | null
  /** What was typed, when the form comes back; otherwise what is stored. */
  form: ConsolePageProps['form']
  values: { name: string; description: string; permissions: readonly string[]; usesSeat: boolean }
  /** Those that the person holds and may therefore give. */
  grantable: readonly string[]
  /** For a new role only. */
  templates: readonly TemplateGroup[]
  /** The first of those who have the role. */
  holders: readonly { name: string; href: string }[]
}

/** One role: what it is called, what it may do, who has it. */
export function RolePage({ role, values, grantable, templates, holders, notice, error, ...page }: RolePageProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={role?.name ?? t('console.roles.new')}
      done={notice === undefined ? undefined : t('board.saved')}
      failure={error === undefined ? undefined : { text: failureWords(t, error), fieldId: error === 'invalid_name' || error === 'name_taken' ? roleFields.name.id : undefined }}
    >
      {templates.length === 0 ? null : <Templates groups={templates} t={t} />}
      <Panel>
        <Form form={page.form}>
          <Field field={roleFields.name} label={t('console.roles.name')} hint={t('console.roles.name_hint')} value={values.name} error={nameError(t, error)} />
          <TextArea field={roleFields.description} label={t('console.roles.description')} value={values.description} rows={2} />
          <Checkbox field={roleFields.usesSeat} label={t('console.roles.uses_seat')} hint={t('console.roles.uses_seat_hint')} checked={values.usesSeat} />
          <fieldset class="boxes">
            <legend>{t('console.roles.permissions')}</legend>
            {permissionNames.map((name) => (
              <PermissionBox key={name} name={name} values={values} grantable={grantable} t={t} />
            ))}
          </fieldset>
          <div class="panel-acts">
            <Action button={roleFields.save} look="main">
              {t('board.save')}
            </Action>
          </div>
        </Form>
      </Panel>
      {role === null ? null : <Holders role={role} holders={holders} t={t} />}
      {role === null ? null : <Removal role={role} form={page.form} t={t} />}
    </ConsoleFrame>
  )
}

function Templates({ groups, t }: { groups: readonly TemplateGroup[]; t: Translate }): JSX.Element {
  return (
    <Panel title={t('console.roles.templates')} lead={t('console.roles.templates_lead')}>
      <dl class="facts">
        {groups.map(({ kind, templates }) => (
          <Fragment key={kind}>
            <dt>{t(`admin.tenants.kind.${kind}`)}</dt>
            <dd>
              <ul class="names">
                {templates.map(({ name, href }) => (
                  <li key={name}>
                    <a id={`template_${name}`} href={hrefTo(href)}>
                      <bdi>{name}</bdi>
                    </a>
                  </li>
                ))}
              </ul>
            </dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  )
}

function failureWords(t: Translate, error: RoleFailure): string {
  switch (error) {
    case 'role_above_own':
    case 'last_admin':
    case 'seat_limit_reached':
    case 'precondition_failed':
      return t(`console.error.${error}`)
    case 'role_in_use':
      return t('console.roles.error.role_held')
    default:
      return t(`console.roles.error.${error}`)
  }
}

function nameError(t: Translate, error: RoleFailure | undefined): string | undefined {
  return error === 'invalid_name' || error === 'name_taken' ? t(`console.roles.error.${error}`) : undefined
}

interface BoxProps {
  name: PermissionName
  values: RolePageProps['values']
  grantable: readonly string[]
  t: Translate
}

/** What the person may not give is shown only where the role has it. */
function PermissionBox({ name, values, grantable, t }: BoxProps): JSX.Element | null {
  const isHeld = values.permissions.includes(name)
  if (!isHeld && !grantable.includes(name)) return null
  return <Checkbox field={roleFields.permission(name)} label={permissionWords(t, name)} checked={isHeld} />
}

function Holders({ role, holders, t }: { role: RoleRow; holders: RolePageProps['holders']; t: Translate }): JSX.Element {
  return (
    <Panel title={t('console.roles.holders_of')}>
      {holders.length === 0 ? (
        <p class="quiet-text">{t('board.none')}</p>
      ) : (
        <ul class="names">
          {holders.map(({ name, href }) => (
            <li key={href}>
              <a href={hrefTo(href)}>
                <bdi>{name}</bdi>
              </a>
            </li>
          ))}
          {role.members > holders.length ? <li>{t('console.roles.holders_more', { count: role.members - holders.length })}</li> : null}
        </ul>
      )}
    </Panel>
  )
}

function Removal({ role, form, t }: { role: RoleRow; form: RolePageProps['form']; t: Translate }): JSX.Element {
  return (
    <Panel title={t('console.roles.delete_title')} lead={t(role.members > 0 ? 'console.roles.delete_held' : 'console.roles.delete_text')}>
      {role.members > 0 ? null : (
        <Form form={form}>
          <div class="panel-acts">
            <Action button={roleFields.remove} look="danger" leaves>
              {t('board.delete')}
            </Action>
          </div>
        </Form>
      )}
    </Panel>
  )
}
