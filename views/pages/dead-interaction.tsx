/**
 * Where every dead interaction ends: back button, expired, finished in another tab, lost cookie.
 * It always offers the next good step and never a raw error.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { ButtonLink } from '../parts/link.tsx'
import type { FrameProps } from '../props.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

export interface DeadInteractionProps {
  frame: FrameProps
  state: 'finished' | 'expired' | 'ended' | 'unknown'
  app?: { name: string; startUrl?: string | undefined } | undefined
}

/** Leads on from an interaction that no longer lives. */
export function DeadInteractionPage({ frame, state, app }: DeadInteractionProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t(`dead.title.${state}`)
  const { continueToApp, startAgain } = formContract.dead_interaction.elements
  const startUrl = pathOrSafeUrl(app?.startUrl)
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t(`dead.text.${state}`)}</p>
      {app === undefined || startUrl === undefined ? null : (
        <div class="actions">
          {state === 'finished' ? (
            <ButtonLink url={startUrl} id={continueToApp.id}>
              {t('dead.continue', { app: app.name })}
            </ButtonLink>
          ) : (
            <ButtonLink url={startUrl} id={startAgain.id}>
              {t('dead.start_again', { app: app.name })}
            </ButtonLink>
          )}
        </div>
      )}
      {startUrl !== undefined || state === 'unknown' ? null : <p>{t('dead.open_app')}</p>}
      {state === 'finished' ? null : <p class="aside">{t('dead.cookie_advice')}</p>}
    </Frame>
  )
}
