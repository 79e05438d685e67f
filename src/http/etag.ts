/**
 * Owns entity tags (RFC 9110 §8.8.3): what stands for a state of a thing, so that it need not be sent again and is not changed by
 * whoever saw an older one. Invariant: a change that was asked for with If-Match is judged inside the command's own transaction,
 * once the thing is held, so of two with the same tag one is refused.
 */
import { createHash } from 'node:crypto'
import type { TenantTrx } from '../base/db.ts'

/** Asked by a command of what it holds: whether that is still as its changer saw it. */
export type Expectation<Trx = TenantTrx> = (trx: Trx) => Promise<boolean>

/** The strong tag of a body: two bodies that say the same have the same one, in whatever order their members stand. */
export function etagOf(body: unknown): string {
  return `"${createHash('sha256').update(canonicalJson(body)).digest('base64url').slice(0, 22)}"`
}

/** The one spelling of a value, whatever the order of its members. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, inOrder)
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const tag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`
/** `*` or a list of tags, as If-Match and If-None-Match have it. */
export const tagsPattern = new RegExp(`^(?:\\*|${tag}(?:[ \\t]*,[ \\t]*${tag})*)$`)

/** Whether If-Match lets a change of this body through; a weak tag never does (RFC 9110 §13.1.1). */
export function isMatched(ifMatch: string, body: unknown): boolean {
  return ifMatch === '*' || tagsIn(ifMatch).includes(etagOf(body))
}

/** Whether whoever asks has this body already (RFC 9110 §13.1.2). */
export function isKnown(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || tagsIn(ifNoneMatch).some((known) => known.replace(/^W\//, '') === etag)
}

function tagsIn(header: string): readonly string[] {
  return header.match(new RegExp(tag, 'g')) ?? []
}

/** What a door hands its command for If-Match: `read` gives the thing as the door would answer it. Nothing is expected without the header. */
export function expecting<Trx = TenantTrx>(ifMatch: string | null, read: (trx: Trx) => Promise<unknown>): Expectation<Trx> | undefined {
  return ifMatch === null ? undefined : async (trx) => isMatched(ifMatch, await read(trx))
}

/** For a command that holds the thing: true where it is no longer what its changer saw. */
export async function isUnexpected<Trx>(trx: Trx, expect: Expectation<Trx> | undefined): Promise<boolean> {
  return expect !== undefined && !(await expect(trx))
}
