/**
 * What stands around every page of the account: the way between them, the heading, what was just done and what went wrong.
 * On a phone the navigation folds behind one button (a plain <details>); where there is room the style unfolds it.
 */
import type { ComponentChildren, JSX } from 'preact'
import { accountPaths, accountPlaces, type AccountNav, type AccountPlace } from '../account-props.ts'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak, type Translate } from '../messages.ts'
import type { FrameProps } from '../props.ts'
import { pathOrSafeUrl } from '../safe-url.ts'
import { ErrorSummary } from './notices.tsx'

interface Failure {
  text: string
  more?: string | undefined
  fieldId?: string | undefined
}

interface Props {
  page: { frame: FrameProps; nav: AccountNav }
  /** The heading; the name of the place unless said otherwise. */
  title?: string | undefined
  intro?: ComponentChildren
  /** What was just done, in words. */
  done?: string | undefined
  /** Why the form came back, in words. */
  failure?: Failure | undefined
  scriptUrls?: readonly string[] | undefined
  children: ComponentChildren
}

const { place, signOut } = formContract.account_overview.elements
const contentId = 'content'

/** Lays out one page of the account. */
export function AccountFrame({ page, title, intro, done, failure, scriptUrls, children }: Props): JSX.Element {
  const t = speak(page.frame.locale)
  const heading = title ?? t(`account.nav.${page.nav.current}`)
  return (
    <Frame frame={page.frame} title={heading} wide scriptUrls={scriptUrls}>
      <div class="desk">
        <Side nav={page.nav} t={t} />
        <div class="desk-page" id={contentId} tabIndex={-1}>
          <div class="desk-head">
            <h1>{heading}</h1>
            {intro === undefined ? null : <p class="desk-intro">{intro}</p>}
          </div>
          {failure === undefined ? null : <ErrorSummary {...failure} />}
          {done === undefined ? null : (
            <p class="notice" role="status">
              {done}
            </p>
          )}
          {children}
        </div>
      </div>
    </Frame>
  )
}

function Side({ nav, t }: { nav: AccountNav; t: Translate }): JSX.Element {
  return (
    <nav class="side" aria-label={t('account.nav.label')}>
      <a class="skip" href={`#${contentId}`}>
        {t('account.nav.skip')}
      </a>
      <p class="side-person">
        <span class="unseen">{t('person.signed_in_as')} </span>
        <bdi>{nav.personName}</bdi>
      </p>
      <a class="side-out" id={signOut.id} href={pathOrSafeUrl(nav.signOutUrl) ?? ''}>
        {t('account.nav.sign_out')}
      </a>
      <details class="menu">
        <summary>{t('account.nav.menu')}</summary>
        <ul>
          {accountPlaces.map((name) => (
            <li key={name}>
              <a id={place.id.replace('{page}', name)} href={accountPaths[name]} aria-current={currentOf(nav, name)}>
                {t(`account.nav.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  )
}

function currentOf(nav: AccountNav, name: AccountPlace): 'page' | undefined {
  return nav.current === name ? 'page' : undefined
}
