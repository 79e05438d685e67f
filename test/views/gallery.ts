/**
 * Every page in every state worth looking at, as data: tests, screenshots and accessibility runs walk this list.
 * A new page or state is added here first.
 */
import type { JSX } from 'preact'
import { h } from 'preact'
import type { PageName } from '../../views/form-contract.ts'
import type { Locale } from '../../views/locale.ts'
import { ConsentPage } from '../../views/pages/consent.tsx'
import { DeadInteractionPage } from '../../views/pages/dead-interaction.tsx'
import { DevMailListPage, DevMailPage } from '../../views/pages/dev-mail.tsx'
import { ErrorPage, errorCodes } from '../../views/pages/error.tsx'
import { HomePage } from '../../views/pages/home.tsx'
import { NoTenantPage } from '../../views/pages/no-tenant.tsx'
import { SelectTenantPage } from '../../views/pages/select-tenant.tsx'
import { SignInPage } from '../../views/pages/sign-in.tsx'
import { SignOutPage } from '../../views/pages/sign-out.tsx'
import { SignedOutPage } from '../../views/pages/signed-out.tsx'
import type { AppProps, FrameProps, MembershipChoice } from '../../views/props.ts'

export interface Picture {
  name: string
  page: PageName
  node: JSX.Element
}

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
  const errors = ['wrong_credentials', 'missing_password', 'account_suspended', 'form_expired'] as const
  const reasons = ['session_too_old', 'signed_out', 'app_asked', 'other_account_needed', 'account_switched'] as const
  return [
    { name: 'sign-in', page: 'sign_in', node: h(SignInPage, base) },
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

function tenants(frame: FrameProps): Picture[] {
  const base = { frame, form, app: karte, person }
  return [
    { name: 'select-tenant', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: memberships }) },
    { name: 'select-tenant-closed', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: [...memberships, ...closed], error: 'choice_invalid' }) },
    { name: 'select-tenant-many', page: 'select_tenant', node: h(SelectTenantPage, { ...base, tenants: many, error: 'form_expired' }) },
    { name: 'no-tenant', page: 'no_tenant', node: h(NoTenantPage, { ...base, memberships: [] }) },
    { name: 'no-tenant-requested', page: 'no_tenant', node: h(NoTenantPage, { ...base, requestedTenant: 'みどり整骨院', memberships: [] }) },
    { name: 'no-tenant-closed', page: 'no_tenant', node: h(NoTenantPage, { ...base, memberships: closed }) },
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
    { name: 'dev-mail-empty', page: 'dev_mail', node: h(DevMailListPage, { frame, listUrl: '/dev/mail', mails: [] }) },
    { name: 'dev-mail-list', page: 'dev_mail', node: h(DevMailListPage, { frame, listUrl: '/dev/mail', mails: [mail, { ...mail, id: 'm-2', to: 'ken@example.com' }] }) },
    { name: 'dev-mail', page: 'dev_mail', node: h(DevMailPage, { frame, listUrl: '/dev/mail', mail: { ...mail, text: '佐藤 花子 さま\n\nhttp://localhost:3000/\n' } }) },
  ]
}

/** All pictures in one language. */
export function gallery(locale: Locale): Picture[] {
  const frame = frameOf(locale)
  return [...signIns(frame), ...tenants(frame), ...consents(frame), ...endings(frame), ...errors(frame), ...rest(frame)]
}
