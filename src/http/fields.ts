/**
 * What parts of requests are made of at every door. Invariant: the description of the API says of each exactly what is taken, so a
 * client that is made from it is never told that its request does not fit.
 */
import { z } from 'zod'
import { uuidShape } from '../base/ids.ts'

/** The id of a thing as we write it: a UUID in lower case. */
export const idField = z.string().regex(uuidShape, 'must be an id').meta({ format: 'uuid' })

/** The id of an app, as registering one takes it. */
export const clientIdField = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'must be the id of an app')

/** How many of a list at once. */
export const limitField = z.coerce.number().pipe(z.int().min(1).max(100)).default(50).meta({ type: 'integer', minimum: 1, maximum: 100 })

/** The number of something that is counted from `from`. */
export function numberField(from: 0 | 1) {
  return z.coerce.number().pipe(z.int().min(from).max(1_000_000)).meta({ type: 'integer', minimum: from, maximum: 1_000_000 })
}

/** A moment that the database can hold and somebody can mean. */
export const momentField = z.iso.datetime({ offset: true }).refine((said) => /^(?:19|20|21)/.test(said), 'must be between 1900 and 2199')
  .meta({ format: 'date-time', pattern: String.raw`^(?:19|20|21)\d\d-` })

/** A name: something is left of it without the spaces around. */
export const nameField = z.string().trim().min(1).max(100).meta({ pattern: String.raw`\S` })

/** Text of which a command takes so many characters: longer ones hear the command's own reason, up to what is no text any more. */
export function textField(longest: number) {
  return z.string().max(1000).meta({ maxLength: longest })
}

/** Several of these names with commas between. */
export function namesField<Name extends string>(names: readonly [Name, ...Name[]]) {
  const one = names.join('|')
  return z.string().transform((said) => said.split(',')).pipe(z.array(z.enum(names))).meta({ pattern: `^(?:${one})(?:,(?:${one}))*$` })
}
