/**
 * Names and ids of the consoles' forms, page by page. They are steady for tests and screen readers, but no public contract as
 * form-contract.ts is: whoever automates what a console does uses the API.
 */
import type { ButtonContract, FieldContract, SelectContract, TextAreaContract } from './shapes.ts'

/** A button that says what a form is to do. */
export function act<const Value extends string>(value: Value, meaning = ''): ButtonContract & { readonly id: Value; readonly value: Value } {
  return { element: 'button', name: 'action', id: value, value, meaning }
}

/** A field whose name is its id. */
export function field(id: string, type: FieldContract['type'] = 'text', more: Partial<FieldContract> = {}): FieldContract {
  return { element: 'input', name: id, id, type, autocomplete: 'off', meaning: '', ...more }
}

/** A box that sends `on`. */
export function box(id: string): FieldContract {
  return { element: 'input', name: id, id, type: 'checkbox', value: 'on', meaning: '' }
}

export function choice(id: string): SelectContract {
  return { element: 'select', name: id, id, meaning: '' }
}

export function area(id: string, required = false): TextAreaContract {
  return { element: 'textarea', name: id, id, required, meaning: '' }
}

export const endBreakGlass = act('end_break_glass')

export const roleFields = {
  name: field('name', 'text', { required: true }),
  description: area('description'),
  usesSeat: box('uses_seat'),
  /** One for each permission of the catalogue: a field stands once in a form. */
  permission: (permission: string) => box(`permission.${permission}`),
  save: act('save'),
  remove: act('delete'),
} as const
