/**
 * Owns how ids are made and recognised. An id is a plain string outside and a branded type inside,
 * so the compiler refuses an account where a tenant is meant. Ids are names, never secrets:
 * whoever needs something unguessable takes randomToken from crypto.ts.
 */
import { randomUUID } from 'node:crypto'

declare const brand: unique symbol
type Id<Kind extends string> = string & { readonly [brand]: Kind }

export type AccountId = Id<'account'>
export type TenantId = Id<'tenant'>
export type MembershipId = Id<'membership'>
export type RoleId = Id<'role'>
export type UnitId = Id<'unit'>

/** Thrown by the parse functions; says which kind was meant and never repeats the value. */
export class InvalidId extends Error {
  override readonly name = 'InvalidId'
  readonly kind: string

  constructor(kind: string) {
    super(`This is not the id of a ${kind}.`)
    this.kind = kind
  }
}

export const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
// An account keeps the `sub` it was imported with: up to 255 ASCII characters (OpenID Connect Core §2).
const subjectShape = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

function kindOfId<Kind extends string>(kind: Kind, shape: RegExp) {
  const is = (value: string): value is Id<Kind> => shape.test(value)
  const parse = (value: string): Id<Kind> => {
    if (is(value)) return value
    throw new InvalidId(kind)
  }
  return { is, parse }
}

export const { is: isAccountId, parse: parseAccountId } = kindOfId('account', subjectShape)
export const { is: isTenantId, parse: parseTenantId } = kindOfId('tenant', uuidShape)
export const { is: isMembershipId, parse: parseMembershipId } = kindOfId('membership', uuidShape)
export const { is: isRoleId, parse: parseRoleId } = kindOfId('role', uuidShape)
export const { is: isUnitId, parse: parseUnitId } = kindOfId('unit', uuidShape)

const counterLimit = 0x1000
let lastMillisecond = 0
let counter = 0

/**
 * A new UUIDv7 in lower case; each one sorts after all that this process made before.
 * Node's own randomUUIDv7 is random within a millisecond, so the 12 bits of rand_a count here (RFC 9562 §6.2, method 1).
 */
export function newId(): string {
  const millisecond = Date.now()
  if (millisecond > lastMillisecond) {
    lastMillisecond = millisecond
    counter = 0
  } else if (++counter === counterLimit) {
    // A full counter, or a clock that went back, borrows the next millisecond rather than repeat or wait.
    lastMillisecond++
    counter = 0
  }
  const time = lastMillisecond.toString(16).padStart(12, '0')
  const count = counter.toString(16).padStart(3, '0')
  // Variant and node bits of a random version 4 UUID stand at the same places with the same meaning.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${randomUUID().slice(19)}`
}
