/** How operators name a person: by address, by staff number with its tenant, by id. */
import { parseIdentifier } from '../accounts/identifier.ts'
import { findAccountByEmail, findAccountById, findSignInByStaffNumber } from '../accounts/queries.ts'
import type { Databases } from '../base/db.ts'

/** The account of that name; undefined where nobody has it. */
export async function accountIdOf({ engine }: Pick<Databases, 'engine'>, name: string): Promise<string | undefined> {
  const identifier = parseIdentifier(name)
  if (identifier.kind === 'email') return (await findAccountByEmail(engine, identifier.email))?.id
  if (identifier.kind !== 'staff_number' || identifier.subdomain === null) return (await findAccountById(engine, name))?.id
  return (await findSignInByStaffNumber(engine, { number: identifier.number, subdomain: identifier.subdomain }))?.id
}
