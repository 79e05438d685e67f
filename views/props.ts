/**
 * Owns the prop types that several pages share. Props are what the server has already decided:
 * a view judges nothing, reads nothing and chooses only words.
 */
import type { Locale } from './locale.ts'

/** How a tenant looks. Its addresses are paths of ours. */
export interface BrandProps {
  name: string
  logo?: { url: string; width: number; height: number } | undefined
  /** Its colour, in place of our own. */
  stylesheetUrl?: string | undefined
}

export interface FrameProps {
  locale: Locale
  requestId: string
  /** The same page in each language; relative paths are fine, they are ours. */
  languageLinks: { ja: string; en: string }
  helpUrl?: string | undefined
  privacyUrl?: string | undefined
  stylesheetUrl: string
  markUrl: string
  /** The tenant that the page is for, where one is known. */
  brand?: BrandProps | undefined
  faviconUrl?: string | undefined
}

export interface AppProps {
  name: string
  logoUrl?: string | undefined
  policyUrl?: string | undefined
  termsUrl?: string | undefined
  homeUrl?: string | undefined
  firstParty: boolean
}

export interface TenantProps {
  name: string
}

/** Where a form of ours posts to, and the token that proves that our page sent it. */
export interface FormProps {
  action: string
  csrfToken: string
}

export interface PersonProps {
  displayName: string
  /** What the person signs in with: the address or the staff number. */
  identifier: string
}

/** Class names of the coloured tiles that stand for tenants; nothing outside this list reaches a class attribute. */
export const tenantColours = ['ai', 'matsu', 'ume', 'fuji', 'kogane', 'sumi'] as const

export type TenantColour = (typeof tenantColours)[number]

export type DisabledReason = 'suspended' | 'expired' | 'not_started' | 'app_not_used' | 'app_not_assigned'

export interface MembershipChoice {
  membershipId: string
  tenantName: string
  subdomain: string
  roleName: string
  unitName?: string | undefined
  /** One character for the tile; see initialOf. */
  initial: string
  colour: TenantColour
  disabledReason?: DisabledReason | undefined
}

/** An invitation that waits for the person at the picker. */
export interface PendingInvitation {
  membershipId: string
  tenantName: string
  roleName: string
  initial: string
  colour: TenantColour
}

/** Why a form came back; the words live in the messages. */
export type SignInError =
  | 'wrong_credentials'
  | 'missing_identifier'
  | 'missing_password'
  | 'too_many_attempts'
  | 'account_suspended'
  | 'busy'
  | 'form_expired'
  | 'passkey_failed'
  | 'passkey_unknown'

/** Why a person who may already be signed in is asked again. */
export type SignInReason = 'session_too_old' | 'signed_out' | 'app_asked' | 'other_account_needed' | 'account_switched'

export type SelectTenantError = 'choice_invalid' | 'form_expired'

/** What a page needs for a passkey; `options` are those of the server as JSON text, `challenge` is sealed. */
export interface PasskeyProps {
  options: string
  challenge: string
}

export type SecondFactorMethod = 'totp' | 'recovery_code' | 'passkey'

/** Who wants a second factor: the tenant's rule, the app, or the person's own choice. */
export type SecondFactorReason = 'tenant' | 'app' | 'own'

/** Why a new password was not taken. */
export type PasswordError = 'missing_password' | 'password_too_short' | 'password_too_long' | 'password_too_common'

/** What a link in a mail, or one handed over by an administrator, is for. */
export type LinkPurpose = 'registration' | 'password_reset' | 'activation' | 'address_change' | 'address_undo' | 'unlock' | 'deletion'
