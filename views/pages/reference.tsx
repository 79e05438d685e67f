/**
 * The reference of the API: Swagger UI, which a script draws from the description, in our frame. Its words are English as those of
 * the description are; ours around it are the reader's. Without scripts the page leads to the description itself.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Footer, Frame, Sheet } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import type { FrameProps } from '../props.ts'

export interface ReferenceProps {
  frame: FrameProps
  stylesheetUrls: readonly string[]
  scriptUrls: readonly string[]
  /** Where the description is. */
  descriptionUrl: string
  /** What the script signs people in with: the app, where it comes back to, and for which resource. */
  signIn: { clientId: string; returnUrl: string; resource: string }
}

const contentId = 'reference'
const { elements } = formContract.reference

/** Shows every door of the API, to read and to try. */
export function ReferencePage({ frame, stylesheetUrls, scriptUrls, descriptionUrl, signIn }: ReferenceProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Sheet frame={frame} title={t('reference.title')} stylesheetUrls={stylesheetUrls} scriptUrls={scriptUrls}>
      <a class="skip" href={`#${contentId}`}>
        {t('account.nav.skip')}
      </a>
      <div class="reference-page">
        <header>
          <a class="seal" id={elements.home.id} href="/">
            <img src={frame.markUrl} alt="" width="34" height="34" />
            <span>Tegata</span>
          </a>
          <h1>{t('reference.title')}</h1>
          <p>{t('reference.text')}</p>
          <p>{t('reference.try')}</p>
          <p>
            <a id={elements.description.id} href={descriptionUrl}>
              {t('reference.description')}
            </a>
          </p>
          <noscript>
            <p class="notice">{t('reference.noscript')}</p>
          </noscript>
        </header>
        {/* Swagger UI brings its own main. */}
        <div
          id={contentId}
          tabIndex={-1}
          lang="en"
          data-description={descriptionUrl}
          data-client-id={signIn.clientId}
          data-return-url={signIn.returnUrl}
          data-resource={signIn.resource}
        />
        <Footer frame={frame} />
      </div>
    </Sheet>
  )
}

/** Where the sign-in of the reference comes back to: hands its answer to the window that asked, and closes. */
export function ReferenceReturnPage({ frame, scriptUrls }: Pick<ReferenceProps, 'frame' | 'scriptUrls'>): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('reference.title')} scriptUrls={scriptUrls}>
      <h1>{t('reference.title')}</h1>
      <p>{t('reference.return')}</p>
    </Frame>
  )
}
