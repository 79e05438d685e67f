/**
 * Owns what an app is told instead of our own claims: a list of {claim, from} and {claim, value}, declarative, so that nothing of an
 * app ever runs here. Pure. Invariants: no claim that a protocol gives a meaning can be mapped, so a mapping never speaks for the
 * issuer; facts about a person follow the scopes that were agreed to.
 */
import { z } from 'zod'

export const claimSources = [
  'sub', 'tenant_id', 'tenant_name', 'subdomain', 'membership_id', 'role', 'groups', 'employee_number', 'title', 'email', 'name', 'family_name',
  'given_name', 'locale', 'primary_unit', 'facility', 'department', 'team',
] as const
export type ClaimSource = (typeof claimSources)[number]

/** Claims of OpenID Connect, of JWT, of RFC 7662, 8693, 9068 and 9449, and those by which products key their own rows. */
const reserved: ReadonlySet<string> = new Set([
  'sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'client_id', 'scope', 'auth_time', 'acr', 'amr', 'sid', 'nonce', 'azp', 'at_hash', 'c_hash', 's_hash',
  'cnf', 'tenant_id', 'membership_id', 'act', 'may_act', 'events', 'toe', 'txn', 'active', 'username', 'token_type', 'token_introspection', 'email_verified', 'phone_number_verified', 'updated_at',
  'sub_jwk', 'sub_id', 'authorization_details', 'entitlements', 'vot', 'vtm', '_claim_names', '_claim_sources', 'verified_claims', '__proto__', 'constructor', 'prototype',
])

const constant = z.union([z.string().max(200), z.number(), z.boolean(), z.array(z.union([z.string().max(200), z.number(), z.boolean()])).max(30)])
const claimName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.:/-]{0,99}$/, 'must be a name of letters, digits and _.:/-').refine((name) => !reserved.has(name), 'is a claim with a meaning of its own')

const fromShape = z.strictObject({
  claim: claimName, from: z.enum(claimSources),
  /** Names of roles as the product knows them; a role that is not here is not told. */
  map: z.record(z.string().max(100), z.string().max(200)).refine((map) => Object.keys(map).length <= 50, 'must have 50 entries at most').optional().meta({ description: 'Only of `role`: its names as the product knows them.' }),
}).refine(({ from, map }) => map === undefined || from === 'role', { message: 'only a role can be mapped to other names', path: ['map'] })

export const claimMappingShape = z.array(z.union([fromShape, z.strictObject({ claim: claimName, value: constant })])).max(30)
  .refine((entries) => new Set(entries.map(({ claim }) => claim)).size === entries.length, 'names a claim twice')
  .refine((entries) => JSON.stringify(entries).length <= 8000, 'is longer than 8000 characters')
export type ClaimMapping = z.output<typeof claimMappingShape>

/** What is known of a member, in the spelling of the sources; null where there is nothing to say. */
export type MappedFacts = Readonly<Partial<Record<ClaimSource, string | readonly string[] | null>>>

/** Facts about the person that a scope lets an app know; what is the tenant's own comes with the tenant. */
const scopeOf: Readonly<Partial<Record<ClaimSource, string>>> = { email: 'email', name: 'profile', family_name: 'profile', given_name: 'profile', locale: 'profile' }

/** Sources that are no fact of the token anyway and so cost a look at the member. */
const ofMember: ReadonlySet<ClaimSource> = new Set(['subdomain', 'employee_number', 'title', 'primary_unit', 'facility', 'department', 'team'])

export function needsMember(mapping: ClaimMapping): boolean {
  return mapping.some((entry) => 'from' in entry && ofMember.has(entry.from))
}

/** The claims of the mapping; one whose fact is not there, or not agreed to, is left out. */
export function mapClaims(mapping: ClaimMapping, facts: MappedFacts, scopes: ReadonlySet<string>): Record<string, unknown> {
  const told = mapping.flatMap((entry): [string, unknown][] => {
    if ('value' in entry) return [[entry.claim, entry.value]]
    const scope = scopeOf[entry.from]
    const fact = scope === undefined || scopes.has(scope) ? facts[entry.from] : null
    const value = entry.map === undefined || typeof fact !== 'string' ? fact : ownValue(entry.map, fact)
    return value === undefined || value === null ? [] : [[entry.claim, value]]
  })
  return Object.fromEntries(told)
}

function ownValue(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}
