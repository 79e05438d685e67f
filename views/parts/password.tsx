/**
 * The field for a new password: the rule stands before the field, a password manager is told what the field is,
 * and what was typed may be looked at.
 */
import type { JSX } from 'preact'
import type { FieldContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import type { PasswordError } from '../props.ts'
import { Field, type Reveal } from './form.tsx'

/** Words for reveal.js. */
export function revealWords(t: Translate): Reveal {
  return { show: t('password.show'), hide: t('password.hide'), showName: t('password.show_name'), hideName: t('password.hide_name') }
}

/** Why a new password was not taken; `same_password` where the old one is known. */
export type NewPasswordRefusal = PasswordError | 'same_password'

const refusals: readonly string[] = [
  'missing_password', 'password_too_short', 'password_too_long', 'password_too_common', 'same_password',
] satisfies readonly NewPasswordRefusal[]

/** Tells errors about the password from all others of a page. */
export function isPasswordRefusal(error: string | undefined): error is NewPasswordRefusal {
  return error !== undefined && refusals.includes(error)
}

/** One sentence for the summary and for the field. */
export function passwordErrorText(t: Translate, error: NewPasswordRefusal, minimum: number): string {
  return error === 'password_too_short' ? t(`password.error.${error}`, { minimum }) : t(`password.error.${error}`)
}

interface NewPasswordFieldProps {
  field: FieldContract
  label: string
  /** Characters that the rule asks for. */
  minimum: number
  error: string | undefined
  autofocus?: boolean
  t: Translate
}

/** The field with its rule; any error that is not about the password is left to the summary. */
export function NewPasswordField({ field, label, minimum, error, autofocus = false, t }: NewPasswordFieldProps): JSX.Element {
  return (
    <Field
      field={field}
      label={label}
      hint={t('password.rule', { minimum })}
      error={isPasswordRefusal(error) ? passwordErrorText(t, error, minimum) : undefined}
      autofocus={autofocus}
      reveal={revealWords(t)}
    />
  )
}
