/**
 * The prescriptions of every tenant and who signed them.
 * Invariant: a signature stays in its tenant, and a prescription is signed once.
 * They live in this process and are made up; a real product keeps them in its database, with the tenant in every key.
 */
export interface Signature {
  readonly membershipId: string
  /** How sure the sign-in of the signer was. */
  readonly acr: string
  readonly at: Date
}

export interface Prescription {
  readonly id: string
  readonly patient: string
  readonly medicine: { readonly ja: string; readonly en: string }
  readonly signature: Signature | null
}

const madeUp = [
  { id: 'R-0001', patient: 'K-0001', medicine: { ja: '湿布 14枚', en: '14 cooling patches' } },
  { id: 'R-0002', patient: 'K-0002', medicine: { ja: '塗り薬 50グラム', en: '50 g of ointment' } },
  { id: 'R-0003', patient: 'K-0003', medicine: { ja: '痛み止め 7日分', en: 'Pain relief for 7 days' } },
] as const

export class Prescriptions {
  readonly #signatures = new Map<string, Signature>()

  list(tenantId: string): readonly Prescription[] {
    return madeUp.map((prescription) => ({ ...prescription, signature: this.#signatures.get(keyOf(tenantId, prescription.id)) ?? null }))
  }

  /** Null when there is no such prescription, or when it has been signed before. */
  sign(tenantId: string, id: string, by: { membershipId: string; acr: string }): Signature | null {
    const key = keyOf(tenantId, id)
    if (this.#signatures.has(key) || !madeUp.some((prescription) => prescription.id === id)) return null
    const signature = { ...by, at: new Date() }
    this.#signatures.set(key, signature)
    return signature
  }
}

function keyOf(tenantId: string, id: string): string {
  return JSON.stringify([tenantId, id])
}
