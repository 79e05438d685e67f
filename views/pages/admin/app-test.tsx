/** A test sign-in: its start, and what came of it, decoded. */
import type { JSX } from 'preact'
import type { AdminPageProps } from '../../admin-props.ts'
import { testFields as fields } from '../../contract/admin.ts'
import { Frame } from '../../frame.tsx'
import { t as speak } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Checkbox, Field, Form, Select } from '../../parts/form.tsx'
import type { FrameProps } from '../../props.ts'
import { hrefTo } from '../../safe-url.ts'
import { appPath } from './apps.tsx'

export interface AppTestProps extends AdminPageProps {
  app: { id: string; name: string }
  /** Apis that it may ask for a token of. */
  apis: readonly string[]
}

export function AppTestPage({ app, apis, ...page }: AppTestProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <AdminFrame page={page} title={t('admin.test.title')} parent={{ label: app.name, href: appPath(app.id) }} intro={t('admin.test.intro')}>
      <Panel lead={t('admin.test.stand_in')}>
        <Form form={page.form}>
          <Field field={fields.tenant} label={t('admin.test.tenant')} hint={t('admin.test.tenant_hint')} />
          {apis.length === 0 ? null : <Select field={fields.resource} label={t('admin.test.resource')} options={[{ value: '', name: t('admin.test.resource_none') }, ...apis.map((value) => ({ value, name: value }))]} />}
          <Checkbox field={fields.again} label={t('admin.test.again')} hint={t('admin.test.again_hint')} />
          <div class="panel-acts">
            <Action button={fields.start} look="main">
              {t('admin.test.start')}
            </Action>
          </div>
        </Form>
      </Panel>
    </AdminFrame>
  )
}

export interface AppTestResultProps {
  frame: FrameProps
  app: { id: string; name: string }
  result:
    | { kind: 'tokens'; idTokenHeader: string; idToken: string; accessToken: string; accessTokenFormat: 'jwt' | 'opaque'; userinfo: string | null; scope: string }
    | { kind: 'error'; error: string; description: string | null }
    | { kind: 'stale' }
}

/** Whoever signed in may be no operator, so the console does not stand around it. */
export function AppTestResultPage({ frame, app, result }: AppTestResultProps): JSX.Element {
  const t = speak(frame.locale)
  return (
    <Frame frame={frame} title={t('admin.test.title')} wide>
      <h1>{t('admin.test.result', { name: app.name })}</h1>
      <Result result={result} frame={frame} />
      <p>
        <a id="back_to_app" href={hrefTo(appPath(app.id, '/test'))}>
          {t('admin.test.back')}
        </a>
      </p>
    </Frame>
  )
}

function Result({ result, frame }: Pick<AppTestResultProps, 'result' | 'frame'>): JSX.Element {
  const t = speak(frame.locale)
  if (result.kind === 'stale') return <p class="warning">{t('admin.test.stale')}</p>
  if (result.kind === 'error') {
    return (
      <div class="warning">
        <p>{t('admin.test.error')}</p>
        <p>
          <code id="test_error">{result.error}</code> {result.description}
        </p>
      </div>
    )
  }
  const parts = [
    ['id_token', result.idToken], ['id_token_header', result.idTokenHeader], [`access_token_${result.accessTokenFormat}`, result.accessToken], ['userinfo', result.userinfo],
  ] as const
  return (
    <>
      <p class="notice">{t('admin.test.good', { scope: result.scope })}</p>
      {parts.map(([name, text]) => (text === null ? null : (
        <section key={name} class="token">
          <h2>{t(`admin.test.part.${name}`)}</h2>
          <pre id={`test_${name}`}>{text}</pre>
        </section>
      )))}
    </>
  )
}
