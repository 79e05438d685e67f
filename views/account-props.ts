/**
 * Owns the prop types of the account's own pages and their addresses. Every moment is a string that is already written for the reader
 * (see dates.ts); names of browsers and systems come in words. A view judges nothing: what may be done is said by the props.
 */
import type { FormProps, FrameProps, PasskeyProps, PasswordError, TenantColour } from './props.ts'

/** Addresses of the account's own pages; the server's doors and the links between the pages both take them from here. */
export const accountPaths = {
  overview: '/account',
  profile: '/account/profile',
  address: '/account/address',
  password: '/account/password',
  factors: '/account/factors',
  sessions: '/account/sessions',
  tenants: '/account/tenants',
  apps: '/account/apps',
  activity: '/account/activity',
  data: '/account/data',
  addTotp: '/account/factors/totp',
  addPasskey: '/account/factors/passkey',
  download: '/account/data/download',
} as const

/** The places of the navigation, in its order. */
export const accountPlaces = ['overview', 'profile', 'address', 'password', 'factors', 'sessions', 'tenants', 'apps', 'activity', 'data'] as const

export type AccountPlace = (typeof accountPlaces)[number]

export interface AccountNav {
  current: AccountPlace
  personName: string
  signOutUrl: string
}

/** What every page takes: `notice` says what was just done, `error` why a form came back. */
export interface AccountPageProps<Notice extends string = never, Failure extends string = never> {
  frame: FrameProps
  /** Where this page's form posts to: its own address unless said otherwise. */
  form: FormProps
  nav: AccountNav
  notice?: Notice | undefined
  error?: Failure | 'form_expired' | undefined
}

export interface OverviewProps extends AccountPageProps {
  password: {
    /** Null where there is no password (yet). */
    changedAt: string | null
    ageDays: number | null
    /** Where a tenant wants a new one from time to time. */
    expiresAt?: string | undefined
  }
  hasTotp: boolean
  passkeys: number
  recoveryCodesLeft: number
  address: { email: string | null; verified: boolean }
  /** Sessions besides this one. */
  otherSessions: number
  tenants: number
  /** When the account is erased, where the person asked for it. */
  deleteAfter: string | null
}

export interface ProfileProps extends AccountPageProps<'saved', 'name_missing' | 'name_too_long' | 'zoneinfo_unknown'> {
  familyName: string
  givenName: string
  familyNameKana: string
  givenNameKana: string
  /** Empty: the browser decides. */
  locale: 'ja' | 'en' | ''
  /** IANA name; listed even where it is none of the common ones. */
  zoneinfo: string
}

export type AddressFailure = 'missing_email' | 'invalid_email' | 'same_address' | 'too_many_attempts' | 'missing_code' | 'wrong_code' | 'link_invalid' | 'address_taken'

export interface AddressProps extends AccountPageProps<'address_changed', AddressFailure> {
  email: string | null
  verified: boolean
  /** What was typed, when the form comes back. */
  typed?: string | undefined
  /** A code was sent to `email`; `change` is sealed and comes back with the code. */
  pending?: { email: string; change: string } | undefined
  retryAfterSeconds?: number | undefined
}

export interface PasswordProps extends AccountPageProps<'password_changed', PasswordError | 'same_password' | 'busy'> {
  /** Shown read-only, so that a password manager files the new password under it: the address, or the staff number. */
  username: string
  /** Fewest characters: 15, or 8 where a second factor exists. */
  minimum: number
  /** reveal.js. */
  scriptUrls?: readonly string[] | undefined
}

export interface PasskeyRow {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  /** Copied between the person's devices (backed_up); otherwise on one device only. */
  synced: boolean
  cloneSuspectedAt: string | null
  renameUrl: string
}

export type FactorsNotice = 'totp_added' | 'totp_removed' | 'passkey_added' | 'passkey_renamed' | 'passkey_removed'

export interface FactorsProps extends AccountPageProps<FactorsNotice, 'not_found'> {
  totp: { createdAt: string; lastUsedAt: string | null } | null
  passkeys: readonly PasskeyRow[]
  recoveryCodesLeft: number
  /** Browsers that are not asked for a second factor at the moment. */
  trustedBrowsers: number
  /** False where the server has no relying party id for WebAuthn. */
  passkeysAvailable: boolean
}

export interface RenamePasskeyProps extends AccountPageProps<never, 'name_missing' | 'name_too_long'> {
  name: string
}

export interface AddTotpProps extends AccountPageProps<never, 'missing_code' | 'wrong_code' | 'enrolment_expired' | 'too_many_attempts'> {
  /** data:image/svg+xml;base64,… */
  qr: string
  secret: string
  /** `otpauth://totp/…`, for a phone that cannot read its own screen. */
  uri?: string | undefined
  /** Sealed; comes back with the code. */
  enrolment: string
  /** Whether an app is connected already, which this one takes the place of. */
  replaces: boolean
  retryAfterSeconds?: number | undefined
  /** copy.js. */
  scriptUrls?: readonly string[] | undefined
}

export interface AddPasskeyProps extends AccountPageProps<never, 'challenge_invalid' | 'passkey_invalid' | 'passkey_known' | 'name_too_long'> {
  passkey: PasskeyProps
  /** Suggested, say the system in words, or what was typed when the form comes back; may be changed or left empty. */
  name: string
  /** The WebAuthn bundle, then passkey.js. */
  scriptUrls: readonly string[]
}

export interface NewRecoveryCodesProps extends AccountPageProps<'totp_added' | 'passkey_added'> {
  codes: readonly string[]
  /** What the file and the printed page say; see recoveryCodesFile in pages/recovery-codes.tsx. */
  fileText: string
  /** copy.js. */
  scriptUrls?: readonly string[] | undefined
}

/** What ConfirmPage asks about; `name` is the passkey's, the tenant's or the app's. With the last factor the recovery codes go. */
export type ConfirmedAct =
  | { kind: 'remove_totp'; lastFactor: boolean }
  | { kind: 'remove_passkey'; name: string; lastFactor: boolean }
  | { kind: 'renew_recovery_codes' }
  | { kind: 'leave_tenant' | 'revoke_app'; name: string }
  | { kind: 'delete_account'; graceDays: number }

export interface ConfirmProps extends AccountPageProps<never, 'last_admin'> {
  act: ConfirmedAct
  /** Comes back in the hidden field `target`: the id that the act is about, where the form's address does not say it. */
  target?: string | undefined
  cancelUrl: string
  /** Tenants that would be left without an administrator; with them there is no button. */
  lastAdminOf?: readonly string[] | undefined
}

interface BrowserWords {
  /** "Chrome 141"; null where the browser did not say. */
  browserName: string | null
  /** "Windows 11"; null where the browser did not say. */
  systemName: string | null
}

export interface SessionRow extends BrowserWords {
  uid: string
  current: boolean
  signedInAt: string
  lastSeenAt: string
  acr: string
  amr: readonly string[]
  apps: readonly string[]
}

export interface DeviceRow extends BrowserWords {
  current: boolean
  firstSeenAt: string
  lastSeenAt: string
  trustedUntil: string | null
}

export interface SessionsProps extends AccountPageProps<'session_ended' | 'others_ended' | 'devices_forgotten', 'not_found'> {
  /** This browser's session first. */
  sessions: readonly SessionRow[]
  devices: readonly DeviceRow[]
}

export interface MembershipRow {
  membershipId: string
  tenantName: string
  /** One character for the tile; see initialOf. */
  initial: string
  colour: TenantColour
  roleName: string
  units: readonly string[]
  since: string
  until: string | null
  status: 'active' | 'suspended' | 'expired' | 'not_started' | 'tenant_suspended'
  /** The console of the tenant, for whoever may do something there. */
  consoleUrl: string | null
  /** Why the person cannot leave now; null where they can. */
  staysBecause: 'last_admin' | null
}

/** An invitation that the person may answer here, because its address is proved to be theirs. */
export interface WaitingInvitation {
  membershipId: string
  tenantName: string
  initial: string
  colour: TenantColour
  roleName: string
  inviterName: string | null
  until: string
}

export interface TenantsProps extends AccountPageProps<'left' | 'joined' | 'declined', 'last_admin' | 'not_found' | 'seat_limit_reached'> {
  /** The one that ends first before. */
  invitations: readonly WaitingInvitation[]
  memberships: readonly MembershipRow[]
}

export interface ConnectedApp {
  /** What `revoke` posts. */
  id: string
  name: string
  homeUrl?: string | undefined
  /** Scopes of the platform itself. */
  scopes: readonly string[]
  /** Scopes of apis, by name. */
  apis: readonly { name: string; scopes: readonly string[] }[]
  tenantName: string | null
  since: string
}

export interface AppsProps extends AccountPageProps<'revoked', 'not_found'> {
  apps: readonly ConnectedApp[]
}

export interface ActivityRow extends BrowserWords {
  id: string
  at: string
  /** Of the event catalogue; a type without words of its own gets a neutral sentence. */
  type: string
  outcome: 'success' | 'failure' | 'refused'
  ip: string | null
  /** The name of what it is about, as text for the reader: an app, a tenant, a passkey; null where there is none. */
  detail: string | null
  /** `after.how`, `after.factor` or `reason` of the event, where it has one: picks a closer sentence. */
  how?: string | undefined
  /** Somebody else did it: an administrator. */
  byOther: boolean
}

export interface ActivityProps extends AccountPageProps {
  /** Newest first. */
  events: readonly ActivityRow[]
  /** `/account/activity?before=…`; null on the last page. */
  olderUrl: string | null
  /** Back to the newest; null on the first page. */
  newestUrl: string | null
}

export interface DataProps extends AccountPageProps<'deletion_requested' | 'deletion_cancelled', 'last_admin'> {
  /** When the account is erased, where the person asked for it. */
  deleteAfter: string | null
  graceDays: number
  /** Tenants that would be left without an administrator: they stand in the way. */
  lastAdminOf: readonly string[]
}
