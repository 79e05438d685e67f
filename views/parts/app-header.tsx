/**
 * The head of a card: which app asks, with its logo, and for which tenant.
 * Logos are fetched without a referrer, so that their host does not learn the interaction's address.
 */
import type { JSX } from 'preact'
import type { Translate } from '../messages.ts'
import type { AppProps, TenantProps } from '../props.ts'
import { safeUrl } from '../safe-url.ts'
import { Chip, colourOf, initialOf } from './chip.tsx'
import { OutsideLink } from './link.tsx'

/** Says who asks; `line` is the small text under the app's name. */
export function AppHeader(props: { app: AppProps; line: string }): JSX.Element {
  const logo = safeUrl(props.app.logoUrl)
  return (
    <div class="app">
      {logo === undefined ? (
        <Chip initial={initialOf(props.app.name)} colour={colourOf(props.app.name)} />
      ) : (
        <img class="logo" src={logo} alt="" width="40" height="40" referrerpolicy="no-referrer" />
      )}
      <p>
        <b>{props.app.name}</b>
        <span class="quiet-text">{props.line}</span>
      </p>
    </div>
  )
}

/** The small line of a sign-in: the tenant where one is known. */
export function signInLine(t: Translate, tenant: TenantProps | undefined): string {
  return tenant === undefined ? t('app.sign_in') : t('app.sign_in_to_tenant', { tenant: tenant.name })
}

/** Links to what the app promises (OpenID Connect Dynamic Registration §2: policy_uri, tos_uri). */
export function AppLinks(props: { app: AppProps; t: Translate }): JSX.Element | null {
  const { app, t } = props
  const terms = safeUrl(app.termsUrl)
  const policy = safeUrl(app.policyUrl)
  if (terms === undefined && policy === undefined) return null
  return (
    <ul class="links">
      {terms === undefined ? null : (
        <li>
          <OutsideLink url={terms} t={t}>
            {t('app.terms', { app: app.name })}
          </OutsideLink>
        </li>
      )}
      {policy === undefined ? null : (
        <li>
          <OutsideLink url={policy} t={t}>
            {t('app.policy', { app: app.name })}
          </OutsideLink>
        </li>
      )}
    </ul>
  )
}
