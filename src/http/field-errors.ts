/**
 * Owns how a part of a request is held against its schema, and how misfits are told: by JSON pointer (RFC 6901).
 */
import type { z } from 'zod'
import type { FieldError } from './problem.ts'

const mostErrors = 50

/** The part as its schema makes it, or what does not fit; without a schema the part counts as absent. */
export function readPart(part: FieldError['in'], schema: z.ZodType | undefined, given: unknown): { value: unknown; errors: readonly FieldError[] } {
  if (schema === undefined) return { value: undefined, errors: [] }
  const parsed = schema.safeParse(given)
  if (parsed.success) return { value: parsed.data, errors: [] }
  const errors = parsed.error.issues.slice(0, mostErrors).map(({ path, message }) => ({ in: part, pointer: pointerTo(path), detail: message }))
  return { value: undefined, errors }
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
