/** What a member is in the tenant, to be changed: role, units with a primary one, staff number, title, and the days between which it counts. */
import type { JSX } from 'preact'
import { memberFields } from '../../contract/console-members.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import type { Option } from '../../member-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Checkbox, Field, Form, Select } from '../../parts/form.tsx'
import { reasonWords } from '../../refusal-words.ts'
import { hrefTo } from '../../safe-url.ts'
import { memberParent } from './member.tsx'

const fieldFailures = ['invalid_employee_number', 'employee_number_taken', 'invalid_title', 'invalid_period', 'unknown_unit', 'unknown_role', 'invalid_date'] as const

type FieldFailure = (typeof fieldFailures)[number]

export interface MemberEditProps extends ConsolePageProps<never, string> {
  member: { readonly id: string; readonly name: string }
  values: {
    readonly role: string
    readonly primaryUnit: string
    readonly units: readonly string[]
    readonly employeeNumber: string
    readonly title: string
    /** YYYY-MM-DD, or empty. */
    readonly validFrom: string
    readonly validUntil: string
  }
  /** The present one, and those that the person may give. */
  roles: readonly Option[]
  units: readonly (Option & { readonly depth: number })[]
}

export function MemberEditPage(props: MemberEditProps): JSX.Element {
  const { member, values, roles, error, form } = props
  const t = speak(props.frame.locale)
  const parent = memberParent(props, member)
  const failure = fieldFailures.find((one) => one === error)
  const errorOf = (...reasons: readonly FieldFailure[]) => (failure !== undefined && reasons.includes(failure) ? t(`member.edit.error.${failure}`) : undefined)
  return (
    <ConsoleFrame page={props} title={t('member.edit.title', { name: member.name })} parent={parent} failure={error === undefined ? undefined : failureOf(t, error, failure)}>
      <Panel>
        <Form form={form}>
          <Select field={memberFields.role} label={t('member.role')} hint={t('member.edit.role_hint')} options={roles} value={values.role} error={errorOf('unknown_role')} />
          <Units {...props} t={t} error={errorOf('unknown_unit')} />
          <Field field={memberFields.employeeNumber} label={t('member.edit.number')} hint={t('member.edit.number_hint')} value={values.employeeNumber} error={errorOf('invalid_employee_number', 'employee_number_taken')} />
          <Field field={memberFields.title} label={t('member.edit.title_field')} value={values.title} error={errorOf('invalid_title')} />
          <Field field={memberFields.validFrom} label={t('member.edit.valid_from')} hint={t('member.edit.dates_hint')} value={values.validFrom} />
          <Field field={memberFields.validUntil} label={t('member.edit.valid_until')} value={values.validUntil} error={errorOf('invalid_period', 'invalid_date')} />
          <div class="panel-acts">
            <Action button={memberFields.save} look="main">
              {t('board.save')}
            </Action>
            <a class="button quiet" id="cancel" href={hrefTo(parent.href)}>
              {t('board.cancel')}
            </a>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

const fieldOf: Readonly<Record<FieldFailure, string>> = {
  invalid_employee_number: memberFields.employeeNumber.id, employee_number_taken: memberFields.employeeNumber.id, invalid_title: memberFields.title.id,
  invalid_period: memberFields.validUntil.id, invalid_date: memberFields.validUntil.id, unknown_unit: memberFields.primaryUnit.id, unknown_role: memberFields.role.id,
}

function failureOf(t: Translate, error: string, failure: FieldFailure | undefined): { readonly text: string; readonly fieldId?: string } {
  if (failure !== undefined) return { text: t(`member.edit.error.${failure}`), fieldId: fieldOf[failure] }
  switch (error) {
    case 'own_membership':
    case 'higher_role':
    case 'last_admin':
    case 'role_above_own':
      return { text: t(`console.error.${error}`) }
    default:
      return { text: reasonWords(t, error) }
  }
}

function Units({ units, values, error, t }: MemberEditProps & { t: Translate; error: string | undefined }): JSX.Element | null {
  if (units.length === 0) return null
  const indented = units.map(({ value, name, depth }) => ({ value, name: `${'　'.repeat(depth)}${name}` }))
  return (
    <>
      <Select field={memberFields.primaryUnit} label={t('member.edit.primary')} options={[{ value: '', name: t('member.edit.primary_none') }, ...indented]} value={values.primaryUnit} error={error} />
      <details class="more-units" open={values.units.some((code) => code !== values.primaryUnit)}>
        <summary>{t('member.edit.units')}</summary>
        <fieldset class="boxes">
          <legend class="unseen">{t('member.edit.units')}</legend>
          {units.map(({ value, name, depth }) => (
            <div key={value} class={`depth-${Math.min(depth, 5)}`}>
              <Checkbox field={memberFields.unit(value)} label={name} checked={values.units.includes(value)} />
            </div>
          ))}
        </fieldset>
      </details>
    </>
  )
}
