/**
 * The voices that staff raise, by tenant, and Koe's own rule who sees them.
 * Invariant: a voice never leaves its tenant, and nobody sees a voice from a tier above their own.
 * They live in this process; a real product keeps them in its database, with the tenant in every key.
 */
import { randomUUID } from 'node:crypto'
import type { Claims } from './oidc/sessions.ts'

/** The issuer tells the role; which tier it has in Koe is decided here. A role that is not listed has none. */
const tierByRole = new Map<string, number>([
  ['EXECUTIVE', 4],
  ['DEPARTMENT_HEAD', 3],
  ['TEAM_LEADER', 2],
  ['STAFF', 1],
  ['clinic_admin', 4],
  ['therapist', 1],
  ['receptionist', 1],
])

export interface Voice {
  readonly id: string
  readonly text: string
  readonly author: string
  readonly author_role: string
  readonly mine: boolean
  readonly posted_at: string
}

interface StoredVoice extends Omit<Voice, 'mine'> {
  readonly tier: number
  readonly membershipId: string
}

const mostVoices = 200

export function tierOf(role: string | undefined): number | null {
  return tierByRole.get(role ?? '') ?? null
}

/** The roles whose voices a role sees: its own tier and those below. */
export function rolesHeardBy(role: string | undefined): readonly string[] {
  const tier = tierOf(role) ?? 0
  return [...tierByRole].filter(([, other]) => other <= tier).map(([name]) => name)
}

export class Voices {
  readonly #byTenant = new Map<string, StoredVoice[]>()

  /** The newest first; null when the person's role has no place in Koe. */
  list(claims: Claims): readonly Voice[] | null {
    const place = placeOf(claims)
    if (place === null) return null
    return this.#of(place.tenantId)
      .filter((voice) => voice.tier <= place.tier)
      .map(({ tier: _, membershipId, ...voice }) => ({ ...voice, mine: membershipId === place.membershipId }))
  }

  /** False when the person's role has no place in Koe. */
  post(claims: Claims, text: string): boolean {
    const place = placeOf(claims)
    if (place === null) return false
    const voices = this.#of(place.tenantId)
    voices.unshift({
      id: randomUUID(),
      text,
      author: claims.name ?? claims.sub,
      author_role: claims.role ?? '',
      posted_at: new Date().toISOString(),
      tier: place.tier,
      membershipId: place.membershipId,
    })
    voices.splice(mostVoices)
    this.#byTenant.set(place.tenantId, voices)
    return true
  }

  #of(tenantId: string): StoredVoice[] {
    return this.#byTenant.get(tenantId) ?? []
  }
}

function placeOf(claims: Claims): { tier: number; tenantId: string; membershipId: string } | null {
  const tier = tierOf(claims.role)
  if (tier === null || claims.tenant_id === undefined || claims.membership_id === undefined) return null
  return { tier, tenantId: claims.tenant_id, membershipId: claims.membership_id }
}
