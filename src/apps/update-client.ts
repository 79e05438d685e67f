/**
 * Changes what an app is registered with. Invariants: the whole is checked as if it were registered anew; its type, its kind of
 * subject and how it authenticates stay, because products key their rows and hold their keys by them; our own pages are nobody's to change.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Databases, EngineTrx } from '../base/db.ts'
import { record } from '../events/record.ts'
import { isUnexpected, type Expectation } from '../http/etag.ts'
import { planClient, type ClientInput, type ClientProblems } from './client.ts'
import { lockClient, updateClient, type LockedClient } from './queries.ts'
import { unknownScopes, type Registrant } from './register-client.ts'
import { readMetadata, storedInput } from './stored-client.ts'

export type ClientPatch = Omit<ClientInput, 'type' | 'clientId' | 'tenantId' | 'subjectType' | 'name'> & { readonly name?: string | undefined }

export interface UpdateClientInput extends Registrant {
  readonly clientId: string
  /** What is given replaces what was; null takes an optional member away. */
  readonly changes: { readonly [Name in keyof ClientPatch]: ClientPatch[Name] | null }
  readonly expect?: Expectation<EngineTrx> | undefined
}

export type ClientUpdate =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'not_found' | 'built_in' | 'precondition_failed' }
  | { readonly ok: false; readonly reason: 'invalid_metadata'; readonly problems: ClientProblems }

export function updateClientOf(deps: { readonly databases: Databases }, input: UpdateClientInput): Promise<ClientUpdate> {
  const { clientId, actor, origin } = input
  return deps.databases.inEngine(async (trx): Promise<ClientUpdate> => {
    const before = await lockClient(trx, clientId)
    if (before === undefined) return { ok: false, reason: 'not_found' }
    const event = { type: 'client.updated', subject: clientId, clientId, tenantId: before.tenant_id, actor, origin } as const
    const no = before.built_in ? 'built_in' : await isUnexpected(trx, input.expect) ? 'precondition_failed' : null
    const planned = no ?? await plan(trx, before, input.changes)
    if (typeof planned === 'string') {
      await record(trx, { ...event, outcome: 'refused', reason: planned })
      return { ok: false, reason: planned }
    }
    if ('problems' in planned) {
      await record(trx, { ...event, outcome: 'refused', reason: 'invalid_metadata' })
      return { ok: false, reason: 'invalid_metadata', problems: planned.problems }
    }
    const was = factsOf(before)
    if (isDeepStrictEqual(was, planned)) return { ok: true }
    await updateClient(trx, clientId, planned)
    await record(trx, { ...event, outcome: 'success', before: was, after: { ...planned } })
    return { ok: true }
  })
}

interface Planned {
  readonly name: string
  readonly first_party: boolean
  readonly open_to: string
  readonly metadata: Readonly<Record<string, unknown>>
}

async function plan(trx: EngineTrx, before: LockedClient, changes: UpdateClientInput['changes']): Promise<Planned | { readonly problems: ClientProblems }> {
  const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined).map(([name, value]) => [name, value ?? undefined]))
  const planned = planClient({ ...storedInput(before), ...said })
  if (!planned.ok) return planned
  const { input, metadata } = planned.plan
  const problems = [
    ...(await unknownScopes(trx, input.apiScopes ?? {})),
    ...(metadata['token_endpoint_auth_method'] === readMetadata(before.metadata).token_endpoint_auth_method ? [] : ['how an app authenticates does not change: register it anew.']),
  ]
  return problems.length > 0 ? { problems } : { name: input.name, first_party: input.firstParty, open_to: input.openTo, metadata }
}

function factsOf({ name, first_party, open_to, metadata }: LockedClient): Record<string, unknown> {
  return { name, first_party, open_to, metadata }
}
