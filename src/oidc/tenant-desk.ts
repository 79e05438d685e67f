/**
 * The provider's session as the console of a tenant sees it: whether the person belongs there, and whether their sign-in is what
 * that tenant asks for. Invariant: the rules are those of the sign-in policy (assurance.ts), so a console is no way around them.
 */
import type { Pool } from 'pg'
import { isTenantId, type TenantId } from '../base/ids.ts'
import type { AppContext } from '../http/context.ts'
import type { Signed } from '../http/page.ts'
import { meetsTenantDemands, type TrustedDevice } from './assurance.ts'
import type { MembershipFacts } from './facts.ts'
import { findCallerFacts, findPerson } from './queries.ts'

export interface ConsoleMember {
  readonly kind: 'member'
  readonly tenantId: TenantId
  readonly tenantName: string
  readonly subdomain: string
  readonly membershipId: string
  readonly role: string
  readonly permissions: readonly string[]
  /** Other tenants that the person could act for. */
  readonly others: readonly { readonly name: string; readonly subdomain: string }[]
}

/** `sign_in_again`: the tenant asks for more than this session has shown. `stranger`: no membership in force. */
export type TenantEntry = ConsoleMember | { readonly kind: 'sign_in_again' } | { readonly kind: 'stranger' }

export interface TenantDesk {
  /** How the signed-in person enters the tenant of this subdomain. Reads only. */
  enter(ctx: AppContext, signed: Pick<Signed, 'accountId' | 'acr' | 'authTime'>, subdomain: string): Promise<TenantEntry>
}

export function createTenantDesk({ pool, trustedDevice }: { readonly pool: Pool; readonly trustedDevice: TrustedDevice }): TenantDesk {
  return {
    async enter(ctx, signed, subdomain) {
      const person = await findPerson(pool, signed.accountId, null)
      const usable = person?.memberships.filter((one) => one.usable) ?? []
      const membership = usable.find((one) => one.subdomain === subdomain)
      if (person === undefined || membership === undefined || !isTenantId(membership.tenant_id)) return { kind: 'stranger' }
      const isMet = await meetsTenantDemands({ membership, person, signed }, () => trustedDevice(ctx, signed.accountId))
      if (!isMet) return { kind: 'sign_in_again' }
      const { permissions } = await findCallerFacts(pool, { accountId: signed.accountId, membershipId: membership.id, clientId: null })
      return {
        kind: 'member', tenantId: membership.tenant_id, tenantName: membership.tenant_name, subdomain, membershipId: membership.id, role: membership.role, permissions,
        others: usable.filter(isOther(membership)).map((one) => ({ name: one.tenant_name, subdomain: one.subdomain })),
      }
    },
  }
}

function isOther(membership: MembershipFacts): (one: MembershipFacts) => boolean {
  return (one) => one.id !== membership.id
}
