/** What an app is told besides our own claims: one row a claim, and what a chosen member would be told with it. */
import type { JSX } from 'preact'
import type { AdminPageProps } from '../../admin-props.ts'
import { mappingFields as fields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'
import { appPath } from './apps.tsx'

/** `value` is a constant's, or the other names of roles. */
export interface MappingRow {
  claim: string
  from: string
  value: string
}

export type MappingFailure = 'invalid_mapping' | 'pairwise_subject' | 'unknown_member' | 'precondition_failed' | 'built_in'

export interface AppClaimsProps extends AdminPageProps<'saved', MappingFailure> {
  app: { id: string; name: string }
  rows: readonly MappingRow[]
  sources: readonly string[]
  problems: readonly string[]
  member: string
  /** What that member would be told; the second says why they would not get in at all. */
  preview: { claims: string; refusal: string | null } | null
}

type Words = AppClaimsProps & { t: Translate }

export function AppClaimsPage(props: AppClaimsProps): JSX.Element {
  const { app, problems, notice, error, ...page } = props
  const t = speak(page.frame.locale)
  const words = { ...props, t }
  return (
    <AdminFrame
      page={page}
      title={t('admin.claims.title')}
      parent={{ label: app.name, href: appPath(app.id) }}
      intro={t('admin.claims.intro')}
      done={notice === undefined ? undefined : t('board.saved')}
      failure={error === undefined ? undefined : { text: t(`admin.claims.error.${error}`), more: problems.length === 0 ? undefined : problems.join(' ') }}
    >
      <Form form={page.form}>
        <Rows {...words} />
        <Panel title={t('admin.claims.preview')} lead={t('admin.claims.preview_lead')}>
          <Field field={fields.member} label={t('admin.claims.member')} hint={t('admin.claims.member_hint')} value={props.member} />
          <Preview {...words} />
        </Panel>
        {page.mayChange ? (
          <div class="panel-acts">
            <Action button={fields.save} look="main">
              {t('board.save')}
            </Action>
            <Action button={fields.preview} look="quiet">
              {t('admin.claims.preview_do')}
            </Action>
          </div>
        ) : null}
      </Form>
    </AdminFrame>
  )
}

function Rows({ rows, sources, t }: Words): JSX.Element {
  const heads = ['admin.claims.claim', 'admin.claims.from', 'admin.claims.value'] as const
  return (
    <div class="table-wrap">
      <table class="rows mapping">
        <caption class="unseen">{t('admin.claims.title')}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={String(place)}>
              <td data-label={t(heads[0])}>
                <input type="text" {...named(fields.claim(place))} value={row.claim} aria-label={`${t(heads[0])} ${place + 1}`} maxLength={100} />
              </td>
              <td data-label={t(heads[1])}>
                <select {...named(fields.from(place))} aria-label={`${t(heads[1])} ${place + 1}`}>
                  <option value="">{t('admin.claims.constant')}</option>
                  {sources.map((source) => (
                    <option key={source} value={source} selected={source === row.from}>
                      {source}
                    </option>
                  ))}
                </select>
              </td>
              <td data-label={t(heads[2])}>
                <input type="text" {...named(fields.value(place))} value={row.value} aria-label={`${t(heads[2])} ${place + 1}`} placeholder={row.from === 'role' ? 'EXECUTIVE=director' : undefined} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function named({ name, id }: { readonly name: string; readonly id: string }) {
  return { name, id, autocomplete: 'off', spellcheck: false } as const
}

function Preview({ preview, t }: Words): JSX.Element | null {
  if (preview === null) return null
  return (
    <div class="token">
      {preview.refusal === null ? null : <p class="warning">{t('admin.claims.refused', { reason: preview.refusal })}</p>}
      <pre id="preview_claims">{preview.claims}</pre>
    </div>
  )
}
