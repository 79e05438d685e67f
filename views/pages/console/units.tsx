/** The units of a tenant: the tree, a new one, and one unit with its heads and what can be done with it. */
import type { JSX } from 'preact'
import { unitFields } from '../../contract/console-units.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { Panel, Pairs } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Field, Form, Select } from '../../parts/form.tsx'
import { hrefTo } from '../../safe-url.ts'

const unitKindNames = ['facility', 'department', 'team'] as const
type UnitKindName = (typeof unitKindNames)[number]

export interface UnitEntry {
  id: string
  parentId: string | null
  kind: UnitKindName
  code: string
  name: string
  /** In the unit itself. */
  members: number
  /** With everything below it. */
  membersWithin: number
  heads: readonly { id: string; name: string }[]
}

export interface UnitsProps extends ConsolePageProps<'created' | 'deleted'> {
  /** All of them, parents before their children. */
  units: readonly UnitEntry[]
}

/** The whole tree. */
export function UnitsPage({ units, notice, ...page }: UnitsProps): JSX.Element {
  const t = speak(page.frame.locale)
  const { subdomain } = page.nav.tenant
  return (
    <ConsoleFrame
      page={page}
      intro={t('units.intro')}
      acts={
        <a class="button" id="new_unit" href={consolePath(subdomain, 'units', '/new')}>
          {t('units.new')}
        </a>
      }
      done={notice === undefined ? undefined : t(`units.${notice}`)}
    >
      <Panel>{units.length === 0 ? <p class="quiet-text">{t('units.empty')}</p> : <Branch units={units} parentId={null} subdomain={subdomain} t={t} />}</Panel>
    </ConsoleFrame>
  )
}

interface BranchProps {
  units: readonly UnitEntry[]
  parentId: string | null
  subdomain: string
  t: Translate
}

function Branch({ units, parentId, subdomain, t }: BranchProps): JSX.Element | null {
  const here = units.filter((unit) => unit.parentId === parentId)
  if (here.length === 0) return null
  return (
    <ul class="tree">
      {here.map(({ id, kind, code, name, members, membersWithin, heads }) => (
        <li key={id}>
          <a id={`unit_${id}`} href={hrefTo(consolePath(subdomain, 'units', `/${id}`))}>
            <bdi>{name}</bdi>
          </a>
          <div class="tree-facts">
            <span>{t(`units.kind.${kind}`)}</span>
            <code>{code}</code>
            <span>{t('units.figures', { direct: members, within: membersWithin })}</span>
            {heads.length === 0 ? null : <span>{t('units.heads_are', { names: heads.map((head) => head.name).join(t('account.comma')) })}</span>}
          </div>
          <Branch units={units} parentId={id} subdomain={subdomain} t={t} />
        </li>
      ))}
    </ul>
  )
}

export type UnitFailure =
  | 'invalid_code' | 'invalid_name' | 'code_taken' | 'unknown_parent' | 'unit_below_itself' | 'unknown_unit' | 'same_unit' | 'has_units' | 'unit_in_use'
  | 'unknown_member' | 'not_in_unit' | 'precondition_failed'

export interface UnitValues {
  name: string
  code: string
  kind: UnitKindName
  /** Empty for the top. */
  parentId: string
}

export interface UnitChoice {
  id: string
  name: string
}

export interface NewUnitProps extends ConsolePageProps<never, UnitFailure> {
  values: UnitValues
  parents: readonly UnitChoice[]
}

/** A unit that is to be made. */
export function NewUnitPage({ values, parents, error, ...page }: NewUnitProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t('units.new')} failure={failureOf(t, error)}>
      <Panel>
        <Form form={page.form}>
          <Facts values={values} error={error} t={t} />
          <ParentSelect choices={parents} value={values.parentId} error={error} t={t} />
          <Save t={t} />
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

export interface UnitPageProps extends ConsolePageProps<'saved' | 'moved' | 'merged' | 'heads_saved', UnitFailure> {
  unit: UnitEntry
  /** Its name behind those of the units above it. */
  path: string
  /** What was typed, when the form comes back; otherwise what is stored. */
  values: UnitValues
  typedMember?: string | undefined
  /** The units that it may be moved under or merged into. */
  targets: readonly UnitChoice[]
  /** Right below it. */
  unitsBelow: number
  /** The list of its members; null for whoever may not see it. */
  membersUrl: string | null
}

/** One unit. */
export function UnitPage(props: UnitPageProps): JSX.Element {
  const { unit, path, values, membersUrl, notice, error, form, ...page } = props
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={{ ...page, form }}
      title={unit.name}
      done={notice === undefined ? undefined : t(notice === 'saved' ? 'board.saved' : `units.${notice}`)}
      failure={failureOf(t, error)}
    >
      <Panel title={t('units.about')}>
        <Pairs pairs={[[t('units.place'), <bdi>{path}</bdi>], [t('console.nav.members'), t('units.figures', { direct: unit.members, within: unit.membersWithin })]]} />
        {membersUrl === null ? null : (
          <p>
            <a id="unit_members" href={hrefTo(membersUrl)}>
              {t('units.members')}
            </a>
          </p>
        )}
        <Form form={form}>
          <Facts values={values} error={error} t={t} />
          <Save t={t} />
        </Form>
      </Panel>
      <Heads {...props} t={t} />
      <Moving {...props} t={t} />
      <Merging {...props} t={t} />
      <Removal {...props} t={t} />
    </ConsoleFrame>
  )
}

const fieldIds: Readonly<Partial<Record<UnitFailure, string>>> = {
  invalid_name: unitFields.name.id, invalid_code: unitFields.code.id, code_taken: unitFields.code.id, unknown_parent: unitFields.parent.id,
  unknown_unit: unitFields.into.id, same_unit: unitFields.into.id, unknown_member: unitFields.member.id, not_in_unit: unitFields.member.id,
}

function failureWords(t: Translate, error: UnitFailure): string {
  return t(error === 'precondition_failed' ? `console.error.${error}` : `units.error.${error}`)
}

function failureOf(t: Translate, error: UnitFailure | undefined): { text: string; fieldId: string | undefined } | undefined {
  return error === undefined ? undefined : { text: failureWords(t, error), fieldId: fieldIds[error] }
}

/** The words that stand at a field, where the error is about it. */
function errorAt(field: { readonly id: string }, error: UnitFailure | undefined, t: Translate): string | undefined {
  return error !== undefined && fieldIds[error] === field.id ? failureWords(t, error) : undefined
}

interface FactsProps {
  values: UnitValues
  error: UnitFailure | undefined
  t: Translate
}

function Facts({ values, error, t }: FactsProps): JSX.Element {
  return (
    <>
      <Field field={unitFields.name} label={t('units.name')} hint={t('units.name_hint')} value={values.name} error={errorAt(unitFields.name, error, t)} />
      <Field field={unitFields.code} label={t('units.code')} hint={t('units.code_hint')} value={values.code} error={errorAt(unitFields.code, error, t)} />
      <Select field={unitFields.kind} label={t('units.kind')} value={values.kind} options={unitKindNames.map((kind) => ({ value: kind, name: t(`units.kind.${kind}`) }))} />
    </>
  )
}

function Save({ t }: { t: Translate }): JSX.Element {
  return (
    <div class="panel-acts">
      <Action button={unitFields.save} look="main">
        {t('board.save')}
      </Action>
    </div>
  )
}

interface ParentProps {
  choices: readonly UnitChoice[]
  value: string
  error: UnitFailure | undefined
  t: Translate
}

function ParentSelect({ choices, value, error, t }: ParentProps): JSX.Element {
  const options = [{ value: '', name: t('units.top') }, ...optionsOf(choices)]
  return <Select field={unitFields.parent} label={t('units.parent')} options={options} value={value} error={errorAt(unitFields.parent, error, t)} />
}

function optionsOf(choices: readonly UnitChoice[]): { value: string; name: string }[] {
  return choices.map(({ id, name }) => ({ value: id, name }))
}

type PartProps = UnitPageProps & { t: Translate }

function Heads({ unit, typedMember, form, error, t }: PartProps): JSX.Element {
  return (
    <Panel title={t('units.heads')} lead={t('units.heads_lead')}>
      {unit.heads.length === 0 ? <p class="quiet-text">{t('board.none')}</p> : (
        <Form form={form}>
          <ul class="names">
            {unit.heads.map(({ id, name }) => (
              <li key={id}>
                <bdi>{name}</bdi> <RowButton button={unitFields.removeHead} of={id} label={t('units.head_remove')} about={name} t={t} />
              </li>
            ))}
          </ul>
        </Form>
      )}
      <Form form={form}>
        <Field field={unitFields.member} label={t('units.head_member')} hint={t('units.head_hint')} value={typedMember} error={errorAt(unitFields.member, error, t)} />
        <div class="panel-acts">
          <Action button={unitFields.addHead} look="quiet">
            {t('units.head_add')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Moving({ unit, targets, form, error, t }: PartProps): JSX.Element {
  return (
    <Panel title={t('units.move_title')} lead={t('units.move_text', { within: unit.membersWithin })}>
      <Form form={form}>
        <ParentSelect choices={targets} value={unit.parentId ?? ''} error={error} t={t} />
        <div class="panel-acts">
          <Action button={unitFields.move} look="quiet">
            {t('units.move')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Merging({ unit, targets, unitsBelow, form, error, t }: PartProps): JSX.Element {
  if (targets.length === 0) return <Panel title={t('units.merge_title')} lead={t('units.merge_none')}>{null}</Panel>
  return (
    <Panel title={t('units.merge_title')} lead={t('units.merge_text', { direct: unit.members, below: unitsBelow })}>
      <Form form={form}>
        <Select field={unitFields.into} label={t('units.merge_into')} options={optionsOf(targets)} error={errorAt(unitFields.into, error, t)} />
        <div class="panel-acts">
          <Action button={unitFields.merge} look="danger">
            {t('units.merge')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Removal({ unit, unitsBelow, form, t }: PartProps): JSX.Element {
  const isHeld = unit.members > 0 || unitsBelow > 0
  return (
    <Panel title={t('units.delete_title')} lead={t(isHeld ? 'units.delete_held' : 'units.delete_text')}>
      {isHeld ? null : (
        <Form form={form}>
          <div class="panel-acts">
            <Action button={unitFields.remove} look="danger" leaves>
              {t('board.delete')}
            </Action>
          </div>
        </Form>
      )}
    </Panel>
  )
}
