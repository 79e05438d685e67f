/** The keys that sign tokens: which one signs, which one will, which ones are on their way out; and how one takes over. */
import type { JSX } from 'preact'
import type { AdminPageProps } from '../../admin-props.ts'
import { emergencyWord, keyFields } from '../../contract/admin.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { AdminFrame } from '../../parts/admin-frame.tsx'
import { Action, Field, Form } from '../../parts/form.tsx'
import { DataTable } from '../../parts/table.tsx'

export interface KeyRow {
  kid: string
  state: 'current' | 'next' | 'retired'
  createdAt: string
  /** Since when it signs, or no longer does. */
  changedAt: string | null
  ageDays: number
}

export interface KeysProps extends AdminPageProps<'key_rotated' | 'key_removed', 'next_key_too_young' | 'confirm_missing'> {
  algorithms: readonly { algorithm: string; keys: readonly KeyRow[] }[]
  /** Of which algorithm the form came back. */
  failed?: string | undefined
  /** How long until the next key may sign. */
  readyInMinutes?: number | undefined
}

export function KeysPage({ algorithms, failed, readyInMinutes = 0, notice, error, ...page }: KeysProps): JSX.Element {
  const t = speak(page.frame.locale)
  const words = error === 'next_key_too_young' ? t('admin.keys.error.next_key_too_young', { minutes: readyInMinutes }) : t('admin.keys.error.confirm_missing', { word: emergencyWord })
  return (
    <AdminFrame
      page={page}
      intro={t('admin.keys.intro')}
      done={notice === undefined ? undefined : t(`admin.keys.${notice}`)}
      failure={error === undefined ? undefined : { text: words, fieldId: error === 'confirm_missing' && failed !== undefined ? keyFields.confirm(failed).id : undefined }}
    >
      {algorithms.map((one) => (
        <section key={one.algorithm} class="panel">
          <h2>{one.algorithm}</h2>
          <Keys {...one} t={t} />
          {page.mayChange ? <Rotation page={page} algorithm={one.algorithm} t={t} /> : null}
        </section>
      ))}
    </AdminFrame>
  )
}

function Keys({ algorithm, keys, t }: KeysProps['algorithms'][number] & { t: Translate }): JSX.Element {
  return (
    <DataTable
      caption={algorithm}
      columns={[
        { name: 'state', label: t('admin.keys.state'), cell: ({ state }) => <Tag tone={state === 'current' ? 'good' : 'plain'}>{t(`admin.keys.state.${state}`)}</Tag> },
        { name: 'kid', label: t('admin.keys.kid'), cell: ({ kid }) => <code>{kid}</code> },
        { name: 'created', label: t('admin.keys.created'), cell: ({ createdAt, ageDays }) => <>{createdAt} <small>{t('admin.keys.age', { days: ageDays })}</small></> },
        { name: 'changed', label: t('admin.keys.changed'), cell: ({ changedAt }) => changedAt ?? '–' },
      ]}
      rows={keys}
      keyOf={({ kid }) => kid}
      empty={t('board.none')}
    />
  )
}

function Rotation({ page, algorithm, t }: { page: Pick<AdminPageProps, 'form'>; algorithm: string; t: Translate }): JSX.Element {
  return (
    <>
      <Form form={page.form}>
        <input type="hidden" name={keyFields.algorithm(algorithm).name} value={algorithm} />
        <div class="panel-acts">
          <Action button={keyFields.rotate(algorithm)} look="quiet">
            {t('admin.keys.rotate')}
          </Action>
        </div>
      </Form>
      <details class="more">
        <summary>{t('admin.keys.emergency')}</summary>
        <Panel lead={t('admin.keys.emergency_lead')}>
          <Form form={page.form}>
            <input type="hidden" name={keyFields.algorithm(algorithm).name} value={algorithm} />
            <Field field={keyFields.confirm(algorithm)} label={t('admin.keys.confirm', { word: emergencyWord })} />
            <div class="panel-acts">
              <Action button={keyFields.emergency(algorithm)} look="danger">
                {t('admin.keys.emergency_do')}
              </Action>
            </div>
          </Form>
        </Panel>
      </details>
    </>
  )
}
