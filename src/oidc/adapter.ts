/**
 * The adapter between oidc-provider's models and the unit of work. It decides nothing by itself: reads are one joined query,
 * writes wait for the flush, ids are hashed on the way in and put back on the way out (protocol.md §8–9).
 */
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { clientMetadata, type ClientStore } from './client-store.ts'
import type { References } from './references.ts'
import { currentUnit } from './unit-of-work.ts'

export interface AdapterDeps {
  readonly clients: ClientStore
  readonly references: References
}

// PAR is looked up again after a sign-in that may take as long as an interaction lives (protocol.md §11).
const parExtraSeconds = 3600
// What is left of an interaction, so that a stale page can lead on instead of failing.
const interactionStubSeconds = 24 * 3600

const single: Pick<Adapter, 'findByUserCode' | 'findByUid'> = {
  findByUserCode: () => Promise.resolve(undefined),
  findByUid: () => Promise.resolve(undefined),
}

/** One adapter per model, as oidc-provider asks for them. */
export function createAdapter(deps: AdapterDeps): (model: string) => Adapter {
  return (model) => {
    switch (model) {
      case 'Client': return clientAdapter(deps)
      case 'Grant': return grantAdapter()
      case 'Session': return sessionAdapter(deps)
      case 'Interaction': return interactionAdapter(deps)
      default: return tokenAdapter(model, deps)
    }
  }
}

function clientAdapter({ clients }: AdapterDeps): Adapter {
  const readOnly = () => Promise.reject(new Error('apps are registered through the apps room'))
  return {
    ...single,
    async find(id) {
      const row = await clients.find(id)
      if (row === undefined) return undefined
      currentUnit().rely(row.id)
      return clientMetadata(row)
    },
    upsert: readOnly, consume: readOnly, destroy: readOnly, revokeByGrantId: readOnly,
  }
}

function tokenAdapter(model: string, { references }: AdapterDeps): Adapter {
  const isPar = model === 'PushedAuthorizationRequest'
  return {
    ...single,
    async find(id) {
      const key = references.key(id)
      const row = await currentUnit().token(key)
      if (row?.model !== model) return undefined
      const moved = currentUnit().moved.get(key)
      const grantId = moved ?? row.grant_id
      return {
        ...row.payload,
        jti: id,
        ...(grantId === null ? {} : { grantId }),
        ...(row.consumed === null ? {} : { consumed: row.consumed }),
      }
    },
    upsert(id, payload, expiresIn) {
      const { jti: _bearer, ...rest } = payload
      currentUnit().put({
        id: references.key(id), model, payload: rest, grant_id: payload.grantId ?? null, client_id: payload.clientId ?? null,
        ttl: (expiresIn ?? 0) + (isPar ? parExtraSeconds : 0),
      })
      return Promise.resolve()
    },
    consume(id) {
      currentUnit().consume(references.key(id), isPar)
      return Promise.resolve()
    },
    destroy(id) {
      currentUnit().destroy(references.key(id))
      return Promise.resolve()
    },
    revokeByGrantId(grantId) {
      currentUnit().revokeTokens(grantId)
      return Promise.resolve()
    },
  }
}

function grantAdapter(): Adapter {
  const none = () => Promise.resolve()
  return {
    ...single,
    async find(id) {
      const grant = await currentUnit().grant(id)
      return grant === undefined ? undefined : { ...grant.payload, jti: id }
    },
    upsert(id, payload, expiresIn) {
      const { jti: _id, ...rest } = payload
      currentUnit().putGrant({
        id,
        session_uid: textOf(payload, 'sessionUid'),
        account_id: payload.accountId ?? '',
        client_id: payload.clientId ?? '',
        tenant_id: textOf(payload, 'tenantId'),
        membership_id: textOf(payload, 'membershipId'),
        offline: grantedScopes(payload).includes('offline_access'),
        payload: rest,
        ttl: expiresIn ?? 0,
      })
      return Promise.resolve()
    },
    destroy(id) {
      currentUnit().revokeGrant(id)
      return Promise.resolve()
    },
    consume: none,
    revokeByGrantId: none,
  }
}

function sessionAdapter({ references }: AdapterDeps): Adapter {
  const none = () => Promise.resolve()
  const hashOf = (id: string) => currentUnit().aliased(id) ?? references.key(id)
  return {
    ...single,
    async find(id) {
      const row = await currentUnit().session(hashOf(id))
      // The library changes what it is given, and the save compares with what was read.
      return row === undefined ? undefined : { ...structuredClone(row.payload), uid: row.uid, jti: id }
    },
    async findByUid(uid) {
      const row = await currentUnit().sessionByUid(uid)
      // The cookie's id is not known here; an alias of this request stands in for it, so that saving or ending this object finds its row.
      return row === undefined ? undefined : { ...row.payload, uid: row.uid, jti: currentUnit().aliasOf(row) }
    },
    upsert(id, payload, expiresIn) {
      const uid = payload.uid ?? ''
      const unit = currentUnit()
      unit.saveSession({ uid, idHash: hashOf(id), read: unit.sessionAlreadyRead(uid), payload, ttlSeconds: expiresIn ?? 0 })
      return Promise.resolve()
    },
    async destroy(id) {
      const row = await currentUnit().session(hashOf(id))
      if (row !== undefined) currentUnit().endSession(row.uid)
    },
    consume: none,
    revokeByGrantId: none,
  }
}

function interactionAdapter({ references }: AdapterDeps): Adapter {
  const none = () => Promise.resolve()
  return {
    ...single,
    async find(id) {
      const row = await currentUnit().token(references.key(id))
      if (row?.model !== 'Interaction' || 'ended' in row.payload) return undefined
      return { ...row.payload, jti: id, ...(row.payload.returnTo === undefined ? {} : { returnTo: row.payload.returnTo.replace('{uid}', id) }) }
    },
    upsert(id, payload, expiresIn) {
      currentUnit().put({
        id: references.key(id), model: 'Interaction', payload: withoutBearers(id, payload, references),
        // The library judges the payload's own `exp`; the row stays a while longer to say which app it was for.
        grant_id: null, client_id: null, ttl: (expiresIn ?? 0) + interactionStubSeconds,
      })
      return Promise.resolve()
    },
    async destroy(id) {
      const key = references.key(id)
      const row = await currentUnit().token(key)
      // What remains lets a stale page say "continue to the app" instead of an error; it holds no parameter of the request.
      currentUnit().put({
        id: key, model: 'Interaction', grant_id: null, client_id: null, ttl: interactionStubSeconds,
        payload: { ended: 'finished', clientId: row?.payload.params?.['client_id'] ?? null },
      })
    },
    consume: none,
    revokeByGrantId: none,
  }
}

/** An interaction names its own uid, the session's cookie and a pushed request: the first two go, the third becomes a reference. */
function withoutBearers(uid: string, payload: AdapterPayload, references: References): AdapterPayload {
  const { jti: _uid, returnTo, session, parJti, ...rest } = payload
  const { cookie: _cookie, ...restOfSession } = session ?? {}
  return {
    ...rest,
    ...(returnTo === undefined ? {} : { returnTo: returnTo.replace(uid, '{uid}') }),
    ...(session === undefined ? {} : { session: restOfSession }),
    ...(parJti === undefined ? {} : { parJti: parJti.startsWith('ref.') ? parJti : references.refer(references.key(parJti)) }),
  }
}

function grantedScopes(payload: object): readonly string[] {
  if (!('openid' in payload) || typeof payload.openid !== 'object' || payload.openid === null) return []
  return 'scope' in payload.openid && typeof payload.openid.scope === 'string' ? payload.openid.scope.split(' ') : []
}

function textOf(payload: AdapterPayload, name: string): string | null {
  const found = Object.entries(payload).find(([key]) => key === name)?.[1]
  return typeof found === 'string' ? found : null
}
