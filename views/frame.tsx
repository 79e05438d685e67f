/**
 * The frame of every page: mark or tenant, one card, footer with language switch and request id.
 * Owns everything in <head>; loads one stylesheet and, where a page asks, scripts of ours, so the strict CSP needs no exception.
 */
import type { ComponentChildren, JSX } from 'preact'
import { t } from './messages.ts'
import { Chip, colourOf, initialOf } from './parts/chip.tsx'
import type { FrameProps } from './props.ts'
import { pathOrSafeUrl } from './safe-url.ts'

export type { FrameProps } from './props.ts'

interface Props {
  frame: FrameProps
  /** The page's own name; the product's is added. */
  title: string
  /** Room for lists and tables instead of one question. */
  wide?: boolean
  /** Scripts of ours, run in this order once the page stands; only passkeys need one, every other page works without. */
  scriptUrls?: readonly string[] | undefined
  /** Beyond the look that every page has. */
  stylesheetUrls?: readonly string[] | undefined
  children: ComponentChildren
}

/** Lays out one page. */
export function Frame({ wide, children, ...page }: Props): JSX.Element {
  const { frame } = page
  return (
    <Sheet {...page}>
      <div class="gate">
        <Seal frame={frame} />
        <main class={wide === true ? 'card wide' : 'card'}>{children}</main>
        <Footer frame={frame} />
      </div>
    </Sheet>
  )
}

/** Whose page it is: the tenant's where one is known, else ours. */
function Seal({ frame: { brand, markUrl } }: { frame: FrameProps }): JSX.Element {
  if (brand === undefined) {
    return (
      <header class="seal">
        <img src={markUrl} alt="" width="34" height="34" />
        <span>Tegata</span>
      </header>
    )
  }
  return (
    <header class="seal brand" id="brand">
      {brand.logo === undefined ? (
        <Chip initial={initialOf(brand.name)} colour={colourOf(brand.name)} />
      ) : (
        <img class="brand-logo" src={brand.logo.url} alt="" width={brand.logo.width} height={brand.logo.height} />
      )}
      <span>{brand.name}</span>
    </header>
  )
}

/** The document around a page, for layouts that are no card (board.tsx). */
export function Sheet({ frame, title, scriptUrls = [], stylesheetUrls = [], children }: Omit<Props, 'wide'>): JSX.Element {
  const icon = frame.faviconUrl ?? frame.markUrl
  return (
    <html lang={frame.locale}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} – Tegata`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" type="image/svg+xml" href={icon} />
        <link rel="stylesheet" href={frame.stylesheetUrl} />
        {frame.brand?.stylesheetUrl === undefined ? null : <link rel="stylesheet" href={frame.brand.stylesheetUrl} />}
        {stylesheetUrls.map((url) => (
          <link key={url} rel="stylesheet" href={url} />
        ))}
        {scriptUrls.map((url) => (
          <script key={url} src={url} defer></script>
        ))}
      </head>
      <body>{children}</body>
    </html>
  )
}

/** Language switch, links and the request id. */
export function Footer({ frame }: { frame: FrameProps }): JSX.Element {
  const say = t(frame.locale)
  const help = pathOrSafeUrl(frame.helpUrl)
  const privacy = pathOrSafeUrl(frame.privacyUrl)
  return (
    <footer class="foot">
      <nav class="foot-links" aria-label={say('frame.language')}>
        <LanguageLink frame={frame} locale="ja" name="日本語" />
        <LanguageLink frame={frame} locale="en" name="English" />
      </nav>
      {help === undefined && privacy === undefined ? null : (
        <div class="foot-links">
          {privacy === undefined ? null : <a href={privacy}>{say('frame.privacy')}</a>}
          {help === undefined ? null : <a href={help}>{say('frame.help')}</a>}
        </div>
      )}
      {frame.brand === undefined ? null : <span class="maker">Tegata</span>}
      <p class="request">
        {say('frame.request_id')} <code id="request_id">{frame.requestId}</code>
      </p>
    </footer>
  )
}

function LanguageLink(props: { frame: FrameProps; locale: 'ja' | 'en'; name: string }): JSX.Element {
  const { frame, locale, name } = props
  if (frame.locale === locale) {
    return (
      <span lang={locale} aria-current="true">
        {name}
      </span>
    )
  }
  return (
    <a id={`language_${locale}`} href={frame.languageLinks[locale]} lang={locale} hreflang={locale}>
      {name}
    </a>
  )
}
