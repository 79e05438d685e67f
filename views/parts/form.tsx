/**
 * Forms, fields and buttons, all drawn from the form contract so that names and ids cannot drift from the docs.
 * Plain HTML that posts without JavaScript. The first submit button of a form is the one Enter presses.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { ButtonContract, FieldContract } from '../form-contract.ts'
import { formContract } from '../form-contract.ts'
import type { FormProps } from '../props.ts'

/** A form of ours: posts to our own path and carries the CSRF token. */
export function Form(props: { form: FormProps; children: ComponentChildren }): JSX.Element {
  return (
    <form class="stack" method="post" action={props.form.action}>
      <Hidden field={formContract.sign_in.elements.csrfToken} value={props.form.csrfToken} />
      {props.children}
    </form>
  )
}

/** A hidden input of the contract. */
export function Hidden(props: { field: FieldContract; value: string }): JSX.Element {
  return <input type="hidden" name={props.field.name} id={props.field.id} value={props.value} />
}

interface FieldProps {
  field: FieldContract
  label: string
  value?: string | undefined
  error?: string | undefined
  readOnly?: boolean
  autofocus?: boolean
}

/** A labelled input; its error stands under it and is bound to it. */
export function Field({ field, label, value, error, readOnly, autofocus }: FieldProps): JSX.Element {
  const errorId = `${field.id}_error`
  const attributes = {
    name: field.name,
    id: field.id,
    value,
    autocomplete: field.autocomplete,
    inputMode: field.inputmode,
    required: field.required,
    readOnly,
    autofocus,
    autocapitalize: 'none',
    spellcheck: false,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': error === undefined ? undefined : errorId,
  } as const
  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {field.type === 'password' ? <input type="password" {...attributes} /> : <input type="text" {...attributes} />}
      {error === undefined ? null : (
        <p class="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  )
}

type Look = 'main' | 'quiet' | 'text'

interface ActionProps {
  button: ButtonContract
  look: Look
  /** Leaves the form without asking the browser whether its fields are filled. */
  leaves?: boolean
  children: ComponentChildren
}

const lookClass = { main: 'button', quiet: 'button quiet', text: 'button text' } as const satisfies Record<Look, string>

/** A submit button of the contract. */
export function Action({ button, look, leaves, children }: ActionProps): JSX.Element {
  return (
    <button class={lookClass[look]} type="submit" name={button.name} id={button.id} value={button.value} formNoValidate={leaves}>
      {children}
    </button>
  )
}
