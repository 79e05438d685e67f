/**
 * The app that stands in for another one in a test sign-in: it copies what the other is registered with, but comes back to a page
 * of the platform. Invariants: the app in question is never touched; its stand-in has no address but that page, belongs to nobody's
 * list, and its secret comes from the master key, so no operator ever holds it.
 */
import { z } from 'zod'
import { sha256, type MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import { record } from '../events/record.ts'
import { copyClient, deleteClientRow, lockClient } from './queries.ts'
import type { Registrant } from './register-client.ts'

const copied = z.object({
  id_token_signed_response_alg: z.string().optional(), default_acr_values: z.array(z.string()).optional(), scope: z.string().optional(),
  api_scopes: z.record(z.string(), z.array(z.string())).optional(), client_uri: z.string().optional(), logo_uri: z.string().optional(),
  policy_uri: z.string().optional(), tos_uri: z.string().optional(),
})

export interface TestClient {
  readonly clientId: string
  readonly clientSecret: string
}

export function testClientOf(masterKey: MasterKey, clientId: string): TestClient {
  return { clientId: `tegata-test.${sha256(clientId).slice(0, 32)}`, clientSecret: masterKey.derive(`test sign-in of ${clientId}`).toString('base64url') }
}

export interface TestStart extends Registrant {
  readonly clientId: string
  readonly redirectUri: string
}

export type TestReadiness = { readonly ok: true } | { readonly ok: false; readonly reason: 'not_found' }

/** With the app its stand-in goes. */
export function removeTestClient({ databases, masterKey }: { readonly databases: Databases; readonly masterKey: MasterKey }, clientId: string): Promise<void> {
  return databases.inEngine((trx) => deleteClientRow(trx, testClientOf(masterKey, clientId).clientId))
}

/** Brings the stand-in up to what the app is now. */
export function prepareTestClient({ databases, masterKey }: { readonly databases: Databases; readonly masterKey: MasterKey }, { clientId, redirectUri, actor, origin }: TestStart): Promise<TestReadiness> {
  const standIn = testClientOf(masterKey, clientId)
  return databases.inEngine(async (trx): Promise<TestReadiness> => {
    const client = await lockClient(trx, clientId)
    if (client === undefined) return { ok: false, reason: 'not_found' }
    const metadata = {
      ...copied.parse(client.metadata), application_type: 'web', token_endpoint_auth_method: 'client_secret_basic', grant_types: ['authorization_code'],
      response_types: ['code'], redirect_uris: [redirectUri], subject_type: 'public',
    }
    const isReady = await copyClient(trx, { from: clientId, to: standIn.clientId, metadata, secretHash: sha256(standIn.clientSecret) })
    if (!isReady) return { ok: false, reason: 'not_found' }
    await record(trx, { type: 'client.test_started', outcome: 'success', subject: clientId, clientId: standIn.clientId, actor, origin })
    return { ok: true }
  })
}
