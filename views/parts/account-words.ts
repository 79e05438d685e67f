/**
 * Words for what several pages of the account name: browsers, and the ways of proving who one is (RFC 8176).
 * Nothing is made up: what a browser did not say is not said either, and there are no names of places.
 */
import type { Translate } from '../messages.ts'

/** "Chrome 141 on Windows 11", or as much of it as is known. */
export function browserWords(t: Translate, { browserName, systemName }: { browserName: string | null; systemName: string | null }): string {
  if (browserName !== null && systemName !== null) return t('account.browser.both', { browser: browserName, system: systemName })
  return browserName ?? systemName ?? t('account.browser.unknown')
}

const passkeyMethods: readonly string[] = ['swk', 'hwk', 'pop']

/** How a session was begun, from its `amr` values. */
export function howWords(t: Translate, amr: readonly string[]): string {
  const hasPassword = amr.includes('pwd')
  const hasPasskey = amr.some((method) => passkeyMethods.includes(method))
  if (hasPasskey) return t(hasPassword ? 'account.how.password_passkey' : 'account.how.passkey')
  if (!hasPassword) return t('account.how.other')
  return t(amr.includes('otp') ? 'account.how.password_code' : 'account.how.password')
}
