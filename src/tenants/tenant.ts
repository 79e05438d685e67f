/**
 * Owns the rules of a tenant that need no database: its subdomain and its states. Pure.
 * Its roles and members are the members room's.
 */
import { isSubdomainLabel } from '../accounts/identifier.ts'

/** closing: on its way to be deleted; suspended tenants come back, closing ones only by an operator's hand. */
export type TenantStatus = 'active' | 'suspended' | 'closing'

/** What kind of organisation it begins as: decides the roles it starts with, nothing later. */
export const tenantKinds = ['hospital_group', 'clinic', 'company'] as const
export type TenantKind = (typeof tenantKinds)[number]

/** Names that would be taken for the platform's own pages, mail or hosts. */
const reserved = new Set([
  'www', 'api', 'admin', 'account', 'accounts', 'app', 'apps', 'auth', 'cdn', 'console', 'demo', 'dev', 'docs', 'email', 'ftp', 'help',
  'id', 'imap', 'interaction', 'invitations', 'localhost', 'login', 'mail', 'metrics', 'mta-sts', 'mx', 'ns', 'ns1', 'ns2', 'oauth', 'oauth2', 'oidc',
  'operator', 'platform', 'pop', 'postmaster', 'root', 'security', 'signin', 'signup', 'smtp', 'sso', 'static', 'status', 'support', 'system', 't',
  'tegata', 'tenant', 'tenants', 'test', 'webmail', 'wpad', 'autoconfig', 'autodiscover', 'well-known',
])

/** Why no tenant can have this subdomain, or null. It must be typed in lower case, as it will stand in addresses. */
export function subdomainRefusal(subdomain: string): 'invalid_subdomain' | 'reserved_subdomain' | null {
  // RFC 5890 §2.3.1: two hyphens in third and fourth place mean an encoded label, which could look like another tenant's name.
  if (!isSubdomainLabel(subdomain) || subdomain.slice(2, 4) === '--') return 'invalid_subdomain'
  return reserved.has(subdomain) ? 'reserved_subdomain' : null
}

/** Why a tenant in this state cannot be suspended or resumed, or null. */
export function statusRefusal(now: string, wanted: 'active' | 'suspended'): 'already_suspended' | 'not_suspended' | 'tenant_closing' | null {
  if (now === 'closing') return 'tenant_closing'
  if (now === wanted) return wanted === 'suspended' ? 'already_suspended' : 'not_suspended'
  return null
}
