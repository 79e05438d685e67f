/**
 * What we change in the provider's own model classes, instance by instance (each Provider makes its own classes).
 * Invariant: a token is bound to "this session lives and is of this person", not to the one grant per app that the library keeps
 * in a session, so two tabs can act for two tenants (protocol.md §2).
 */
import type Provider from 'oidc-provider'
import type { AccessToken, AuthorizationCode, RefreshToken } from 'oidc-provider'
import { sha256 } from '../base/crypto.ts'
import { mappedOf, tenantClaims } from './claims.ts'
import { isSecretOf, type ClientStore } from './client-store.ts'
import type { ClientRow } from './queries.ts'
import { currentUnit } from './unit-of-work.ts'

type BoundToken = AccessToken | RefreshToken | AuthorizationCode
interface FindOptions { ignoreExpiration?: boolean; ignoreSessionBinding?: boolean }

export function shapeModels(provider: Provider, clients: ClientStore): void {
  bindTokens(provider)
  shapeGrant(provider)
  shapeSession(provider)
  shapeClient(provider, clients)
  shapeReplayDetection(provider)
  shapeClaims(provider, clients)
}

function bindTokens(provider: Provider): void {
  const bind = <T extends BoundToken>(model: { find(value: string, options?: FindOptions): Promise<T | undefined> }): void => {
    const find = model.find.bind(model)
    Object.defineProperty(model, 'find', {
      value: async (value: string, options?: FindOptions): Promise<T | undefined> => {
        const token = await find(value, { ...options, ignoreSessionBinding: true })
        if (token?.expiresWithSession !== true || options?.ignoreSessionBinding === true) return token
        const session = token.sessionUid === undefined ? undefined : await provider.Session.findByUid(token.sessionUid)
        return session?.accountId === token.accountId ? token : undefined
      },
    })
  }
  bind<AccessToken>(provider.AccessToken)
  bind<RefreshToken>(provider.RefreshToken)
  bind<AuthorizationCode>(provider.AuthorizationCode)
}

/** A grant carries its session and its membership; both survive save and find, and mirror columns for joins. */
function shapeGrant(provider: Provider): void {
  const names = payloadNames(provider.Grant)
  Object.defineProperty(provider.Grant, 'IN_PAYLOAD', { get: () => [...names, 'sessionUid', 'tenantId', 'membershipId'] })
}

function payloadNames(model: object): readonly string[] {
  const stock: unknown = Reflect.get(model, 'IN_PAYLOAD')
  const names: readonly unknown[] = Array.isArray(stock) ? stock : []
  return names.filter((name) => typeof name === 'string')
}

function shapeSession(provider: Provider): void {
  // The class name is the model's name, for the library and the adapter alike.
  class Session extends provider.Session {
    override save(ttlSeconds: number): Promise<string> {
      // The library would delete the row of the old cookie id; ours is keyed by uid and just learns its new id.
      Reflect.deleteProperty(this, 'oldId')
      return super.save(ttlSeconds)
    }

    override resetIdentifier(): void {
      // A new id at each sign-in and rise of level (ASVS 7.2.4); picking a tenant changes neither, and a parallel tab keeps its cookie.
      const read = currentUnit().sessionAlreadyRead(this.uid)?.payload
      if (read?.accountId === this.accountId && read?.acr === this.acr && read?.loginTs === this.loginTs) return
      super.resetIdentifier()
    }
  }
  const names = payloadNames(provider.Session)
  // `provenAt`: milliseconds since the epoch at which the person proved who they are, by the database's clock (policy.ts).
  // `trustedDevice`: a trusted browser has stood in for the second factor (assurance.ts).
  Object.defineProperty(Session, 'IN_PAYLOAD', { get: () => [...names, 'provenAt', 'trustedDevice'] })
  Object.defineProperty(provider, 'Session', { value: Session })
}

function shapeClient(provider: Provider, clients: ClientStore): void {
  const build = provider.Client.find.bind(provider.Client)
  const built = new WeakMap<ClientRow, InstanceType<typeof provider.Client>>()
  const rows = new WeakMap<InstanceType<typeof provider.Client>, ClientRow>()
  Object.defineProperty(provider.Client, 'find', {
    // The library hashes an app's whole metadata at each look; the row it came from tells the same for nothing.
    value: async (id: string) => {
      const row = typeof id === 'string' ? await clients.find(id) : undefined
      const known = row === undefined ? undefined : built.get(row)
      if (known !== undefined) {
        currentUnit().rely(id)
        return known
      }
      const client = await build(id)
      if (row !== undefined && client !== undefined) {
        built.set(row, client)
        rows.set(client, row)
      }
      return client
    },
  })
  Object.defineProperties(provider.Client.prototype, {
    compareClientSecret: {
      value(this: InstanceType<typeof provider.Client>, actual: string) {
        const row = rows.get(this)
        return row !== undefined && isSecretOf(row, actual)
      },
    },
    // Every token family names its session, so that products can end theirs by it.
    includeSid: { value: () => true },
    // Logout tokens are sent from the log by delivery/, with retries, never inside the person's request.
    backchannelLogout: { value: () => Promise.resolve() },
  })
}

/** One conditional insert instead of look-then-save (RFC 9449 §11.1, RFC 7523 §3): of two equal proofs one is refused. */
function shapeReplayDetection(provider: Provider): void {
  const model: unknown = Reflect.get(provider, 'ReplayDetection')
  if (typeof model !== 'function') throw new Error('oidc-provider has no ReplayDetection model')
  Object.defineProperty(model, 'unique', {
    value: (issuer: string, jti: string, expiresAtSeconds: number) =>
      currentUnit().seenOnce(sha256(`${issuer} ${jti}`), Math.max(1, expiresAtSeconds - Math.floor(Date.now() / 1000))),
  })
}

/** ID token and userinfo carry the tenant context of their grant, and what the app is told by its mapping (protocol.md §3). */
function shapeClaims(provider: Provider, clients: ClientStore): void {
  class Claims extends provider.Claims {
    override async result(): Promise<Record<string, unknown>> {
      return { ...(await tenantClaims(this)), ...(await super.result()), ...(await mappedOf(this, clients)) }
    }
  }
  Object.defineProperty(provider, 'Claims', { value: Claims })
}
