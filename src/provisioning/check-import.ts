/**
 * Judges every line of a list before anybody is invited, by the very rules of inviting one by one, plus what only a list can have:
 * the same person twice. Invariants: nothing is invited or created; thousands of lines cost a few statements; what is told of a
 * person is what this tenant knows, never whether an address has an account elsewhere.
 */
import type { TenantTrx } from '../base/db.ts'
import { plainInvitee, standingRefusal, type PlainInvitee } from '../members/invitee.ts'
import { grantRefusal, type Mover } from '../members/membership.ts'
import { directoryOf, type Directory } from './directory.ts'
import { readLine, type Line, type Reading, type StoredRow } from './line.ts'
import { getSurroundings, isAppOnOffer, listStandings, type Standing } from './queries.ts'
import type { Finding } from './row-queries.ts'

export type NumberedRow = StoredRow & { readonly number: number }

export interface Checking {
  readonly rows: readonly NumberedRow[]
  readonly reading: Reading
  readonly mover: Mover
}

interface Readable {
  readonly number: number
  readonly line: Line
  readonly person: PlainInvitee
}

/** One finding a row, in their order. */
export async function checkRows(trx: TenantTrx, { rows, reading, mover }: Checking): Promise<readonly Finding[]> {
  const surroundings = await getSurroundings(trx.query, trx.tenantId)
  const directory = directoryOf(surroundings)
  const { client_id: clientId } = reading.defaults
  const forAll = surroundings.tenantStatus !== 'active' ? 'tenant_suspended' : clientId !== null && !(await isAppOnOffer(trx, clientId)) ? 'unknown_app' : null
  const read = rows.map((row) => readPerson(row, reading))
  const people = read.flatMap((one) => ('line' in one ? [one.person] : []))
  const known = knownPeople(await listStandings(trx, { emails: people.flatMap(({ email }) => email ?? []), numbers: people.flatMap(({ number }) => number ?? []) }))
  const seen = new Set<string>()
  return read.map((one) => {
    if (!('line' in one)) return { number: one.number, reason: one.reason, uses_seat: false }
    const reason = placeRefusal(one.line, directory, mover) ?? forAll ?? personRefusal(one, known) ?? repetition(one.person, seen)
    return { number: one.number, reason, uses_seat: directory.roleNamed(one.line.role)?.uses_seat ?? false }
  })
}

function readPerson(row: NumberedRow, reading: Reading): Readable | { readonly number: number; readonly reason: string } {
  const read = readLine(row, reading)
  if (!read.ok) return { number: row.number, reason: read.reason }
  const person = plainInvitee(read.line)
  return 'reason' in person ? { number: row.number, reason: person.reason } : { number: row.number, line: read.line, person }
}

function placeRefusal(line: Line, directory: Directory, mover: Mover): string | null {
  const role = directory.roleNamed(line.role)
  if (role === null) return 'unknown_role'
  const units = directory.unitsNamed(line.units)
  return grantRefusal(mover, role.permissions) ?? (units.ok ? null : units.reason)
}

interface Known {
  readonly byEmail: ReadonlyMap<string, Standing>
  readonly byNumber: ReadonlyMap<string, Standing>
}

function knownPeople(standings: readonly Standing[]): Known {
  return {
    byEmail: new Map(standings.flatMap((one) => (one.email === null ? [] : [[one.email, one]]))),
    byNumber: new Map(standings.flatMap((one) => (one.employee_number === null ? [] : [[one.employee_number, one]]))),
  }
}

function personRefusal({ line, person }: Readable, { byEmail, byNumber }: Known): string | null {
  const held = person.email === null ? undefined : byEmail.get(person.email)
  const standing = held === undefined ? null : standingRefusal(held.status, line.reinvite)
  if (standing !== null) return standing
  const holder = person.number === null ? undefined : byNumber.get(person.number)
  return holder === undefined || (holder.email !== null && holder.email === person.email) ? null : 'employee_number_taken'
}

/** The first line of a person counts; whoever is refused for another reason takes nobody's place. */
function repetition({ email, number }: PlainInvitee, seen: Set<string>): 'duplicate_in_list' | null {
  const keys = [email === null ? [] : `email ${email}`, number === null ? [] : `number ${number}`].flat()
  if (keys.some((key) => seen.has(key))) return 'duplicate_in_list'
  for (const key of keys) seen.add(key)
  return null
}
