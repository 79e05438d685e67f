/** The account's own pages in every state worth looking at; gallery.ts walks them with the others. */
import { h } from 'preact'
import type { AccountPlace, ActivityRow, DeviceRow, MembershipRow, PasskeyRow, SessionRow } from '../../views/account-props.ts'
import { ActivityPage } from '../../views/pages/account/activity.tsx'
import { AddPasskeyPage } from '../../views/pages/account/add-passkey.tsx'
import { AddTotpPage } from '../../views/pages/account/add-totp.tsx'
import { AddressPage } from '../../views/pages/account/address.tsx'
import { AppsPage } from '../../views/pages/account/apps.tsx'
import { ConfirmPage } from '../../views/pages/account/confirm.tsx'
import { DataPage } from '../../views/pages/account/data.tsx'
import { FactorsPage } from '../../views/pages/account/factors.tsx'
import { NewRecoveryCodesPage } from '../../views/pages/account/new-recovery-codes.tsx'
import { OverviewPage } from '../../views/pages/account/overview.tsx'
import { PasswordPage } from '../../views/pages/account/password.tsx'
import { ProfilePage } from '../../views/pages/account/profile.tsx'
import { RenamePasskeyPage } from '../../views/pages/account/rename-passkey.tsx'
import { SessionsPage } from '../../views/pages/account/sessions.tsx'
import { TenantsPage } from '../../views/pages/account/tenants.tsx'
import { dateTime } from '../../views/dates.ts'
import { recoveryCodesFile } from '../../views/pages/recovery-codes.tsx'
import type { FrameProps } from '../../views/props.ts'
import type { Picture } from './picture.ts'

function base(frame: FrameProps, current: AccountPlace) {
  return { frame, form: { action: `/account/${current}`, csrfToken: 'kR3vX0' }, nav: { current, personName: '佐藤 花子', signOutUrl: '/oauth2/logout' } }
}

type Pairs = readonly (readonly [name: string, node: Picture['node']])[]

function pictures(page: Picture['page'], list: Pairs): Picture[] {
  return list.map(([name, node]) => ({ name: `account-${name}`, page, node }))
}

function momentOf(frame: FrameProps) {
  return (iso: string) => dateTime(frame.locale, `${iso}:00+09:00`)
}

const qr = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M0 0h7v7H0zM22 0h7v7h-7zM0 22h7v7H0zM10 10h9v9h-9z"/></svg>')}`
const codes = ['k7m2q-9xw4t', 'p3vhd-6n8rj', 'z5c2y-m4k9f', 'w8t6b-q2d7h', 'h4x9n-j3v5r', 'r6k2p-y8m4c', 'd9f3w-t5z7q', 'b2j8v-n6h4x', 'm7y5c-k9r3p', 'q4w6z-d2t8f']

function overviews(frame: FrameProps): Picture[] {
  const on = momentOf(frame)
  const fine = {
    ...base(frame, 'overview'),
    password: { changedAt: on('2026-03-02T09:14'), ageDays: 263 },
    hasTotp: true,
    passkeys: 2,
    recoveryCodesLeft: 8,
    address: { email: 'hanako@example.com', verified: true },
    otherSessions: 1,
    tenants: 2,
    deleteAfter: null,
  }
  const worried = {
    ...fine,
    password: { changedAt: on('2026-11-20T08:01'), ageDays: 0, expiresAt: on('2026-12-01T00:00') },
    hasTotp: false,
    passkeys: 0,
    recoveryCodesLeft: 0,
    address: { email: 'hanako@example.com', verified: false },
    otherSessions: 0,
    tenants: 0,
    deleteAfter: on('2026-12-05T10:00'),
  }
  return pictures('account_overview', [
    ['overview', h(OverviewPage, fine)],
    ['overview-worried', h(OverviewPage, worried)],
    ['overview-few-codes', h(OverviewPage, { ...fine, passkeys: 0, recoveryCodesLeft: 2, address: { email: null, verified: false } })],
    ['overview-no-codes', h(OverviewPage, { ...fine, hasTotp: false, passkeys: 1, recoveryCodesLeft: 0, password: { changedAt: null, ageDays: null } })],
  ])
}

function profiles(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'profile'), familyName: '佐藤', givenName: '花子', familyNameKana: 'サトウ', givenNameKana: 'ハナコ', locale: 'ja', zoneinfo: 'Asia/Tokyo' } as const
  return pictures('account_profile', [
    ['profile', h(ProfilePage, props)],
    ['profile-saved', h(ProfilePage, { ...props, notice: 'saved', locale: '', zoneinfo: 'Antarctica/Troll' })],
    ['profile-name-missing', h(ProfilePage, { ...props, givenName: ' ', error: 'name_missing' })],
    ['profile-name-too-long', h(ProfilePage, { ...props, error: 'name_too_long' })],
    ['profile-zone-unknown', h(ProfilePage, { ...props, zoneinfo: 'Asia/Edo', error: 'zoneinfo_unknown' })],
    ['profile-expired', h(ProfilePage, { ...props, error: 'form_expired' })],
  ])
}

function addresses(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'address'), email: 'hanako@example.com', verified: true }
  const pending = { email: 'hanako.sato@example.org', change: 'sealed' }
  const atEmail = ['missing_email', 'invalid_email', 'same_address', 'address_taken', 'link_invalid', 'form_expired'] as const
  const atCode = ['missing_code', 'wrong_code', 'form_expired'] as const
  return pictures('account_address', [
    ['address', h(AddressPage, props)],
    ['address-none', h(AddressPage, { ...props, email: null, verified: false })],
    ['address-unverified', h(AddressPage, { ...props, verified: false })],
    ['address-changed', h(AddressPage, { ...props, notice: 'address_changed' })],
    ...atEmail.map((error) => [`address-${error}`, h(AddressPage, { ...props, typed: 'hanako.sato', error })] as const),
    ['address-too-many', h(AddressPage, { ...props, typed: 'hanako.sato@example.org', error: 'too_many_attempts', retryAfterSeconds: 850 })],
    ['address-code', h(AddressPage, { ...props, pending })],
    ...atCode.map((error) => [`address-code-${error}`, h(AddressPage, { ...props, pending, error })] as const),
  ])
}

function passwords(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'password'), username: 'hanako@example.com', minimum: 15, scriptUrls: ['/assets/reveal.js'] }
  const errors = ['missing_password', 'password_too_short', 'password_too_long', 'password_too_common', 'same_password', 'busy', 'form_expired'] as const
  return pictures('account_password', [
    ['password', h(PasswordPage, props)],
    ['password-changed', h(PasswordPage, { ...props, minimum: 8, notice: 'password_changed' })],
    ...errors.map((error) => [`password-${error}`, h(PasswordPage, { ...props, error })] as const),
  ])
}

function factors(frame: FrameProps): Picture[] {
  const on = momentOf(frame)
  const phone: PasskeyRow = {
    id: 'Zk3-phone_01',
    name: frame.locale === 'ja' ? '仕事用のスマートフォン' : 'Work phone',
    createdAt: on('2026-05-11T18:20'),
    lastUsedAt: on('2026-11-21T08:02'),
    synced: true,
    cloneSuspectedAt: null,
    renameUrl: '/account/factors/passkeys/Zk3-phone_01',
  }
  const key: PasskeyRow = { ...phone, id: 'q8w-key', name: 'YubiKey 5C', lastUsedAt: null, synced: false, cloneSuspectedAt: on('2026-11-19T23:40'), renameUrl: '/account/factors/passkeys/q8w-key' }
  const props = {
    ...base(frame, 'factors'),
    totp: { createdAt: on('2026-04-01T10:05'), lastUsedAt: on('2026-11-20T17:31') },
    passkeys: [phone, key],
    recoveryCodesLeft: 8,
    trustedBrowsers: 1,
    passkeysAvailable: true,
  }
  const none = { ...props, totp: null, passkeys: [], recoveryCodesLeft: 0, trustedBrowsers: 0 }
  const notices = ['totp_added', 'totp_removed', 'passkey_added', 'passkey_renamed', 'passkey_removed'] as const
  return pictures('account_factors', [
    ['factors', h(FactorsPage, props)],
    ['factors-none', h(FactorsPage, none)],
    ['factors-no-passkeys', h(FactorsPage, { ...none, totp: { createdAt: props.totp.createdAt, lastUsedAt: null }, recoveryCodesLeft: 2, passkeysAvailable: false })],
    ['factors-no-codes', h(FactorsPage, { ...props, recoveryCodesLeft: 0, error: 'not_found' })],
    ['factors-expired', h(FactorsPage, { ...props, error: 'form_expired' })],
    ...notices.map((notice) => [`factors-${notice}`, h(FactorsPage, { ...props, notice })] as const),
  ])
}

function renamings(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'factors'), name: 'YubiKey 5C' }
  return pictures('account_rename_passkey', [
    ['rename', h(RenamePasskeyPage, props)],
    ['rename-missing', h(RenamePasskeyPage, { ...props, name: '', error: 'name_missing' })],
    ['rename-too-long', h(RenamePasskeyPage, { ...props, error: 'name_too_long' })],
    ['rename-expired', h(RenamePasskeyPage, { ...props, error: 'form_expired' })],
  ])
}

function additions(frame: FrameProps): Picture[] {
  const at = base(frame, 'factors')
  const totp = { ...at, qr, secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Tegata:hanako?secret=JBSWY3DPEHPK3PXP', enrolment: 'sealed', replaces: false, scriptUrls: ['/assets/copy.js'] }
  const totpErrors = ['missing_code', 'wrong_code', 'enrolment_expired', 'form_expired'] as const
  const passkey = { ...at, passkey: { options: '{"challenge":"bm90IHJlYWxseQ"}', challenge: 'sealed' }, name: 'Windows', scriptUrls: ['/assets/simplewebauthn.js', '/assets/passkey.js'] }
  const passkeyErrors = ['challenge_invalid', 'passkey_invalid', 'passkey_known', 'name_too_long', 'form_expired'] as const
  return [
    ...pictures('account_add_totp', [
      ['add-totp', h(AddTotpPage, totp)],
      ['add-totp-replaces', h(AddTotpPage, { ...totp, uri: undefined, replaces: true })],
      ...totpErrors.map((error) => [`add-totp-${error}`, h(AddTotpPage, { ...totp, error })] as const),
      ['add-totp-too-many', h(AddTotpPage, { ...totp, error: 'too_many_attempts', retryAfterSeconds: 40 })],
    ]),
    ...pictures('account_add_passkey', [
      ['add-passkey', h(AddPasskeyPage, passkey)],
      ...passkeyErrors.map((error) => [`add-passkey-${error}`, h(AddPasskeyPage, { ...passkey, error })] as const),
    ]),
  ]
}

function recoveryCodes(frame: FrameProps): Picture[] {
  const fileText = recoveryCodesFile(frame.locale, { account: 'hanako@example.com', date: momentOf(frame)('2026-11-21T08:30'), codes })
  const props = { ...base(frame, 'factors'), codes, fileText, scriptUrls: ['/assets/copy.js'] }
  return pictures('account_recovery_codes', [
    ['recovery-codes', h(NewRecoveryCodesPage, props)],
    ['recovery-codes-first', h(NewRecoveryCodesPage, { ...props, notice: 'totp_added' })],
  ])
}

function confirmations(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'factors'), cancelUrl: '/account/factors' }
  const leaving = { ...props, ...base(frame, 'tenants'), act: { kind: 'leave_tenant', name: '医療法人さくら会' } } as const
  return pictures('account_confirm', [
    ['confirm-totp', h(ConfirmPage, { ...props, act: { kind: 'remove_totp', lastFactor: true } })],
    ['confirm-passkey', h(ConfirmPage, { ...props, act: { kind: 'remove_passkey', name: 'YubiKey 5C', lastFactor: false }, target: 'q8w-key' })],
    ['confirm-codes', h(ConfirmPage, { ...props, act: { kind: 'renew_recovery_codes' } })],
    ['confirm-leave', h(ConfirmPage, leaving)],
    ['confirm-leave-last-admin', h(ConfirmPage, { ...leaving, lastAdminOf: ['医療法人さくら会'] })],
    ['confirm-leave-raced', h(ConfirmPage, { ...leaving, error: 'last_admin' })],
    ['confirm-revoke', h(ConfirmPage, { ...props, ...base(frame, 'apps'), act: { kind: 'revoke_app', name: 'シフト名人' }, error: 'form_expired' })],
    ['confirm-delete', h(ConfirmPage, { ...props, ...base(frame, 'data'), act: { kind: 'delete_account', graceDays: 14 } })],
  ])
}

function sessions(frame: FrameProps): Picture[] {
  const on = momentOf(frame)
  const here: SessionRow = {
    uid: 's-1',
    current: true,
    browserName: 'Chrome 141',
    systemName: 'Windows 11',
    signedInAt: on('2026-11-21T08:02'),
    lastSeenAt: on('2026-11-21T09:41'),
    acr: 'aal2',
    amr: ['pwd', 'otp', 'mfa'],
    apps: ['Karte', 'Koe'],
  }
  const others: readonly SessionRow[] = [
    { ...here, uid: 's-2', current: false, browserName: 'Safari 26', systemName: 'iOS 26', amr: ['swk', 'user'], acr: 'phr', apps: ['シフト名人'] },
    { ...here, uid: 's-3', current: false, browserName: null, systemName: null, signedInAt: on('2026-11-18T21:15'), amr: ['pwd'], acr: 'aal1', apps: [] },
  ]
  const devices: readonly DeviceRow[] = [
    { current: true, browserName: 'Chrome 141', systemName: 'Windows 11', firstSeenAt: on('2026-01-06T08:30'), lastSeenAt: here.lastSeenAt, trustedUntil: on('2026-12-01T08:02') },
    { current: false, browserName: 'Safari 26', systemName: 'iOS 26', firstSeenAt: on('2026-06-30T12:00'), lastSeenAt: on('2026-11-20T22:10'), trustedUntil: null },
  ]
  const props = { ...base(frame, 'sessions'), sessions: [here, ...others], devices }
  const notices = ['session_ended', 'others_ended', 'devices_forgotten'] as const
  return pictures('account_sessions', [
    ['sessions', h(SessionsPage, props)],
    ['sessions-alone', h(SessionsPage, { ...props, sessions: [here], devices: [] })],
    ['sessions-not-found', h(SessionsPage, { ...props, error: 'not_found' })],
    ['sessions-expired', h(SessionsPage, { ...props, error: 'form_expired' })],
    ...notices.map((notice) => [`sessions-${notice}`, h(SessionsPage, { ...props, notice })] as const),
  ])
}

function tenants(frame: FrameProps): Picture[] {
  const sakura: MembershipRow = {
    membershipId: '019a3f6e-0001-7000-8000-000000000001',
    tenantName: '医療法人さくら会',
    initial: 'さ',
    colour: 'ai',
    roleName: 'DEPARTMENT_HEAD',
    units: ['看護部門', '厚生病院 3階病棟'],
    since: frame.locale === 'ja' ? '2024年4月1日' : '1 April 2024',
    until: null,
    status: 'active',
    consoleUrl: null,
    staysBecause: null,
  }
  const midori: MembershipRow = { ...sakura, membershipId: 'm-2', tenantName: 'みどり整骨院', initial: 'み', colour: 'matsu', roleName: 'clinic_admin', units: [], consoleUrl: '/t/midori', staysBecause: 'last_admin' }
  const until = frame.locale === 'ja' ? '2026年9月30日' : '30 September 2026'
  const closed = (['suspended', 'expired', 'not_started', 'tenant_suspended'] as const).map((status): MembershipRow => ({
    ...sakura,
    membershipId: status,
    tenantName: '社会福祉法人ひまわり',
    initial: 'ひ',
    colour: 'kogane',
    until,
    status,
  }))
  const waiting = { membershipId: 'm-3', tenantName: 'みどり整骨院', initial: 'み', colour: 'matsu', roleName: 'therapist', inviterName: '緑川 稔', until } as const
  const props = { ...base(frame, 'tenants'), invitations: [], memberships: [sakura, midori] }
  return pictures('account_tenants', [
    ['tenants', h(TenantsPage, props)],
    ['tenants-invited', h(TenantsPage, { ...props, invitations: [waiting] })],
    ['tenants-joined', h(TenantsPage, { ...props, notice: 'joined' })],
    ['tenants-declined', h(TenantsPage, { ...props, notice: 'declined' })],
    ['tenants-full', h(TenantsPage, { ...props, invitations: [waiting], error: 'seat_limit_reached' })],
    ['tenants-closed', h(TenantsPage, { ...props, memberships: [sakura, ...closed] })],
    ['tenants-none', h(TenantsPage, { ...props, memberships: [], notice: 'left' })],
    ['tenants-last-admin', h(TenantsPage, { ...props, error: 'last_admin' })],
    ['tenants-not-found', h(TenantsPage, { ...props, error: 'not_found' })],
    ['tenants-expired', h(TenantsPage, { ...props, error: 'form_expired' })],
  ])
}

function apps(frame: FrameProps): Picture[] {
  const since = frame.locale === 'ja' ? '2026年2月14日' : '14 February 2026'
  const shift = {
    id: 'grant-1',
    name: 'シフト名人',
    homeUrl: 'https://shift.example/',
    scopes: ['openid', 'profile', 'email', 'tenant', 'offline_access', 'legacy_export'],
    apis: [{ name: 'Karte API', scopes: ['records:read'] }],
    tenantName: '医療法人さくら会',
    since,
  }
  const props = { ...base(frame, 'apps'), apps: [shift, { ...shift, id: 'grant-2', name: 'Koe', homeUrl: undefined, scopes: ['openid'], apis: [], tenantName: null }] }
  return pictures('account_apps', [
    ['apps', h(AppsPage, props)],
    ['apps-none', h(AppsPage, { ...props, apps: [], notice: 'revoked' })],
    ['apps-not-found', h(AppsPage, { ...props, error: 'not_found' })],
    ['apps-expired', h(AppsPage, { ...props, error: 'form_expired' })],
  ])
}

const seen: readonly (readonly [type: string, more: Partial<ActivityRow>])[] = [
  ['sign_in.succeeded', {}],
  ['authorization.granted', { detail: 'Karte' }],
  ['second_factor.succeeded', { how: 'totp' }],
  ['sign_in.failed', { outcome: 'failure', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348' }],
  ['sign_in.refused', { outcome: 'refused' }],
  ['device.recognised', { browserName: null, systemName: null }],
  ['password.changed', { how: 'reset' }],
  ['password.changed', { how: 'unheard_of' }],
  ['factors.reset', { byOther: true }],
  ['passkey.registered', { detail: 'YubiKey 5C' }],
  ['passkey.clone_suspected', { detail: 'YubiKey 5C', outcome: 'failure' }],
  ['consent.granted', { detail: 'シフト名人' }],
  ['membership.created', { detail: '医療法人さくら会', byOther: true }],
  ['something.new', { ip: null }],
]

function activities(frame: FrameProps): Picture[] {
  const at = momentOf(frame)('2026-11-21T08:02')
  const plain = { at, outcome: 'success', browserName: 'Chrome 141', systemName: 'Windows 11', ip: '192.0.2.7', detail: null, byOther: false } as const
  const events = seen.map(([type, more], place): ActivityRow => ({ ...plain, id: String(place), type, ...more }))
  const props = { ...base(frame, 'activity'), events, olderUrl: '/account/activity?before=7', newestUrl: null }
  return pictures('account_activity', [
    ['activity', h(ActivityPage, props)],
    ['activity-last-page', h(ActivityPage, { ...props, events: events.slice(0, 3), olderUrl: null, newestUrl: '/account/activity' })],
    ['activity-none', h(ActivityPage, { ...props, events: [], olderUrl: null })],
  ])
}

function data(frame: FrameProps): Picture[] {
  const props = { ...base(frame, 'data'), deleteAfter: null, graceDays: 14, lastAdminOf: [] }
  const pending = { ...props, deleteAfter: momentOf(frame)('2026-12-05T10:00') }
  return pictures('account_data', [
    ['data', h(DataPage, props)],
    ['data-last-admin', h(DataPage, { ...props, lastAdminOf: ['みどり整骨院', '青葉クリニック'], error: 'last_admin' })],
    ['data-pending', h(DataPage, { ...pending, notice: 'deletion_requested' })],
    ['data-kept', h(DataPage, { ...props, notice: 'deletion_cancelled' })],
    ['data-expired', h(DataPage, { ...pending, error: 'form_expired' })],
  ])
}

/** All pictures of the account in the frame's language. */
export function accountPictures(frame: FrameProps): Picture[] {
  return [overviews, profiles, addresses, passwords, factors, renamings, additions, recoveryCodes, confirmations, sessions, tenants, apps, activities, data].flatMap((make) => make(frame))
}
