/**
 * The layout of the consoles: where one is and where one can go at the side, the page beside it. A tenant's console and the
 * operators' share it; each says what stands in the navigation. On a phone the navigation folds behind one button.
 */
import type { ComponentChildren, JSX } from 'preact'
import { Footer, Sheet } from './frame.tsx'
import { t as speak, type Translate } from './messages.ts'
import { ErrorSummary } from './parts/notices.tsx'
import type { FrameProps } from './props.ts'
import { hrefTo } from './safe-url.ts'

/** A place of the navigation. */
export interface BoardPlace {
  readonly name: string
  readonly label: string
  readonly href: string
  readonly current: boolean
}

export interface BoardNav {
  /** Whose board it is: the tenant, or the platform. */
  readonly owner: string
  readonly ownerUrl: string
  readonly logoUrl?: string | undefined
  readonly places: readonly BoardPlace[]
  readonly personName: string
  /** Under the name: the role that the person acts in. */
  readonly personRole: string
  readonly accountUrl: string
  readonly signOutUrl: string
  /** Other boards that the person may open. */
  readonly others: readonly { readonly name: string; readonly href: string }[]
}

export interface Failure {
  readonly text: string
  readonly more?: string | undefined
  readonly fieldId?: string | undefined
}

interface Props {
  frame: FrameProps
  nav: BoardNav
  title: string
  /** Where this page stands below another one. */
  parent?: { readonly label: string; readonly href: string } | undefined
  intro?: ComponentChildren
  /** Beside the heading: what can be done here. */
  acts?: ComponentChildren
  /** Above everything: that something out of the ordinary is under way. */
  banner?: ComponentChildren
  /** What was just done, in words. */
  done?: ComponentChildren
  /** Why a form came back, in words. */
  failure?: Failure | undefined
  scriptUrls?: readonly string[] | undefined
  children: ComponentChildren
}

const contentId = 'content'

/** Lays out one page of a console. */
export function Board({ frame, nav, title, parent, intro, acts, banner, done, failure, scriptUrls, children }: Props): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Sheet frame={frame} title={`${title} – ${nav.owner}`} scriptUrls={scriptUrls}>
      <a class="skip" href={`#${contentId}`}>
        {t('account.nav.skip')}
      </a>
      <div class="board">
        <Side frame={frame} nav={nav} t={t} />
        <main class="board-main" id={contentId} tabIndex={-1}>
          {banner === undefined ? null : (
            <div class="board-banner" role="note">
              {banner}
            </div>
          )}
          <div class="board-head">
            <div class="board-title">
              {parent === undefined ? null : (
                <a class="board-parent" href={hrefTo(parent.href)}>
                  {parent.label}
                </a>
              )}
              <h1>
                <bdi>{title}</bdi>
              </h1>
              {intro === undefined ? null : <p class="board-intro">{intro}</p>}
            </div>
            {acts === undefined ? null : <div class="board-acts">{acts}</div>}
          </div>
          {failure === undefined ? null : <ErrorSummary {...failure} />}
          {done === undefined ? null : (
            <p class="notice" role="status">
              {done}
            </p>
          )}
          {children}
          <Footer frame={frame} />
        </main>
      </div>
    </Sheet>
  )
}

function Side({ frame, nav, t }: { frame: FrameProps; nav: BoardNav; t: Translate }): JSX.Element {
  return (
    <nav class="board-side" aria-label={t('board.nav')}>
      <a class="board-owner" href={hrefTo(nav.ownerUrl)}>
        <img src={nav.logoUrl === undefined ? frame.markUrl : hrefTo(nav.logoUrl)} alt="" />
        <bdi>{nav.owner}</bdi>
      </a>
      <details class="menu board-menu">
        <summary>{t('board.menu')}</summary>
        <ul>
          {nav.places.map(({ name, label, href, current }) => (
            <li key={name}>
              <a id={`place_${name}`} href={hrefTo(href)} aria-current={current ? 'page' : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </details>
      <div class="board-person">
        <p>
          <span class="unseen">{t('person.signed_in_as')} </span>
          <b>
            <bdi>{nav.personName}</bdi>
          </b>
          <span>
            <bdi>{nav.personRole}</bdi>
          </span>
        </p>
        <Others nav={nav} t={t} />
        <p class="board-ways">
          <a id="own_account" href={hrefTo(nav.accountUrl)}>
            {t('board.account')}
          </a>
          <a id="sign_out" href={hrefTo(nav.signOutUrl)}>
            {t('account.nav.sign_out')}
          </a>
        </p>
      </div>
    </nav>
  )
}

function Others({ nav, t }: { nav: BoardNav; t: Translate }): JSX.Element | null {
  if (nav.others.length === 0) return null
  return (
    <details class="board-others">
      <summary>{t('board.others')}</summary>
      <ul>
        {nav.others.map(({ name, href }) => (
          <li key={href}>
            <a href={hrefTo(href)}>
              <bdi>{name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
