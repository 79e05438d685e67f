/**
 * Which grant serves an authorization request: one per (session, app, membership), made from what the person has agreed to
 * before (`consent`), or from the whole request where the app is first-party. Nothing is written for a question still open.
 */
import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { ClientStore } from './client-store.ts'
import type { ConsentFacts } from './facts.ts'
import { choiceOf } from './membership-choice.ts'
import type { GrantRow } from './queries.ts'
import { currentUnit } from './unit-of-work.ts'

/** For oidc-provider's `loadExistingGrant`; undefined makes it ask for consent. */
export async function loadGrant(ctx: KoaContextWithOIDC, clients: ClientStore): Promise<Grant | undefined> {
  const { oidc } = ctx
  const { account, client, session } = oidc
  if (account === undefined || client === undefined || session === undefined) return undefined
  const choice = await choiceOf(ctx)
  if (choice.kind === 'ambiguous' || choice.kind === 'none') return undefined
  const membership = choice.kind === 'chosen' ? choice.membership : null
  const unit = currentUnit()
  const facts = await clients.find(client.clientId)
  const mine = (await unit.grantsOf(session.uid, client.clientId)).find((row) => row.membership_id === (membership?.id ?? null))
  const firstParty = facts?.first_party === true
  const consents = firstParty ? [] : await unit.consents(account.accountId, client.clientId)
  const consent = consents.find((given) => given.membership_id === (membership?.id ?? null))
  if (mine === undefined && consent === undefined && !firstParty) return undefined

  const grant = (await existing(ctx, mine)) ?? new oidc.provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  if (mine === undefined) Object.assign(grant, { sessionUid: session.uid, tenantId: membership?.tenant_id, membershipId: membership?.id })
  const before = JSON.stringify(grant)
  if (firstParty) addWholeRequest(ctx, grant)
  else if (consent !== undefined) addConsent(grant, consent)
  if (mine === undefined || JSON.stringify(grant) !== before) await grant.save()
  return grant
}

function existing(ctx: KoaContextWithOIDC, row: GrantRow | undefined): Promise<Grant | undefined> {
  return row === undefined ? Promise.resolve(undefined) : ctx.oidc.provider.Grant.find(row.id)
}

function addWholeRequest(ctx: KoaContextWithOIDC, grant: Grant): void {
  const { oidc } = ctx
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  grant.addOIDCClaims([...oidc.requestParamClaims])
  for (const [identifier, server] of Object.entries(oidc.resourceServers ?? {})) {
    const scopes = [...oidc.requestParamScopes].filter((scope) => server.scopes.has(scope))
    if (scopes.length > 0) grant.addResourceScope(identifier, scopes.join(' '))
  }
}

function addConsent(grant: Grant, consent: ConsentFacts): void {
  if (consent.scopes.length > 0) grant.addOIDCScope(consent.scopes.join(' '))
  if (consent.claims.length > 0) grant.addOIDCClaims([...consent.claims])
  for (const [identifier, scopes] of Object.entries(consent.resource_scopes)) grant.addResourceScope(identifier, scopes.join(' '))
}
