/**
 * What can go wrong between this product and the issuer, in the few kinds that people can act on, in their words.
 * Nothing that the issuer or a stranger wrote is shown, except the short error code.
 */
import * as oidc from 'openid-client'

export interface Problem {
  readonly kind: 'issuer_down' | 'stale' | 'access_denied' | 'not_signed_in' | 'refused' | 'wrong_request' | 'too_weak' | 'other_person'
  readonly status: number
  /** The issuer's own word for it, such as `access_denied`. */
  readonly code?: string
}

export class IssuerDown extends Error {}

/** Turns what openid-client throws into a problem; the status is the HTTP status of the page that tells it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof oidc.AuthorizationResponseError) return refusal(error.error, 400)
  if (error instanceof oidc.ResponseBodyError) return refusal(error.error, error.status)
  if (error instanceof IssuerDown || isNetworkError(error)) return { kind: 'issuer_down', status: 503 }
  const code = error instanceof oidc.ClientError ? error.code : undefined
  return { kind: 'refused', status: 400, code: code ?? 'invalid_response' }
}

const kinds = new Map<string, Problem['kind']>([
  ['access_denied', 'access_denied'],
  ['login_required', 'not_signed_in'],
  ['interaction_required', 'not_signed_in'],
  ['account_selection_required', 'not_signed_in'],
  ['consent_required', 'not_signed_in'],
  // OpenID Connect Core Unmet Authentication Requirements 1.0 §2: the issuer cannot sign this person in as strongly as was asked.
  ['unmet_authentication_requirements', 'too_weak'],
  ['temporarily_unavailable', 'issuer_down'],
  ['server_error', 'issuer_down'],
  // The code or the refresh token has been used, has expired, or was taken back.
  ['invalid_grant', 'stale'],
])
const statuses: Partial<Record<Problem['kind'], number>> = { access_denied: 403, too_weak: 403, issuer_down: 503 }

function refusal(code: string, issuerStatus: number): Problem {
  const kind = issuerStatus >= 500 ? 'issuer_down' : (kinds.get(code) ?? 'refused')
  return { kind, status: statuses[kind] ?? 400, code: /^[\w.-]{1,60}$/.test(code) ? code : 'unknown_error' }
}

function isNetworkError(error: unknown): boolean {
  if (error instanceof oidc.ClientError) return error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT'
  return error instanceof TypeError && error.message === 'fetch failed'
}

export const problemTexts = {
  ja: {
    tryAgain: 'もう一度サインインする',
    home: 'トップへ戻る',
    issuer_down: ['サインインの窓口につながりません', '少し待ってから、もう一度お試しください。続くときは管理者へお知らせください。'],
    stale: ['このサインインは終わっています', '時間が過ぎたか、すでに使われたリンクです。もう一度サインインしてください。'],
    access_denied: ['サインインは取り消されました', '画面でやめたか、この製品を使う許可がありません。許可については所属先の管理者におたずねください。'],
    not_signed_in: ['サインインが必要です', '確認のため、もう一度サインインしてください。'],
    refused: ['サインインできませんでした', 'もう一度お試しください。続くときは、下の記号を管理者へお知らせください。'],
    wrong_request: ['この操作は受け付けられません', '別のサイトから送られたか、あて先が違う操作です。この製品の画面からやり直してください。'],
    too_weak: ['より確かなサインインが必要です', 'この操作には、認証アプリやパスキーなどによる二つめの確認が必要です。サインインの窓口で登録してから、もう一度操作してください。登録のしかたは管理者におたずねください。'],
    other_person: ['別の人か、別の所属先に変わりました', '始めたときと違うため、操作は行いませんでした。トップへ戻り、だれとして使っているかをたしかめてから、もう一度操作してください。'],
  },
  en: {
    tryAgain: 'Sign in again',
    home: 'Back to the start page',
    issuer_down: ['The sign-in service does not answer', 'Wait a moment and try again. If it goes on, tell your administrator.'],
    stale: ['This sign-in is over', 'The link has expired or was used already. Please sign in again.'],
    access_denied: ['The sign-in was cancelled', 'You stopped it, or you may not use this product. Ask your organisation’s administrator for access.'],
    not_signed_in: ['You need to sign in', 'Please sign in again to confirm that it is you.'],
    refused: ['The sign-in did not work', 'Please try again. If it goes on, tell your administrator the code below.'],
    wrong_request: ['This request was not accepted', 'It came from another site or was meant for somebody else. Start again from this product’s own page.'],
    too_weak: ['A stronger sign-in is needed', 'This needs a second step, such as an authenticator app or a passkey. Set one up at the sign-in service, then try again. Your administrator can tell you how.'],
    other_person: ['This is another person or organisation now', 'It is not who started, so nothing was done. Go back to the start page, check whom you act for, and try again.'],
  },
} as const
