/** What an entry of the form contract looks like, and the field that every form of ours carries. */

export interface FieldContract {
  readonly element: 'input'
  readonly name: string
  readonly id: string
  readonly type: 'text' | 'email' | 'password' | 'hidden' | 'checkbox' | 'radio' | 'date' | 'number' | 'url' | 'file'
  readonly autocomplete?: string
  readonly inputmode?: 'email' | 'numeric'
  readonly required?: boolean
  /** Of a number. */
  readonly min?: number
  readonly max?: number
  /** Of a file: the types that the server takes. */
  readonly accept?: string
  /** Of a checkbox or a radio button. */
  readonly value?: string
  readonly meaning: string
}

/** A choice of one out of a list that the page shows. */
export interface SelectContract {
  readonly element: 'select'
  readonly name: string
  readonly id: string
  readonly meaning: string
}

/** Several lines of text. */
export interface TextAreaContract {
  readonly element: 'textarea'
  readonly name: string
  readonly id: string
  readonly required?: boolean
  readonly meaning: string
}

export interface ButtonContract {
  readonly element: 'button'
  readonly name: string
  readonly id: string
  readonly value: string
  readonly meaning: string
}

/** A link with a stable id, which a driver may follow. */
export interface LinkContract {
  readonly element: 'a'
  readonly id: string
  readonly meaning: string
}

export interface PageContract {
  /** One sentence for the documentation. */
  readonly meaning: string
  /** Where the form posts to; null where the page has links only. */
  readonly action: string | null
  readonly elements: Readonly<Record<string, FieldContract | SelectContract | ButtonContract | LinkContract>>
}

export const csrfToken = {
  element: 'input',
  name: 'csrf_token',
  id: 'csrf_token',
  type: 'hidden',
  meaning: 'Proves that the form came from our own page; send it back unchanged.',
} as const satisfies FieldContract
