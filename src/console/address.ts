/** Addresses of lists: what is narrowed and ordered stands in the query, and what is empty does not. Pure. */

export type Query = Readonly<Record<string, string | undefined>>

/** The path with these in its query, in their order. */
export function addressOf(path: string, query: Query): string {
  const said = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') said.set(name, value)
  const text = said.toString()
  return text === '' ? path : `${path}?${text}`
}

/** The value, if it is one of these. */
export function oneOf<const Value extends string>(values: readonly Value[], said: string | null | undefined): Value | undefined {
  return values.find((value) => value === said)
}
