/**
 * People at the operators' console: an owner and an auditor, both with an authenticator app; Alice administers a tenant, Charlie
 * belongs elsewhere, and neither runs the platform.
 */
import { allPermissions } from '../../src/members/permission.ts'
import { enrolTotp } from '../helpers/factors.ts'
import { member, somebody, throughSignIn, type Member, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { Tegata } from '../helpers/tegata.ts'

export interface AtDesk extends Somebody {
  readonly person: Person
}

export interface Cast {
  readonly owner: AtDesk
  readonly auditor: AtDesk
  readonly alice: AtDesk & Member
  readonly charlie: AtDesk & Member
}

export async function castOf(tegata: Tegata): Promise<Cast> {
  const join = async (permissions: readonly string[]) => {
    const who = await somebody(tegata)
    return { ...who, ...(await member(tegata, who, { permissions })), person: tegata.person() }
  }
  return { owner: await operatorOf(tegata, 'owner'), auditor: await operatorOf(tegata, 'auditor'), alice: await join(allPermissions), charlie: await join([]) }
}

/** Somebody who runs the platform, with a password only. */
export async function newOperator(tegata: Tegata, role: 'owner' | 'auditor'): Promise<AtDesk> {
  const who = await somebody(tegata)
  await tegata.databases.engine.insertInto('operator').values({ account_id: who.accountId, role }).execute()
  return { ...who, person: tegata.person() }
}

/** The same, signed in at the console with an authenticator app. */
async function operatorOf(tegata: Tegata, role: 'owner' | 'auditor'): Promise<AtDesk> {
  const who = await newOperator(tegata, role)
  await enrolTotp(who.person, await openAdmin(tegata, who, '/admin'))
  return who
}

/** A page of the operators' console as this person gets it, giving the password where that is asked for. */
export async function openAdmin(tegata: Pick<Tegata, 'issuer'>, { person, email }: AtDesk, path: string): Promise<Visit> {
  return throughSignIn(person, await person.open(`${tegata.issuer}${path}`), { email })
}
