/**
 * Gives an app a new secret while the one before works on for a while, so that nobody has to stop it. Invariants: the new one is
 * shown once and kept as a digest; there are never more than two; a second rotation drops the one before the last at once.
 */
import { randomToken, sha256 } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { lockClient, updateSecret } from './queries.ts'
import type { Registrant } from './register-client.ts'

/** In seconds: a day unless told, thirty at most. */
export const overlapSeconds = { usual: 24 * 3600, longest: 30 * 24 * 3600 } as const

export interface RotateSecret extends Registrant {
  readonly clientId: string
  /** Only an app of this tenant, where it is said. */
  readonly tenantId?: string
  readonly overlapSeconds: number
  /** Asked of the app that is held; a reason to go no further. */
  readonly refuse?: (permissions: readonly string[]) => 'role_above_own' | null
}

export type SecretRotation =
  | { readonly ok: true; readonly clientSecret: string; readonly formerUntil: Date | null }
  | { readonly ok: false; readonly reason: 'not_found' | 'built_in' | 'no_secret' | 'role_above_own' }

export function rotateSecret(deps: { readonly databases: Databases }, input: RotateSecret): Promise<SecretRotation> {
  return deps.databases.inEngine((trx) => rotateSecretIn(trx, input))
}

async function rotateSecretIn(trx: EngineTrx, { clientId, tenantId, overlapSeconds: overlap, refuse, actor, origin }: RotateSecret): Promise<SecretRotation> {
  const client = await lockClient(trx, clientId)
  if (client === undefined || (tenantId !== undefined && client.tenant_id !== tenantId)) return { ok: false, reason: 'not_found' }
  const event = { type: 'client.secret_rotated', subject: clientId, clientId, tenantId: client.tenant_id, actor, origin } as const
  const reason = client.built_in ? 'built_in' : client.secret_hash === null ? 'no_secret' : (refuse?.(client.permissions) ?? null)
  if (reason !== null) {
    await record(trx, { ...event, outcome: 'refused', reason })
    return { ok: false, reason }
  }
  const clientSecret = randomToken()
  const formerUntil = await updateSecret(trx, { clientId, secretHash: sha256(clientSecret), overlapSeconds: overlap })
  await record(trx, { ...event, outcome: 'success', after: { former_secret_until: formerUntil?.toISOString() ?? null } })
  return { ok: true, clientSecret, formerUntil }
}
