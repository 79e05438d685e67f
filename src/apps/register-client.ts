/**
 * Registers an app. Invariants: its metadata is checked before anything is stored; a secret is random, shown once to who
 * registers it and kept as a digest only; the apis it may ask for exist and have those scopes.
 */
import { randomToken, sha256 } from '../base/crypto.ts'
import type { Databases, EngineTrx } from '../base/db.ts'
import { newId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { planClient, type ClientInput, type ClientPlan, type ClientProblems } from './client.ts'
import { findApiScopes, insertClient } from './queries.ts'

export interface Registrant {
  /** The account that acts, null for the command line and the platform itself. */
  readonly actor: string | null
  readonly origin: Origin
}

export type ClientRegistration =
  | { readonly ok: true; readonly clientId: string; readonly clientSecret: string | null }
  | { readonly ok: false; readonly reason: 'invalid_metadata'; readonly problems: ClientProblems }
  | { readonly ok: false; readonly reason: 'client_id_taken' }

/** The secret in the answer is the only time that anybody sees it. */
export function registerClient(deps: { readonly databases: Databases }, input: ClientInput, by: Registrant): Promise<ClientRegistration> {
  const planned = planClient(input)
  if (!planned.ok) return Promise.resolve({ ok: false, reason: 'invalid_metadata', problems: planned.problems })
  const secret = planned.plan.needsSecret ? randomToken() : null
  return deps.databases.inEngine((trx) => registerPlannedClient(trx, { ...planned.plan, secret }, by))
}

/** The same inside a transaction that does more; the caller brings the secret. */
export async function registerPlannedClient(trx: EngineTrx, planned: ClientPlan & { readonly secret: string | null }, by: Registrant): Promise<ClientRegistration> {
  const { input, metadata, secret } = planned
  const clientId = input.clientId ?? newId()
  const problems = await unknownScopes(trx, input.apiScopes ?? {})
  if (problems.length > 0) return { ok: false, reason: 'invalid_metadata', problems }
  const event = { type: 'client.registered', actor: by.actor, origin: by.origin, subject: clientId, clientId, tenantId: input.tenantId ?? null } as const
  const inserted = await insertClient(trx, {
    id: clientId,
    tenant_id: input.tenantId ?? null,
    name: input.name,
    first_party: input.firstParty,
    open_to: input.openTo,
    metadata,
    secret_hash: secret === null ? null : sha256(secret),
  })
  if (!inserted) {
    await record(trx, { ...event, outcome: 'refused', reason: 'client_id_taken' })
    return { ok: false, reason: 'client_id_taken' }
  }
  await record(trx, { ...event, outcome: 'success', after: { name: input.name, type: input.type, first_party: input.firstParty, open_to: input.openTo, ...metadata } })
  return { ok: true, clientId, clientSecret: secret }
}

/** What is wrong with these scopes, one readable line each. */
export async function unknownScopes(trx: EngineTrx, wanted: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const known = await findApiScopes(trx, Object.keys(wanted))
  return Object.entries(wanted).flatMap(([identifier, scopes]) => {
    const has = known.get(identifier)
    if (has === undefined) return [`there is no api ${identifier}.`]
    return scopes.filter((scope) => !has.includes(scope)).map((scope) => `the api ${identifier} has no scope ${scope}.`)
  })
}
