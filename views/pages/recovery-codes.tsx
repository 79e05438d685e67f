/**
 * Shows new recovery codes, this once, and helps to keep them: a file, paper, the clipboard.
 * On paper stands what the file says and nothing else.
 */
import type { JSX } from 'preact'
import { formContract } from '../form-contract.ts'
import { Frame } from '../frame.tsx'
import type { Locale } from '../locale.ts'
import { t as speak } from '../messages.ts'
import { AppHeader } from '../parts/app-header.tsx'
import { RecoveryCodes } from '../parts/codes.tsx'
import { Action, Checkbox, Form } from '../parts/form.tsx'
import { ErrorSummary, Notice } from '../parts/notices.tsx'
import type { AppProps, FormProps, FrameProps } from '../props.ts'

export interface RecoveryCodesProps {
  frame: FrameProps
  form: FormProps
  app?: AppProps | undefined
  codes: readonly string[]
  /** What the file and the printed page say; see recoveryCodesFile. */
  fileText: string
  error?: 'not_stored' | undefined
  /** copy.js. */
  scriptUrls?: readonly string[] | undefined
}

const { stored, codesStored } = formContract.recovery_codes.elements

/** Shows the codes and asks whether they are kept. */
export function RecoveryCodesPage({ frame, form, app, codes, fileText, error, scriptUrls }: RecoveryCodesProps): JSX.Element {
  const t = speak(frame.locale)
  const title = t('recovery_codes.title')
  const errorText = error === undefined ? undefined : t(`recovery_codes.error.${error}`)
  return (
    <Frame frame={frame} title={app === undefined ? title : `${title} · ${app.name}`} scriptUrls={scriptUrls}>
      {app === undefined ? null : <AppHeader app={app} line={t('app.sign_in')} />}
      <h1>{title}</h1>
      {errorText === undefined ? null : <ErrorSummary text={errorText} fieldId={stored.id} />}
      <p>{t('recovery_codes.intro')}</p>
      <Notice>{t('recovery_codes.once')}</Notice>
      <RecoveryCodes codes={codes} fileText={fileText} elements={formContract.recovery_codes.elements} t={t} />
      <p class="aside">{t('recovery_codes.place')}</p>
      <Form form={form}>
        <Checkbox field={stored} label={t('recovery_codes.stored')} error={errorText} />
        <div class="actions">
          <Action button={codesStored} look="main">
            {t('recovery_codes.submit')}
          </Action>
        </div>
      </Form>
    </Frame>
  )
}

/** Writes the file for `fileText`: whose codes, from when (written for people), and the codes, one a line. */
export function recoveryCodesFile(locale: Locale, props: { account: string; date: string; codes: readonly string[] }): string {
  const t = speak(locale)
  const { account, date, codes } = props
  const head = [t('recovery_codes.file.title'), t('recovery_codes.file.account', { account }), t('recovery_codes.file.date', { date })]
  return [...head, '', ...codes, ''].join('\r\n')
}
