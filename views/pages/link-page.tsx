/**
 * Where links in mails lead, and what they end in. Opening a link changes nothing: mail scanners open links too.
 * A dead link says how to get a live one, and nothing ends without a next step.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import { t as speak } from '../messages.ts'
import { Action, Form } from '../parts/form.tsx'
import { ButtonLink } from '../parts/link.tsx'
import type { FormProps, FrameProps, LinkPurpose } from '../props.ts'
import { pathOrSafeUrl } from '../safe-url.ts'

export interface LinkPageProps {
  frame: FrameProps
  form: FormProps
  purpose: 'address_change' | 'address_undo' | 'unlock' | 'deletion'
  /** The address that the link is about: the new one of a change, the old one of an undo. */
  email?: string | undefined
  /** Whose account it is about, so that nobody confirms for somebody else. */
  accountName?: string | undefined
}

export interface DeadLinkProps {
  frame: FrameProps
  purpose: LinkPurpose
  /** Where a new link can be had. */
  againUrl?: string | undefined
}

export interface DoneProps {
  frame: FrameProps
  kind: LinkPurpose
  next?: { name: string; url: string } | undefined
}

/** Says what the link will do and waits for the button. */
export function LinkPage({ frame, form, purpose, email, accountName }: LinkPageProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t(`link.title.${purpose}`)
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t(`link.text.${purpose}`)}</p>
      <dl class="facts">
        {accountName === undefined ? null : (
          <>
            <dt>{t('link.account')}</dt>
            <dd>
              <bdi>{accountName}</bdi>
            </dd>
          </>
        )}
        {email === undefined ? null : (
          <>
            <dt>{t('link.email')}</dt>
            <dd>
              <bdi class="identifier">{email}</bdi>
            </dd>
          </>
        )}
      </dl>
      <Form form={form}>
        <div class="actions">
          <Action button={formContract.link.elements.confirm} look="main">
            {t(`link.confirm.${purpose}`)}
          </Action>
        </div>
      </Form>
      <p class="aside">{t(`link.aside.${purpose}`)}</p>
    </Frame>
  )
}

/** Says that the link no longer works, and how to go on. */
export function DeadLinkPage({ frame, purpose, againUrl }: DeadLinkProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t('dead_link.title')
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t('dead_link.text')}</p>
      <p>{t(`dead_link.advice.${purpose}`)}</p>
      {againUrl === undefined ? null : (
        <div class="actions">
          <ButtonLink url={againUrl} id={formContract.dead_link.elements.startAgain.id}>
            {t(`dead_link.again.${purpose}`)}
          </ButtonLink>
        </div>
      )}
    </Frame>
  )
}

/** Says what has been done. */
export function DonePage({ frame, kind, next }: DoneProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t(`done.title.${kind}`)
  return (
    <Frame frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{t(`done.text.${kind}`)}</p>
      {next === undefined || pathOrSafeUrl(next.url) === undefined ? (
        <p>{t('done.close')}</p>
      ) : (
        <div class="actions">
          <ButtonLink url={next.url} id={formContract.done.elements.continue.id}>
            {t('done.continue', { name: next.name })}
          </ButtonLink>
        </div>
      )}
    </Frame>
  )
}
