/**
 * The page at the root address: says what this place is, and in the demo leads into the products.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { colourOf, initialOf } from '../parts/chip.tsx'
import { ChoiceLink } from '../parts/choice-link.tsx'
import { ButtonLink } from '../parts/link.tsx'
import type { FrameProps } from '../props.ts'
import { pathOrSafeUrl, safeUrl } from '../safe-url.ts'

export interface DemoProps {
  apps: readonly { name: string; url: string; description: string }[]
  accounts: readonly { email: string; name: string; note: string }[]
  password: string
  mailUrl: string
}

export interface HomeProps {
  frame: FrameProps
  demo?: DemoProps | undefined
  issuer: string
}

/** Introduces the place. */
export function HomePage({ frame, demo, issuer }: HomeProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('home.title')} wide={demo !== undefined}>
      <h1>{t('home.title')}</h1>
      <p>{t('home.text')}</p>
      {demo === undefined ? <p>{t('home.advice')}</p> : <Demo demo={demo} t={t} />}
      <section class="stack">
        <h2>{t('home.own')}</h2>
        <p>{t('home.own_text')}</p>
        <div class="actions">
          <ButtonLink url="/account" id={formContract.home.elements.account.id} quiet>
            {t('home.own_link')}
          </ButtonLink>
        </div>
      </section>
      <section class="stack">
        <h2>{t('home.developers')}</h2>
        <dl class="facts small">
          <dt>{t('home.issuer')}</dt>
          <dd>
            <code id="issuer">{issuer}</code>
          </dd>
          <dt>{t('home.reference')}</dt>
          <dd>
            <a id={formContract.home.elements.reference.id} href="/api/docs">
              /api/docs
            </a>
          </dd>
          <dt>{t('home.discovery')}</dt>
          <dd>
            <a id="discovery" href="/.well-known/openid-configuration">
              /.well-known/openid-configuration
            </a>
          </dd>
        </dl>
      </section>
    </Frame>
  )
}

function Demo({ demo, t }: { demo: DemoProps; t: Translate }): JSX.Element {
  return (
    <>
      <section class="stack">
        <h2>{t('home.demo_title')}</h2>
        <p>{t('home.demo_text')}</p>
        <ul class="choices columns" aria-label={t('home.apps')}>
          {demo.apps.map((app) => (
            <li key={app.url}>
              <ChoiceLink href={safeUrl(app.url) ?? ''} initial={initialOf(app.name)} colour={colourOf(app.name)} name={app.name} line={app.description} />
            </li>
          ))}
        </ul>
      </section>
      <section class="stack">
        <h2>{t('home.accounts')}</h2>
        <Accounts demo={demo} t={t} />
        <dl class="facts">
          <dt>{t('home.password')}</dt>
          <dd>
            <code id="demo_password">{demo.password}</code>
          </dd>
        </dl>
        <p>
          <a id="mail" href={pathOrSafeUrl(demo.mailUrl) ?? ''}>
            {t('home.mail')}
          </a>
        </p>
      </section>
    </>
  )
}

function Accounts({ demo, t }: { demo: DemoProps; t: Translate }): JSX.Element {
  return (
    <table class="stacking">
      <thead>
        <tr>
          <th scope="col">{t('home.account')}</th>
          <th scope="col">{t('home.note')}</th>
        </tr>
      </thead>
      <tbody>
        {demo.accounts.map((account) => (
          <tr key={account.email}>
            <td>
              <code>{account.email}</code>
            </td>
            <td>
              {account.name}
              <span class="quiet-text">{account.note}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
