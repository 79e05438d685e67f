/**
 * Forms, fields and buttons, all drawn from the form contract so that names and ids cannot drift from the docs.
 * Plain HTML that posts without JavaScript. The first submit button of a form is the one Enter presses.
 */
import type { ComponentChildren, JSX } from 'preact'
import type { ButtonContract, FieldContract, SelectContract, TextAreaContract } from '../form-contract.ts'
import { formContract } from '../form-contract.ts'
import type { FormProps, PasskeyProps } from '../props.ts'

interface FormPartProps {
  form: FormProps
  /** For passkey.js: whether the form uses a passkey or creates one, and with which options. */
  passkey?: { use: 'get' | 'create'; props: PasskeyProps } | undefined
  children: ComponentChildren
}

/** A form of ours: posts to our own path and carries the CSRF token. */
export function Form({ form, passkey, children }: FormPartProps): JSX.Element {
  return (
    <form class="stack" method="post" action={form.action} data-passkey={passkey?.use} data-passkey-options={passkey?.props.options}>
      <Hidden field={formContract.sign_in.elements.csrfToken} value={form.csrfToken} />
      {children}
    </form>
  )
}

/** A form of ours that carries a file; the page's door reads it as one (http/page.ts). */
export function UploadForm({ form, children }: Omit<FormPartProps, 'passkey'>): JSX.Element {
  return (
    <form class="stack" method="post" action={form.action} encType="multipart/form-data">
      <Hidden field={formContract.sign_in.elements.csrfToken} value={form.csrfToken} />
      {children}
    </form>
  )
}

/** A hidden input of the contract. */
export function Hidden(props: { field: FieldContract; value: string }): JSX.Element {
  return <input type="hidden" name={props.field.name} id={props.field.id} value={props.value} />
}

/** Quiet words that explain a field before anything goes wrong; `id` binds them to it, see hintIdOf. */
export function Hint(props: { id?: string | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <p class="hint" id={props.id}>
      {props.children}
    </p>
  )
}

/** The id of a field's hint, which the field names in aria-describedby. */
export function hintIdOf(field: { readonly id: string }): string {
  return `${field.id}_hint`
}

function errorIdOf(field: { readonly id: string }): string {
  return `${field.id}_error`
}

interface Remarks {
  hint?: ComponentChildren
  error?: string | undefined
}

// The hint is heard before the error, as it is read.
function describedBy(field: { readonly id: string }, { hint, error }: Remarks): string | undefined {
  const ids = [...(hint === undefined ? [] : [hintIdOf(field)]), ...(error === undefined ? [] : [errorIdOf(field)])]
  return ids.length === 0 ? undefined : ids.join(' ')
}

function FieldError(props: { field: { readonly id: string }; error: string | undefined }): JSX.Element | null {
  if (props.error === undefined) return null
  return (
    <p class="field-error" id={errorIdOf(props.field)}>
      {props.error}
    </p>
  )
}

interface FieldProps extends Remarks {
  field: FieldContract
  label: string
  value?: string | undefined
  readOnly?: boolean
  autofocus?: boolean
  /** Names begin with a capital on a phone's keyboard; everything else here must not. */
  isName?: boolean
  /** Words for reveal.js, which then gives a password field a button. */
  reveal?: Reveal | undefined
}

/** Texts of the button that shows a password: what it says, and what it is called while it shows and hides. */
export interface Reveal {
  show: string
  hide: string
  showName: string
  hideName: string
}

type Attributes = ReturnType<typeof attributesOf>

function attributesOf(props: FieldProps) {
  const { field, value, error, readOnly, autofocus, isName } = props
  return {
    name: field.name,
    id: field.id,
    value,
    class: isCode(field) ? 'code' : undefined,
    autocomplete: field.autocomplete,
    inputMode: field.inputmode,
    required: field.required,
    readOnly,
    autofocus,
    autocapitalize: isName === true ? 'words' : 'none',
    spellcheck: false,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': describedBy(field, props),
  } as const
}

/** A labelled input; its hint stands above it and its error under it, and both are bound to it. */
export function Field(props: FieldProps): JSX.Element {
  const { field, label, hint, error, reveal } = props
  const attributes = attributesOf(props)
  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {hint === undefined ? null : <Hint id={hintIdOf(field)}>{hint}</Hint>}
      {field.type === 'password' ? (
        <Revealable reveal={reveal}>
          <input type="password" {...attributes} />
        </Revealable>
      ) : (
        <Input field={field} attributes={attributes} />
      )}
      <FieldError field={field} error={error} />
    </div>
  )
}

// Preact's types tell the kinds of inputs apart, so each is written out.
function Input({ field, attributes }: { field: FieldContract; attributes: Attributes }): JSX.Element {
  switch (field.type) {
    case 'email':
      return <input type="email" {...attributes} />
    case 'url':
      return <input type="url" {...attributes} />
    case 'date':
      return <input type="date" {...attributes} />
    case 'number':
      return <input type="number" min={field.min} max={field.max} {...attributes} />
    case 'file':
      return <input type="file" accept={field.accept} {...attributes} />
    default:
      return <input type="text" {...attributes} />
  }
}

// Digits that are read off another screen and compared.
function isCode(field: FieldContract): boolean {
  return field.autocomplete === 'one-time-code'
}

function Revealable({ reveal, children }: { reveal: Reveal | undefined; children: JSX.Element }): JSX.Element {
  if (reveal === undefined) return children
  return (
    <div class="revealable" data-show={reveal.show} data-hide={reveal.hide} data-show-name={reveal.showName} data-hide-name={reveal.hideName}>
      {children}
    </div>
  )
}

interface CheckboxProps extends Remarks {
  field: FieldContract
  label: string
  checked?: boolean
}

/** One box with its words beside it; sends the contract's value where it is ticked and nothing where it is not. */
export function Checkbox({ field, label, checked, hint, error }: CheckboxProps): JSX.Element {
  return (
    <div class="check">
      <input
        type="checkbox"
        name={field.name}
        id={field.id}
        value={field.value}
        checked={checked}
        required={field.required}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(field, { hint, error })}
      />
      <label for={field.id}>{label}</label>
      {hint === undefined ? null : <Hint id={hintIdOf(field)}>{hint}</Hint>}
      <FieldError field={field} error={error} />
    </div>
  )
}

/** One of several answers, each with its words beside it; those that belong together share a name. */
export function Radio({ field, label, checked, hint }: CheckboxProps): JSX.Element {
  return (
    <div class="check">
      <input type="radio" name={field.name} id={field.id} value={field.value} checked={checked} aria-describedby={describedBy(field, { hint })} />
      <label for={field.id}>{label}</label>
      {hint === undefined ? null : <Hint id={hintIdOf(field)}>{hint}</Hint>}
    </div>
  )
}

interface SelectProps extends Remarks {
  field: SelectContract
  label: string
  options: readonly { readonly value: string; readonly name: string }[]
  /** The value chosen at first; the first option where there is no such value. */
  value?: string | undefined
  autofocus?: boolean
}

/** A choice of one out of a list. */
export function Select({ field, label, options, value, hint, error, autofocus }: SelectProps): JSX.Element {
  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {hint === undefined ? null : <Hint id={hintIdOf(field)}>{hint}</Hint>}
      <select
        name={field.name}
        id={field.id}
        autofocus={autofocus}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(field, { hint, error })}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.name}
          </option>
        ))}
      </select>
      <FieldError field={field} error={error} />
    </div>
  )
}

interface TextAreaProps extends Remarks {
  field: TextAreaContract
  label: string
  value?: string | undefined
  rows?: number
}

/** Several lines of text, labelled like a field. */
export function TextArea({ field, label, value, rows = 3, hint, error }: TextAreaProps): JSX.Element {
  return (
    <div class="field">
      <label for={field.id}>{label}</label>
      {hint === undefined ? null : <Hint id={hintIdOf(field)}>{hint}</Hint>}
      <textarea
        name={field.name}
        id={field.id}
        rows={rows}
        required={field.required}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(field, { hint, error })}
      >
        {value}
      </textarea>
      <FieldError field={field} error={error} />
    </div>
  )
}

type Look = 'main' | 'quiet' | 'text' | 'danger'

interface ActionProps {
  button: ButtonContract
  look: Look
  /** Leaves the form without asking the browser whether its fields are filled. */
  leaves?: boolean
  /** Waits for a script that shows it. */
  hidden?: boolean
  children: ComponentChildren
}

const lookClass = { main: 'button', quiet: 'button quiet', text: 'button text', danger: 'button danger' } as const satisfies Record<Look, string>

/** A submit button of the contract. */
export function Action({ button, look, leaves, hidden, children }: ActionProps): JSX.Element {
  return (
    <button class={lookClass[look]} type="submit" name={button.name} id={button.id} value={button.value} formNoValidate={leaves} hidden={hidden}>
      {children}
    </button>
  )
}

/** A button of a script: hidden until that script shows it, and never sent. `data` is what the script needs. */
export function ToolButton(props: { button: ButtonContract; data: Readonly<Record<`data-${string}`, string>>; children: ComponentChildren }): JSX.Element {
  const { button, data, children } = props
  return (
    <button class="button quiet small" type="button" name={button.name} id={button.id} value={button.value} hidden {...data}>
      {children}
    </button>
  )
}
