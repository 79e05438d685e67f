/** The fields by which invited people are given their place: role, units, the app to end in, the language they are written to in. */
import type { JSX } from 'preact'
import { placeFields } from '../contract/console-invitations.ts'
import type { PlaceOptions, PlaceValues } from '../invitation-props.ts'
import type { Translate } from '../messages.ts'
import { Checkbox, Select } from './form.tsx'

interface Props {
  options: PlaceOptions
  values: PlaceValues
  t: Translate
}

/** Role and units. */
export function PlaceFields({ options, values, roleNone, t }: Props & { roleNone?: string | undefined }): JSX.Element {
  const roles = roleNone === undefined ? options.roles : [{ value: '', name: roleNone }, ...options.roles]
  return (
    <>
      <Select field={placeFields.role} label={t('invite.role')} options={roles} value={values.role} />
      {options.units.length === 0 ? null : (
        <>
          <Select field={placeFields.unit} label={t('invite.unit')} options={[{ value: '', name: t('invite.unit_none') }, ...options.units]} value={values.unit} />
          <details class="more" open={values.furtherUnits.length > 0}>
            <summary>{t('invite.further_units')}</summary>
            <fieldset class="boxes">
              <legend class="unseen">{t('invite.further_units')}</legend>
              {options.units.map(({ value, name }) => (
                <Checkbox key={value} field={placeFields.furtherUnit(value)} label={name} checked={values.furtherUnits.includes(value)} />
              ))}
            </fieldset>
          </details>
        </>
      )}
    </>
  )
}

/** The app that people end in after they have joined, where there is one. */
export function AppField({ options: { apps }, values, t }: Props): JSX.Element | null {
  if (apps.length === 0) return null
  return <Select field={placeFields.app} label={t('invite.app')} options={[{ value: '', name: t('invite.app_none') }, ...apps]} value={values.app} />
}

export function LanguageField({ values, t }: Pick<Props, 'values' | 't'>): JSX.Element {
  const options = [{ value: 'ja', name: t('invite.language_ja') }, { value: 'en', name: t('invite.language_en') }]
  return <Select field={placeFields.locale} label={t('invite.language')} options={options} value={values.locale} />
}

/** Whether people who were removed are taken back. */
export function ReinviteField({ values, t }: Pick<Props, 'values' | 't'>): JSX.Element {
  return <Checkbox field={placeFields.reinvite} label={t('invite.reinvite')} hint={t('invite.reinvite_hint')} checked={values.reinvite} />
}
