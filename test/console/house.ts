/** People at the console of a tenant: Alice administers it, Bob is on her team without any right, Charlie administers another one. */
import { member, newTenant, somebody, throughSignIn, type Member, type Somebody } from '../helpers/people.ts'
import type { Person, Visit } from '../helpers/person.ts'
import type { Tegata } from '../helpers/tegata.ts'
import { allPermissions } from '../../src/members/permission.ts'

export interface AtConsole extends Somebody, Member {
  readonly person: Person
}

export interface Cast {
  readonly alice: AtConsole
  readonly bob: AtConsole
  readonly charlie: AtConsole
}

export async function castOf(tegata: Tegata): Promise<Cast> {
  const [ours, theirs] = [await newTenant(tegata), await newTenant(tegata)]
  const join = async (tenant: Pick<Member, 'tenantId' | 'subdomain'>, permissions: readonly string[]): Promise<AtConsole> => {
    const who = await somebody(tegata)
    return { ...who, ...(await member(tegata, who, { tenant, permissions })), person: tegata.person() }
  }
  return { alice: await join(ours, allPermissions), bob: await join(ours, []), charlie: await join(theirs, allPermissions) }
}

/** A page of a tenant's console as this person gets it, signing in where that is asked for. */
export async function openConsole(tegata: Pick<Tegata, 'issuer'>, { person, email }: Pick<AtConsole, 'person' | 'email'>, path: string): Promise<Visit> {
  return throughSignIn(person, await person.open(`${tegata.issuer}${path}`), { email })
}

