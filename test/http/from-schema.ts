/**
 * Makes requests from the API's own description, as a client does that knows nothing else, and holds answers against it.
 * Of JSON Schema it knows what our description says; anything else makes it throw, so that nothing goes unchecked.
 */
import fc from 'fast-check'
import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

const descriptionShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({
    operationId: z.string(),
    parameters: z.array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']), required: z.boolean().optional(), schema: z.looseObject({}) })).default([]),
    requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })) }).optional(),
    responses: z.record(z.string(), z.looseObject({})),
    security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  }))),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})), responses: z.record(z.string(), z.looseObject({})).default({}) }),
})
export type Description = z.output<typeof descriptionShape>
export type Operation = Description['paths'][string][string] & { readonly method: string; readonly path: string }

export function readDescription(text: string): Description {
  return descriptionShape.parse(JSON.parse(text))
}

export function operationsOf({ paths }: Description): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })))
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonOf(value: unknown): Json {
  if (!isJson(value)) throw new Error(`no object: ${JSON.stringify(value)}`)
  return value
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Values that fit the schema, small ones and strange ones alike. */
export function valuesOf(description: Description, given: unknown): fc.Arbitrary<unknown> {
  const schema = jsonOf(given)
  const { $ref: ref, enum: allowed, const: fixed, anyOf, oneOf, type } = schema
  if (typeof ref === 'string') return valuesOf(description, description.components.schemas[ref.replace('#/components/schemas/', '')])
  if (Array.isArray(allowed)) return fc.constantFrom(...listOf(allowed))
  if (fixed !== undefined) return fc.constant(fixed)
  const either = listOf(anyOf ?? oneOf)
  if (either.length > 0 && (type === undefined || either.some((one) => isJson(one) && one['properties'] !== undefined))) return fc.oneof(...either.map((one) => valuesOf(description, one)))
  if (Array.isArray(type)) return fc.oneof(...listOf(type).map((one) => valuesOf(description, { ...schema, type: one })))
  const make = typeof type === 'string' ? makers[type] : undefined
  if (make !== undefined) return make(description, schema)
  if (Object.keys(schema).length === 0) return fc.jsonValue()
  throw new Error(`The client knows no values for ${JSON.stringify(schema)}.`)
}

const makers: Readonly<Record<string, (description: Description, schema: Json) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: (_, { minimum, maximum }) => fc.integer({ min: numberOf(minimum, -(2 ** 31)), max: Math.min(numberOf(maximum, 2 ** 31 - 1), 2 ** 53 - 1) }),
  number: (_, { minimum, maximum }) => fc.double({ min: numberOf(minimum, -1e9), max: numberOf(maximum, 1e9), noNaN: true }),
  string: (_, schema) => texts(schema),
  array: (description, { items = {}, minItems, maxItems }) => fc.array(valuesOf(description, items), { minLength: numberOf(minItems, 0), maxLength: Math.min(numberOf(maxItems, 4), Math.max(4, numberOf(minItems, 0))) }),
  object: (description, schema) => objects(description, schema),
}

function objects(description: Description, { properties, required, propertyNames, additionalProperties, oneOf }: Json): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(Object.entries(jsonOf(properties ?? {})).map(([name, schema]) => [name, valuesOf(description, schema)]))
  const needed = listOf(required).filter((name) => typeof name === 'string')
  const choices = listOf(oneOf).map((one) => listOf(jsonOf(one)['required']).filter((name) => typeof name === 'string'))
  const withChoice = (chosen: readonly string[]) => {
    const dropped = new Set(choices.flat().filter((name) => !chosen.includes(name)))
    return fc.record(Object.fromEntries(Object.entries(members).filter(([name]) => !dropped.has(name))), { requiredKeys: [...needed, ...chosen] })
  }
  const known = choices.length === 0 ? withChoice([]) : fc.oneof(...choices.map(withChoice))
  if (propertyNames === undefined || !isJson(additionalProperties)) return known
  const names = valuesOf(description, { type: 'string', ...jsonOf(propertyNames) }).map(String)
  return fc.dictionary(names, valuesOf(description, additionalProperties), { maxKeys: 3 })
}

const formats: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  uuid: () => fc.uuid(),
  'date-time': () => fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2199-12-31T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString()),
  date: () => fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2199-12-31T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  base64: () => fc.base64String({ maxLength: 400 }),
  email: () => fc.emailAddress(),
  uri: () => fc.webUrl(),
}

function texts({ format, pattern, minLength, maxLength }: Json): fc.Arbitrary<string> {
  const known = typeof format === 'string' ? formats[format] : undefined
  if (known !== undefined) return known()
  if (format !== undefined) throw new Error(`The client knows no values of format ${JSON.stringify(format)}.`)
  const [min, max] = [numberOf(minLength, 0), Math.min(numberOf(maxLength, 1000), 1000)]
  if (typeof pattern === 'string' && pattern !== withoutNul) return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length >= min && text.length <= max)
  const written = fc.constantFrom('栄養課', 'ﾅｰｽ', 'S-0142', 'a@example.com', ' ', "x' or '1", '<b>', '😀', '\u202e', '0')
  return fc.oneof(written, fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'grapheme', minLength: Math.max(0, max - 2), maxLength: max }))
    .filter((text) => text.length >= min && text.length <= max && !text.includes('\0'))
}

/** What the description says of text that may hold anything but what no database can keep. */
const withoutNul = '^[^\\u0000]*$'

type Schema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>

function isSchema(value: unknown): value is Schema {
  return isJson(value)
}

/** A check of bodies against a schema of the description: says what does not fit, or null. */
export function checkOf({ components }: Description, schema: unknown): (body: unknown) => string | null {
  const whole: unknown = JSON.parse(JSON.stringify({ ...jsonOf(schema), $defs: components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'))
  if (!isSchema(whole)) throw new Error('no schema')
  const made = z.fromJSONSchema(whole)
  return (body) => {
    const parsed = made.safeParse(body)
    return parsed.success ? null : z.prettifyError(parsed.error)
  }
}

/** The answer that the description promises for a status. */
export function promisedAnswer(description: Description, operation: Operation, status: number): Json | undefined {
  const answer = operation.responses[String(status)]
  const ref = answer?.['$ref']
  return typeof ref === 'string' ? description.components.responses[ref.replace('#/components/responses/', '')] : answer
}
