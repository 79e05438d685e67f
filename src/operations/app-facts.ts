/** Owns how an app's stored metadata reads as what an operator typed into its form. Pure. */
import type { ClientInput } from '../apps/client.ts'
import { clientTypes, type ClientType } from '../apps/redirect-uri.ts'
import type { ClientMetadata } from '../apps/stored-client.ts'
import type { ClientPatch } from '../apps/update-client.ts'

export function isClientType(value: string | null): value is ClientType {
  return clientTypes.some((type) => type === value)
}

/** What stands in the form of an app, as text. */
export interface AppValues {
  readonly name: string
  readonly clientId: string
  readonly tenant: string
  readonly firstParty: boolean
  /** One address a line. */
  readonly redirectUris: string
  readonly postLogoutRedirectUris: string
  readonly backchannelLogoutUri: string
  readonly initiateLoginUri: string
  readonly clientUri: string
  readonly logoUri: string
  readonly policyUri: string
  readonly tosUri: string
  readonly acr: string
  /** `<api> <scope>` each. */
  readonly apiScopes: readonly string[]
}

export const emptyValues: AppValues = {
  name: '', clientId: '', tenant: '', firstParty: false, redirectUris: '', postLogoutRedirectUris: '', backchannelLogoutUri: '', initiateLoginUri: '',
  clientUri: '', logoUri: '', policyUri: '', tosUri: '', acr: '', apiScopes: [],
}

export function valuesOf(app: { readonly id: string; readonly name: string; readonly first_party: boolean }, metadata: ClientMetadata): AppValues {
  return {
    ...emptyValues, name: app.name, clientId: app.id, firstParty: app.first_party,
    redirectUris: (metadata.redirect_uris ?? []).join('\n'), postLogoutRedirectUris: (metadata.post_logout_redirect_uris ?? []).join('\n'),
    backchannelLogoutUri: metadata.backchannel_logout_uri ?? '', initiateLoginUri: metadata.initiate_login_uri ?? metadata.loopback_initiate_login_uri ?? '',
    clientUri: metadata.client_uri ?? '', logoUri: metadata.logo_uri ?? '', policyUri: metadata.policy_uri ?? '', tosUri: metadata.tos_uri ?? '',
    acr: metadata.default_acr_values?.[0] ?? '', apiScopes: Object.entries(metadata.api_scopes ?? {}).flatMap(([api, scopes]) => scopes.map((scope) => `${api} ${scope}`)),
  }
}

export function linesOf(written: string): readonly string[] {
  return written.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
}

/** What the command is asked to register. */
export function inputOf(type: ClientType, values: AppValues, tenantId: string | undefined): ClientInput {
  const some = (value: string) => (value === '' ? undefined : value)
  const acr = values.acr === 'aal2' || values.acr === 'phr' ? values.acr : undefined
  const scopes = apiScopesOf(values.apiScopes)
  const common = { type, name: values.name, clientId: some(values.clientId), ...(scopes === undefined ? {} : { apiScopes: scopes }) }
  if (type === 'machine') return { ...common, tenantId }
  return {
    ...common, firstParty: values.firstParty,
    redirectUris: [...linesOf(values.redirectUris)], postLogoutRedirectUris: [...linesOf(values.postLogoutRedirectUris)],
    backchannelLogoutUri: some(values.backchannelLogoutUri), initiateLoginUri: some(values.initiateLoginUri), clientUri: some(values.clientUri), logoUri: some(values.logoUri),
    policyUri: some(values.policyUri), tosUri: some(values.tosUri), ...(acr === undefined ? {} : { defaultAcrValues: [acr] }),
  }
}

/** What of it can be changed; what was emptied is taken away. */
export function changesOf(type: ClientType, values: AppValues): { readonly [Name in keyof ClientPatch]: ClientPatch[Name] | null } {
  const some = (value: string) => (value === '' ? null : value)
  const common = { name: values.name, apiScopes: apiScopesOf(values.apiScopes) ?? null }
  if (type === 'machine') return common
  return {
    ...common, firstParty: values.firstParty,
    redirectUris: [...linesOf(values.redirectUris)], postLogoutRedirectUris: [...linesOf(values.postLogoutRedirectUris)],
    backchannelLogoutUri: some(values.backchannelLogoutUri), initiateLoginUri: some(values.initiateLoginUri), clientUri: some(values.clientUri), logoUri: some(values.logoUri),
    policyUri: some(values.policyUri), tosUri: some(values.tosUri), defaultAcrValues: values.acr === 'aal2' || values.acr === 'phr' ? [values.acr] : null,
  }
}

function apiScopesOf(pairs: readonly string[]): Record<string, string[]> | undefined {
  const scopes = new Map<string, string[]>()
  for (const pair of pairs) {
    const [api = '', scope = ''] = pair.split(' ')
    scopes.set(api, [...(scopes.get(api) ?? []), scope])
  }
  return scopes.size === 0 ? undefined : Object.fromEntries(scopes)
}
