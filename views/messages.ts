/**
 * Owns the look-up of words: `t(locale)` gives a function whose keys and placeholders the compiler checks
 * against the Japanese catalogue. Compiled messages are kept for the life of the process: the catalogue is finite.
 * A placeholder inside a plural branch is not seen by the types; a branch says `#` and nothing else.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from './locale.ts'
import { en } from './messages/en.ts'
import { ja } from './messages/ja.ts'

type Catalogue = typeof ja
export type MessageKey = keyof Catalogue

type NameOf<Inside extends string> = Inside extends `${infer Name},${string}` ? Name : Inside extends `#${string}` ? never : Inside
type Placeholder<Text extends string> = Text extends `${string}{${infer Inside}}${infer Rest}`
  ? NameOf<Inside> | Placeholder<Rest>
  : never
type Arguments<Key extends MessageKey> = [Placeholder<Catalogue[Key]>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholder<Catalogue[Key]>, string | number>>]

/** Says one message; values are inserted as text and escaped later by the renderer. */
export type Translate = <Key extends MessageKey>(key: Key, ...values: Arguments<Key>) => string

const catalogues: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = { ja, en }
const compiled = new Map<string, IntlMessageFormat>()

function compile(locale: Locale, key: MessageKey): IntlMessageFormat {
  const id = `${locale}:${key}`
  const known = compiled.get(id)
  if (known !== undefined) return known
  // Tags in messages stay plain text: markup belongs to the views.
  const made = new IntlMessageFormat(catalogues[locale][key], locale, undefined, { ignoreTag: true })
  compiled.set(id, made)
  return made
}

/** Gives the speaker of one language. */
export function t(locale: Locale): Translate {
  return (key, ...values) => String(compile(locale, key).format(values[0]))
}
