/**
 * What to offer where an interaction no longer lives: finished elsewhere, expired, ended by a sign-out (protocol.md §12).
 * The way on is the app's registered start address, never a parameter of the old request.
 */
import { appOf, startUrlOf, type ClientStore } from './client-store.ts'
import type { References } from './references.ts'
import { currentUnit } from './unit-of-work.ts'

export interface DeadInteraction {
  readonly state: 'finished' | 'expired' | 'ended' | 'unknown'
  readonly app?: { readonly name: string; readonly startUrl?: string | undefined }
}

/** Looks at what is left of the interaction `uid`; `unknown` when nothing is. */
export async function findDead(uid: string, { clients, references }: { clients: ClientStore; references: References }): Promise<DeadInteraction> {
  const row = await currentUnit().token(references.key(uid))
  if (row?.model !== 'Interaction') return { state: 'unknown' }
  const finished = 'ended' in row.payload
  const clientId = finished ? row.payload.clientId : row.payload.params?.['client_id']
  const client = typeof clientId === 'string' ? await clients.find(clientId) : undefined
  // A living row whose browser has lost its cookies or its session can only begin again.
  const expired = row.payload.exp !== undefined && row.payload.exp * 1000 < Date.now()
  const state = finished ? 'finished' : expired ? 'expired' : 'ended'
  return client === undefined ? { state } : { state, app: { name: appOf(client).name, startUrl: startUrlOf(client) } }
}
