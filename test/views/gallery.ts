/**
 * Every page in every state worth looking at, as data: tests, screenshots and accessibility runs walk this list.
 * A new page or state is added here first.
 */
import { h } from 'preact'
import type { Locale } from '../../views/locale.ts'
import { ConsentPage } from '../../views/pages/consent.tsx'
import { DeadInteractionPage } from '../../views/pages/dead-interaction.tsx'
import { DevMailListPage, DevMailPage } from '../../views/pages/dev-mail.tsx'
import { EnrolPasskeyPage } from '../../views/pages/enrol-passkey.tsx'
import { EnrolTotpPage } from '../../views/pages/enrol-totp.tsx'
import { EnrolPage } from '../../views/pages/enrol.tsx'
import { ErrorPage, errorCodes } from '../../views/pages/error.tsx'
import { HomePage } from '../../views/pages/home.tsx'
import { DeadLinkPage, DonePage, LinkPage } from '../../views/pages/link-page.tsx'
import { NewPasswordPage } from '../../views/pages/new-password.tsx'
import { NoTenantPage } from '../../views/pages/no-tenant.tsx'
import { RecoverPage, RecoverSentPage } from '../../views/pages/recover.tsx'
import { RecoveryCodesPage, recoveryCodesFile } from '../../views/pages/recovery-codes.tsx'
import { ReferencePage, ReferenceReturnPage } from '../../views/pages/reference.tsx'
import { RegisterAddressPage, RegisterCodePage, RegisterDetailsPage } from '../../views/pages/register.tsx'
import { SecondFactorPage } from '../../views/pages/second-factor.tsx'
import { SelectTenantPage } from '../../views/pages/select-tenant.tsx'
import { SignInPage } from '../../views/pages/sign-in.tsx'
import { SignOutPage } from '../../views/pages/sign-out.tsx'
import { SignedOutPage } from '../../views/pages/signed-out.tsx'
import type { AppProps, FrameProps, MembershipChoice } from '../../views/props.ts'
import { accountPictures } from './gallery-account.ts'
import { invitationPictures } from './gallery-invitation.ts'
import type { Picture } from './picture.ts'

export type { Picture }

export function frameOf(locale: Locale): FrameProps {
  return {
    locale,
    requestId: '019a3f6e-7c1d-7b52-9f0a-5d1c0e9b7a42',
    languageLinks: { ja: '?ui_locales=ja', en: '?ui_locales=en' },
    helpUrl: 'https://tegata.example/help',
    privacyUrl: 'https://tegata.example/privacy',
    stylesheetUrl: '/assets/tegata.css',
    markUrl: '/assets/mark.svg',
    faviconUrl: '/assets/favicon.svg',
  }
}

const form = { action: '/interaction/9tQ2c', csrfToken: 'kR3vX0' }
export const person = { displayName: '佐藤 花子', identifier: 'hanako@example.com' }

export const karte: AppProps = { name: 'Karte', homeUrl: 'https://karte.example/', firstParty: true }
const thirdParty: AppProps = {
  name: 'シフト名人',
  logoUrl: 'https://shift.example/logo.svg',
  policyUrl: 'https://shift.example/privacy',
  termsUrl: 'https://shift.example/terms',
  homeUrl: 'https://shift.example/',
  firstParty: false,
}
const sakura = { name: '医療法人さくら会' }

const bundleUrl = '/assets/simplewebauthn.js'
const passkeyScripts = [bundleUrl, '/assets/passkey.js']
const revealScripts = ['/assets/reveal.js']
const copyScripts = ['/assets/copy.js']
export const passkey = { options: '{"challenge":"bm90IHJlYWxseSByYW5kb20","rpId":"localhost"}', challenge: 'sealed' }

export const memberships: readonly MembershipChoice[] = [
  {
    membershipId: '019a3f6e-0001-7000-8000-000000000001',
    tenantName: '医療法人さくら会',
    subdomain: 'sakura',
    roleName: 'DEPARTMENT_HEAD',
    unitName: '看護部門',
    initial: 'さ',
    colour: 'ai',
  },
  {
    membershipId: '019a3f6e-0002-7000-8000-000000000002',
    tenantName: 'みどり整骨院',
    subdomain: 'midori',
    roleName: 'therapist',
    initial: 'み',
    colour: 'matsu',
  },
]

const closed: readonly MembershipChoice[] = [
  { membershipId: 'm3', tenantName: '社会福祉法人ひまわり', subdomain: 'himawari', roleName: 'STAFF', initial: 'ひ', colour: 'kogane', disabledReason: 'suspended' },
  { membershipId: 'm4', tenantName: '青葉クリニック', subdomain: 'aoba', roleName: 'nurse', initial: '青', colour: 'fuji', disabledReason: 'expired' },
  { membershipId: 'm5', tenantName: '株式会社ケアリンク', subdomain: 'carelink', roleName: 'operator', unitName: '本社', initial: 'ケ', colour: 'ume', disabledReason: 'not_started' },
]

const closedToApp = memberships.slice(0, 1).map((one) => ({ ...one, disabledReason: 'app_not_assigned' as const }))

const many: readonly MembershipChoice[] = Array.from({ length: 12 }, (_, index) => ({
  membershipId: `many-${index}`,
  tenantName: `訪問看護ステーション 第${index + 1}拠点`,
  subdomain: `station-${index + 1}`,
  roleName: 'STAFF',
  initial: '訪',
  colour: 'sumi',
}))

function signIns(frame: FrameProps): Picture[] {
  const base = { frame, form, app: karte, tenant: sakura, identifier: '', canCancel: true }
  const typed = { ...base, identifier: 'hanako@example.com' }
  const allWays = { acceptsStaffNumber: true, recoverUrl: '/recover', registerUrl: '/register', passkey, scriptUrls: [...passkeyScripts, ...revealScripts] }
  const errors = ['wrong_credentials', 'missing_password', 'account_suspended', 'form_expired'] as const
  const reasons = ['session_too_old', 'signed_out', 'app_asked', 'other_account_needed', 'account_switched'] as const
  return [
    { name: 'sign-in', page: 'sign_in', node: h(SignInPage, base) },
    { name: 'sign-in-all-ways', page: 'sign_in', node: h(SignInPage, { ...base, ...allWays }) },
    ...(['passkey_failed', 'passkey_unknown'] as const).map((error): Picture => ({ name: `sign-in-${error}`, page: 'sign_in', node: h(SignInPage, { ...typed, ...allWays, error }) })),
    { name: 'sign-in-branded', page: 'sign_in', node: h(SignInPage, { ...base, frame: { ...frame, brand: { name: sakura.name, logo: { url: '/assets/mark.svg', width: 120, height: 60 }, stylesheetUrl: '/assets/tegata.css' } } }) },
    { name: 'sign-in-branded-without-logo', page: 'sign_in', node: h(SignInPage, { ...base, frame: { ...frame, brand: { name: sakura.name } } }) },
    { name: 'sign-in-alone', page: 'sign_in', node: h(SignInPage, { frame, form, identifier: '', acceptsStaffNumber: true, canCancel: false }) },
    { name: 'sign-in-third-party', page: 'sign_in', node: h(SignInPage, { ...typed, app: thirdParty, tenant: undefined }) },
    ...errors.map((error): Picture => ({ name: `sign-in-${error}`, page: 'sign_in', node: h(SignInPage, { ...typed, error }) })),
    { name: 'sign-in-missing_identifier', page: 'sign_in', node: h(SignInPage, { ...base, error: 'missing_identifier' }) },
    { name: 'sign-in-too_many_attempts', page: 'sign_in', node: h(SignInPage, { ...typed, error: 'too_many_attempts', retryAfterSeconds: 850 }) },
    { name: 'sign-in-busy', page: 'sign_in', node: h(SignInPage, { ...typed, error: 'busy', retryAfterSeconds: 5 }) },
    { name: 'sign-in-again', page: 'sign_in', node: h(SignInPage, { ...base, fixedPerson: person, reason: 'session_too_old' }) },
    { name: 'sign-in-again-wrong', page: 'sign_in', node: h(SignInPage, { ...base, fixedPerson: person, error: 'wrong_credentials' }) },
    ...reasons.map((reason): Picture => ({ name: `sign-in-reason-${reason}`, page: 'sign_in', node: h(SignInPage, { ...base, reason }) })),
  ]
}

function secondFactors(frame: FrameProps): Picture[] {
  const base = { frame, form, app: karte, person, method: 'totp', others: ['passkey', 'recovery_code'], canCancel: true } as const
  const byCode = { ...base, method: 'recovery_code', others: ['totp'] } as const
  const byPasskey = { ...base, method: 'passkey', others: ['totp', 'recovery_code'], passkey, scriptUrls: passkeyScripts } as const
  const errors = ['wrong_code', 'missing_code', 'form_expired'] as const
  const reasons = ['tenant', 'app', 'own'] as const
  const of = (name: string, node: Picture['node']): Picture => ({ name: `second-factor${name}`, page: 'second_factor', node })
  return [
    of('', h(SecondFactorPage, base)),
    of('-trust', h(SecondFactorPage, { ...base, trustDays: 30, reason: 'tenant' })),
    of('-alone', h(SecondFactorPage, { ...base, app: undefined, others: [], canCancel: false })),
    ...reasons.map((reason) => of(`-reason-${reason}`, h(SecondFactorPage, { ...base, reason }))),
    ...errors.flatMap((error) => [of(`-${error}`, h(SecondFactorPage, { ...base, error })), of(`-code-${error}`, h(SecondFactorPage, { ...byCode, error }))]),
    of('-too_many_attempts', h(SecondFactorPage, { ...base, error: 'too_many_attempts', retryAfterSeconds: 850 })),
    of('-code', h(SecondFactorPage, { ...byCode, trustDays: 1 })),
    of('-passkey', h(SecondFactorPage, { ...byPasskey, trustDays: 30 })),
    of('-passkey-failed', h(SecondFactorPage, { ...byPasskey, error: 'passkey_failed' })),
  ]
}

// The QR code of `otpauth://totp/…` is the server's; here a square stands in for it.
const qr = `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h3v3H0zM5 0h3v3H5zM0 5h3v3H0zM4 4h2v2H4zM6 6h2v2H6z"/></svg>')}`
const recoveryCodes = ['k4vdh-2m9xq', 'p7wzr-c3tby', 'n5ghs-8fjma', 'x2qec-r6vkp', 'b9tmd-w4yhz', 'g3sxf-7nqcr', 'z8kpv-h5bwe', 'm6yjt-d2xga', 'c7rnb-q9fsh', 'w4evk-t3zmp']

function enrolments(frame: FrameProps): Picture[] {
  const until = frame.locale === 'ja' ? '2026年12月5日' : '5 December 2026'
  const choice = { frame, form, app: karte, person, tenant: sakura, passkeyPossible: true, reason: 'tenant' } as const
  const uri = 'otpauth://totp/Tegata:hanako%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tegata'
  const totp = { frame, form, app: karte, qr, uri, secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', enrolment: 'sealed', scriptUrls: copyScripts }
  const totpErrors = ['wrong_code', 'missing_code', 'enrolment_expired', 'form_expired'] as const
  const create = { frame, form, app: karte, passkey, scriptUrls: passkeyScripts }
  const fileText = recoveryCodesFile(frame.locale, { account: person.identifier, date: until, codes: recoveryCodes })
  const codes = { frame, form, app: karte, codes: recoveryCodes, fileText, scriptUrls: copyScripts }
  return [
    { name: 'enrol', page: 'enrol', node: h(EnrolPage, choice) },
    { name: 'enrol-grace', page: 'enrol', node: h(EnrolPage, { ...choice, graceUntil: until }) },
    { name: 'enrol-no-passkey', page: 'enrol', node: h(EnrolPage, { ...choice, passkeyPossible: false, tenant: undefined }) },
    { name: 'enrol-reason-app', page: 'enrol', node: h(EnrolPage, { ...choice, reason: 'app' }) },
    { name: 'enrol-reason-own', page: 'enrol', node: h(EnrolPage, { ...choice, reason: 'own', app: undefined, tenant: undefined }) },
    { name: 'enrol-totp', page: 'enrol_totp', node: h(EnrolTotpPage, totp) },
    { name: 'enrol-totp-account', page: 'enrol_totp', node: h(EnrolTotpPage, { ...totp, app: undefined, uri: undefined, backUrl: '/account/sign-in' }) },
    ...totpErrors.map((error): Picture => ({ name: `enrol-totp-${error}`, page: 'enrol_totp', node: h(EnrolTotpPage, { ...totp, error }) })),
    { name: 'enrol-totp-too_many_attempts', page: 'enrol_totp', node: h(EnrolTotpPage, { ...totp, error: 'too_many_attempts', retryAfterSeconds: 50 }) },
    { name: 'enrol-passkey', page: 'enrol_passkey', node: h(EnrolPasskeyPage, create) },
    ...(['passkey_failed', 'passkey_known', 'form_expired'] as const).map((error): Picture => ({
      name: `enrol-passkey-${error}`,
      page: 'enrol_passkey',
      node: h(EnrolPasskeyPage, { ...create, error, name: 'iPhone' }),
    })),
    { name: 'recovery-codes', page: 'recovery_codes', node: h(RecoveryCodesPage, codes) },
    { name: 'recovery-codes-not_stored', page: 'recovery_codes', node: h(RecoveryCodesPage, { ...codes, app: undefined, error: 'not_stored' }) },
  ]
}

function registrations(frame: FrameProps): Picture[] {
  const base = { frame, form: { ...form, action: '/register' }, app: karte, signInUrl: '/interaction/9tQ2c' }
  const mailed = { ...base, email: 'hanako@example.com', registration: 'sealed' }
  const details = { ...base, email: 'hanako@example.com', proof: 'sealed', familyName: '', givenName: '', familyNameKana: '', givenNameKana: '', scriptUrls: revealScripts }
  const named = { ...details, familyName: '佐藤', givenName: '花子', familyNameKana: 'サトウ', givenNameKana: 'ハナコ' }
  const passwords = ['missing_password', 'password_too_short', 'password_too_long', 'password_too_common'] as const
  return [
    { name: 'register', page: 'register_address', node: h(RegisterAddressPage, { ...base, email: '' }) },
    ...(['invalid_email', 'form_expired'] as const).map((error): Picture => ({ name: `register-${error}`, page: 'register_address', node: h(RegisterAddressPage, { ...base, email: 'hanako＠example', error }) })),
    { name: 'register-missing_email', page: 'register_address', node: h(RegisterAddressPage, { ...base, app: undefined, signInUrl: undefined, email: '', error: 'missing_email' }) },
    { name: 'register-too_many_attempts', page: 'register_address', node: h(RegisterAddressPage, { ...base, email: 'hanako@example.com', error: 'too_many_attempts', retryAfterSeconds: 600 }) },
    { name: 'register-code', page: 'register_code', node: h(RegisterCodePage, mailed) },
    { name: 'register-code-resent', page: 'register_code', node: h(RegisterCodePage, { ...mailed, resent: true }) },
    ...(['wrong_code', 'missing_code', 'link_invalid', 'form_expired'] as const).map((error): Picture => ({
      name: `register-code-${error}`,
      page: 'register_code',
      node: h(RegisterCodePage, { ...mailed, error }),
    })),
    { name: 'register-code-too_many_attempts', page: 'register_code', node: h(RegisterCodePage, { ...mailed, error: 'too_many_attempts', retryAfterSeconds: 600 }) },
    { name: 'register-details', page: 'register_details', node: h(RegisterDetailsPage, details) },
    { name: 'register-details-by-link', page: 'register_details', node: h(RegisterDetailsPage, { ...details, app: undefined, proof: undefined, signInUrl: undefined }) },
    { name: 'register-details-name_missing', page: 'register_details', node: h(RegisterDetailsPage, { ...details, givenName: '花子', error: 'name_missing' }) },
    ...([...passwords, 'link_invalid', 'address_taken', 'busy', 'form_expired'] as const).map((error): Picture => ({
      name: `register-details-${error}`,
      page: 'register_details',
      node: h(RegisterDetailsPage, { ...named, error }),
    })),
  ]
}

function recoveries(frame: FrameProps): Picture[] {
  const base = { frame, form: { ...form, action: '/recover' }, app: karte, identifier: '', signInUrl: '/interaction/9tQ2c' }
  const fresh = { frame, form: { ...form, action: '/reset/x' }, person, minimum: 15, scriptUrls: revealScripts, purpose: 'password_reset' } as const
  const refusals = ['missing_password', 'password_too_short', 'password_too_long', 'password_too_common', 'same_password', 'account_suspended', 'busy', 'form_expired'] as const
  return [
    { name: 'recover', page: 'recover', node: h(RecoverPage, base) },
    { name: 'recover-missing_identifier', page: 'recover', node: h(RecoverPage, { ...base, error: 'missing_identifier' }) },
    { name: 'recover-form_expired', page: 'recover', node: h(RecoverPage, { ...base, app: undefined, identifier: 'S-0142@sakura', error: 'form_expired' }) },
    { name: 'recover-too_many_attempts', page: 'recover', node: h(RecoverPage, { ...base, identifier: 'hanako@example.com', error: 'too_many_attempts', retryAfterSeconds: 600 }) },
    { name: 'recover-sent', page: 'recover_sent', node: h(RecoverSentPage, { frame, identifier: 'hanako@example.com', signInUrl: '/interaction/9tQ2c' }) },
    { name: 'recover-sent-alone', page: 'recover_sent', node: h(RecoverSentPage, { frame, identifier: 'S-0142@sakura' }) },
    { name: 'new-password', page: 'new_password', node: h(NewPasswordPage, fresh) },
    { name: 'new-password-activation', page: 'new_password', node: h(NewPasswordPage, { ...fresh, purpose: 'activation', person: { displayName: '鈴木 陽子', identifier: 'S-0311@sakura' } }) },
    { name: 'new-password-no-address', page: 'new_password', node: h(NewPasswordPage, { ...fresh, purpose: 'activation', person: { displayName: '鈴木 陽子', identifier: '' } }) },
    { name: 'new-password-expired', page: 'new_password', node: h(NewPasswordPage, { ...fresh, purpose: 'expired', app: karte, minimum: 8 }) },
    ...refusals.map((error): Picture => ({ name: `new-password-${error}`, page: 'new_password', node: h(NewPasswordPage, { ...fresh, person: undefined, error }) })),
  ]
}

function links(frame: FrameProps): Picture[] {
  const again = { registration: '/register', password_reset: '/recover', activation: undefined, address_change: '/account', address_undo: undefined, unlock: '/', deletion: '/' }
  const kinds = ['registration', 'password_reset', 'activation', 'address_change', 'address_undo', 'unlock', 'deletion'] as const
  const asking = ['address_change', 'address_undo', 'unlock', 'deletion'] as const
  const next = { name: 'Karte', url: 'https://karte.example/' }
  return [
    ...asking.map((purpose): Picture => ({
      name: `link-${purpose}`,
      page: 'link',
      node: h(LinkPage, { frame, form, purpose, accountName: person.displayName, email: purpose.startsWith('address') ? 'hanako@example.com' : undefined }),
    })),
    ...kinds.map((purpose): Picture => ({ name: `dead-link-${purpose}`, page: 'dead_link', node: h(DeadLinkPage, { frame, purpose, againUrl: again[purpose] }) })),
    ...kinds.map((kind): Picture => ({ name: `done-${kind}`, page: 'done', node: h(DonePage, { frame, kind, next: kind === 'address_undo' ? undefined : next }) })),
  ]
}

function tenants(frame: FrameProps): Picture[] {
  const base = { frame, form, app: karte, person, invitations: [] }
  const invited = { ...base, invitations: [{ membershipId: 'm-9', tenantName: 'みどり整骨院', roleName: 'therapist', initial: 'み', colour: 'matsu' }] } as const
  return [
    { name: 'select-tenant-invited', page: 'select_tenant', node: h(SelectTenantPage, { ...invited, tenants: memberships }) },
    { name: 'no-tenant-invited', page: 'no_tenant', node: h(NoTenantPage, { ...invited, memberships: [], turnTo: [] }) },
    { name: 'select-tenant', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: memberships }) },
    { name: 'select-tenant-closed', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: [...memberships, ...closed], error: 'choice_invalid' }) },
    { name: 'select-tenant-many', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: many, error: 'form_expired' }) },
    { name: 'no-tenant', page: 'no_tenant', node: h(NoTenantPage, { ...base, memberships: [], turnTo: [] }) },
    { name: 'no-tenant-requested', page: 'no_tenant', node: h(NoTenantPage, { ...base, requestedTenant: 'みどり整骨院', memberships: [], turnTo: [] }) },
    { name: 'no-tenant-closed', page: 'no_tenant', node: h(NoTenantPage, { ...base, memberships: closed, turnTo: [] }) },
    { name: 'no-tenant-app', page: 'no_tenant', node: h(NoTenantPage, { ...base, memberships: closedToApp, turnTo: [{ tenantName: '医療法人さくら会', contact: null, administrators: ['佐藤 美咲', '山田 太郎'] }] }) },
  ]
}

function consents(frame: FrameProps): Picture[] {
  const base = { frame, form, person, redirectHost: 'shift.example', tenant: sakura }
  const known = ['openid', 'profile', 'email', 'phone', 'address', 'tenant', 'offline_access'].map((name) => ({ name, known: true }))
  return [
    { name: 'consent', page: 'consent', node: h(ConsentPage, { ...base, app: thirdParty, scopes: [{ name: 'openid', known: true }, { name: 'email', known: true }], resources: [] }) },
    {
      name: 'consent-full',
      page: 'consent',
      node: h(ConsentPage, {
        ...base,
        app: thirdParty,
        scopes: [...known, { name: 'legacy_export', known: false }],
        resources: [{ name: 'Karte API', scopes: ['records:read', 'records:write'] }],
      }),
    },
  ]
}

function endings(frame: FrameProps): Picture[] {
  const out = { frame, formAction: '/oauth2/logout/confirm', xsrf: 'x5rf' }
  const states = ['finished', 'expired', 'ended'] as const
  return [
    { name: 'sign-out', page: 'sign_out', node: h(SignOutPage, { ...out, app: karte, person, apps: ['Karte', 'Koe'] }) },
    { name: 'sign-out-alone', page: 'sign_out', node: h(SignOutPage, { ...out, person, apps: [] }) },
    { name: 'signed-out', page: 'signed_out', node: h(SignedOutPage, { frame, app: karte, everywhere: true }) },
    { name: 'signed-out-here', page: 'signed_out', node: h(SignedOutPage, { frame, app: karte, everywhere: false }) },
    { name: 'signed-out-alone', page: 'signed_out', node: h(SignedOutPage, { frame, everywhere: true }) },
    ...states.map((state): Picture => ({
      name: `dead-${state}`,
      page: 'dead_interaction',
      node: h(DeadInteractionPage, { frame, state, app: { name: 'Karte', startUrl: 'https://karte.example/login' } }),
    })),
    { name: 'dead-ended-plain', page: 'dead_interaction', node: h(DeadInteractionPage, { frame, state: 'ended', app: { name: 'Karte' } }) },
    { name: 'dead-unknown', page: 'dead_interaction', node: h(DeadInteractionPage, { frame, state: 'unknown' }) },
  ]
}

function errors(frame: FrameProps): Picture[] {
  return [
    ...errorCodes.map((code): Picture => ({
      name: `error-${code}`,
      page: 'error',
      node: h(ErrorPage, { frame, code, ...(code === 'temporarily_unavailable' ? { retryAfterSeconds: 20, retryUrl: '/interaction/9tQ2c' } : {}) }),
    })),
    {
      name: 'error-other',
      page: 'error',
      node: h(ErrorPage, { frame, code: 'invalid_target', description: 'requested resource is not allowed for this client', app: karte, retryUrl: '/' }),
    },
  ]
}

function rest(frame: FrameProps): Picture[] {
  const ja = frame.locale === 'ja'
  const demo = {
    apps: [
      { name: 'Karte', url: 'http://localhost:3001/', description: ja ? '診療記録' : 'Clinic records' },
      { name: 'Koe', url: 'http://localhost:3002/', description: ja ? '職員の声' : 'Staff voice' },
    ],
    accounts: [
      { email: 'misaki@example.com', name: '山本 美咲', note: ja ? '医療法人さくら会の Admin' : 'Admin of Sakura' },
      { email: 'hanako@example.com', name: '佐藤 花子', note: ja ? 'さくら会の DEPARTMENT_HEAD、みどり整骨院の therapist' : 'DEPARTMENT_HEAD in Sakura, therapist in Midori' },
      { email: 'ken@example.com', name: '田中 健', note: ja ? 'さくら会の STAFF' : 'STAFF in Sakura' },
    ],
    password: 'tegata-demo-2026',
    mailUrl: '/dev/mail',
  }
  const mail = { id: 'm-1', to: 'hanako@example.com', subject: '【Tegata】サインインを一時的に停止しました', at: '2026-11-21T00:30:00Z' }
  return [
    { name: 'home', page: 'home', node: h(HomePage, { frame, issuer: 'https://id.example.com' }) },
    { name: 'home-demo', page: 'home', node: h(HomePage, { frame, issuer: 'http://localhost:3000', demo }) },
    {
      name: 'reference', page: 'reference',
      node: h(ReferencePage, {
        frame, stylesheetUrls: ['/assets/reference.css'], scriptUrls: ['/assets/reference.js'], descriptionUrl: '/api/v1/openapi.json',
        signIn: { clientId: 'tegata-reference', returnUrl: 'https://id.example.com/api/docs/return', resource: 'https://id.example.com/api/v1' },
      }),
    },
    { name: 'reference-return', page: 'reference_return', node: h(ReferenceReturnPage, { frame, scriptUrls: ['/assets/oauth2-redirect.js'] }) },
    { name: 'dev-mail-empty', page: 'dev_mail', node: h(DevMailListPage, { frame, listUrl: '/dev/mail', mails: [] }) },
    { name: 'dev-mail-list', page: 'dev_mail', node: h(DevMailListPage, { frame, listUrl: '/dev/mail', mails: [mail, { ...mail, id: 'm-2', to: 'ken@example.com' }] }) },
    { name: 'dev-mail', page: 'dev_mail', node: h(DevMailPage, { frame, listUrl: '/dev/mail', mail: { ...mail, text: '佐藤 花子 さま\n\nhttp://localhost:3000/\n' } }) },
  ]
}

/** All pictures in one language. */
export function gallery(locale: Locale): Picture[] {
  const frame = frameOf(locale)
  return [...signIns(frame), ...secondFactors(frame), ...enrolments(frame), ...registrations(frame), ...recoveries(frame), ...links(frame), ...invitationPictures(frame), ...tenants(frame), ...consents(frame), ...endings(frame), ...errors(frame), ...rest(frame), ...accountPictures(frame)]
}
