/**
 * The signing keys: generated at first start, sealed with the master key, rotated while running.
 * Invariant: a key signs only after it has been published as `next` for as long as anybody may cache the JWKS, and stays
 * published after it stopped signing until its last token has ended; so no token is ever refused because of a rotation.
 */
import { exportJWK, generateKeyPair, importJWK, SignJWT, calculateJwkThumbprint, type JWK, type JWTPayload } from 'jose'
import type { JWK as ProviderJwk } from 'oidc-provider'
import { z } from 'zod'
import type { Databases, EngineTrx } from '../base/db.ts'
import type { MasterKey } from '../base/crypto.ts'
import { noOrigin, type Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import * as store from './key-queries.ts'

export const signingAlgorithms = ['ES256', 'RS256'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** How long others may keep our JWKS; a key is published at least this long before it signs. */
export const jwksCacheSeconds = 600
/** How long a retired key stays published: the longest life of anything it signed (ID tokens serve as hints for a while). */
export const retiredKeySeconds = 30 * 24 * 3600

const jwkShape = z.looseObject({ kty: z.string(), d: z.string() })

export interface KeyRing {
  /** All published keys with their private parts, signing ones first, for the provider. */
  readonly jwks: readonly ProviderJwk[]
  /** Signs a JWT of ours outside the provider (logout tokens) with the current key of `alg`. */
  sign(payload: JWTPayload, options: { typ: string; alg: string }): Promise<string>
}

/** Makes what is missing: for every algorithm one key that signs and one that will. Safe to call from several processes. */
export async function ensureKeys(databases: Databases, masterKey: MasterKey): Promise<void> {
  const states = await store.listKeyStates(databases.engine)
  const missing = signingAlgorithms.flatMap((alg) =>
    (['current', 'next'] as const).filter((state) => !states.some((key) => key.alg === alg && key.state === state)).map((state) => ({ alg, state })),
  )
  for (const { alg, state } of missing) {
    const key = await generateKey(alg, masterKey)
    await databases.inEngine(async (trx) => {
      const inserted = await store.insertKey(trx, { ...key, alg, state })
      if (inserted) await record(trx, { type: 'key.generated', outcome: 'success', subject: key.kid, after: { alg, state }, origin: noOrigin })
    })
  }
}

/** Opens every published key. Throws when one was sealed with another master key. */
export async function loadKeyRing(databases: Databases, masterKey: MasterKey): Promise<KeyRing> {
  const rows = await store.listKeys(databases.engine)
  const jwks = rows.map((row) => {
    const jwk = jwkShape.parse(JSON.parse(masterKey.open(row.sealed_jwk, sealedFor(row.kid)).toString('utf8')))
    // Without `sign` among its operations the provider cannot sign with it, yet verifies hints and publishes it.
    return { ...jwk, kid: row.kid, alg: row.alg, use: 'sig', ...(row.state === 'current' ? {} : { key_ops: ['verify'] }), state: row.state }
  })
  const published = jwks.map(({ state: _state, ...jwk }) => jwk)
  return {
    jwks: published,
    async sign(payload, { typ, alg }) {
      const jwk = jwks.find((key) => key.state === 'current' && key.alg === alg)
      if (jwk === undefined) throw new Error(`no current key for ${alg}`)
      const { state: _state, ...key } = jwk
      return new SignJWT(payload).setProtectedHeader({ alg, kid: jwk.kid, typ }).sign(await importJWK(key, alg))
    },
  }
}

export type RotationRefusal = { readonly ok: false; readonly reason: 'next_key_too_young'; readonly readyInSeconds: number }
export type Rotation = { readonly ok: true; readonly activated: string; readonly retired: string } | RotationRefusal

/**
 * Lets the next key of `alg` sign, retires the current one and publishes a new next.
 * Refuses while others may still hold a JWKS without it, unless `emergency` (a leaked key: some tokens may then be refused for a while).
 */
export async function rotateKey(
  deps: { databases: Databases; masterKey: MasterKey },
  input: { alg: SigningAlgorithm; emergency: boolean; origin: Origin; actor: string | null },
): Promise<Rotation> {
  const fresh = await generateKey(input.alg, deps.masterKey)
  return deps.databases.inEngine(async (trx): Promise<Rotation> => {
    const next = await store.lockNextKey(trx, input.alg)
    // Another rotation has just taken it: what is next now is brand new.
    if (next === undefined) return { ok: false, reason: 'next_key_too_young', readyInSeconds: jwksCacheSeconds }
    if (!input.emergency && next.age_seconds < jwksCacheSeconds) {
      return { ok: false, reason: 'next_key_too_young', readyInSeconds: Math.ceil(jwksCacheSeconds - next.age_seconds) }
    }
    const retired = await store.retireCurrentKey(trx, input.alg)
    await store.activateKey(trx, next.kid)
    await store.insertKey(trx, { ...fresh, alg: input.alg, state: 'next' })
    await recordRotation(trx, { activated: next.kid, retired, published: fresh.kid }, input)
    if (input.emergency) await store.deleteKey(trx, retired)
    return { ok: true, activated: next.kid, retired }
  })
}

async function recordRotation(
  trx: EngineTrx,
  keys: { activated: string; retired: string; published: string },
  input: { alg: SigningAlgorithm; emergency: boolean; origin: Origin; actor: string | null },
): Promise<void> {
  const common = { outcome: 'success', actor: input.actor, origin: input.origin } as const
  const after = { alg: input.alg, emergency: input.emergency }
  await record(trx, { ...common, type: 'key.retired', subject: keys.retired, after })
  await record(trx, { ...common, type: 'key.activated', subject: keys.activated, after })
  await record(trx, { ...common, type: 'key.generated', subject: keys.published, after })
}

/** Removes keys that stopped signing long enough ago; returns how many. */
export async function removeOldKeys(databases: Databases): Promise<number> {
  return databases.inEngine(async (trx) => {
    const removed = await store.deleteKeysRetiredBefore(trx, retiredKeySeconds)
    for (const kid of removed) await record(trx, { type: 'key.removed', outcome: 'success', subject: kid, origin: noOrigin })
    return removed.length
  })
}

async function generateKey(alg: SigningAlgorithm, masterKey: MasterKey): Promise<{ kid: string; sealed_jwk: string }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const jwk: JWK = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, sealed_jwk: masterKey.seal(JSON.stringify(jwk), sealedFor(kid)) }
}

function sealedFor(kid: string): string {
  return `signing_key ${kid}`
}
