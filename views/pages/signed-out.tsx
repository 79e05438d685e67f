/**
 * Says what a sign-out has ended and leads back to the app, where it has an address.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Translate } from '../messages.ts'
import { t as speak } from '../messages.ts'
import { ButtonLink } from '../parts/link.tsx'
import type { AppProps, FrameProps } from '../props.ts'

export interface SignedOutProps {
  frame: FrameProps
  app?: AppProps | undefined
  /** True when the whole session ended; false when only the app was left. */
  everywhere: boolean
}

/** Confirms a sign-out. */
export function SignedOutPage({ frame, app, everywhere }: SignedOutProps): JSX.Element {
  const t = speak(frame.locale)
  const title = titleOf(t, everywhere, app)
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t(everywhere ? 'signed_out.everywhere' : 'signed_out.here')}</p>
      {app?.homeUrl === undefined ? null : (
        <div class="actions">
          <ButtonLink url={app.homeUrl} id={formContract.signed_out.elements.backToApp.id} quiet>
            {t('action.back_to_app', { app: app.name })}
          </ButtonLink>
        </div>
      )}
    </Frame>
  )
}

function titleOf(t: Translate, everywhere: boolean, app: AppProps | undefined): string {
  if (everywhere) return t('signed_out.title')
  return app === undefined ? t('signed_out.title_here_plain') : t('signed_out.title_here', { app: app.name })
}
