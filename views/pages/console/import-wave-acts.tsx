/** What is done with one wave on a page of its own: taking it back, and handing links to people without a mail address. */
import type { JSX } from 'preact'
import { waveFields } from '../../contract/console-imports.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import type { LinkLine } from '../../import-props.ts'
import { t as speak } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Form, ToolButton } from '../../parts/form.tsx'
import { importNo, importPath } from '../../parts/import-steps.tsx'
import { DataTable } from '../../parts/table.tsx'

interface OneWave {
  list: { id: string; name: string }
  wave: number
}

export interface RollBackProps extends ConsolePageProps<never, string>, OneWave {
  open: number
  joined: number
}

/** Says how many lose their invitation and who stays, and waits for the button. */
export function RollBackPage({ list, wave, open, joined, error, ...page }: RollBackProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={t('imports.roll_back_title', { number: wave })}
      parent={{ label: list.name, href: importPath(page.nav.tenant.subdomain, list.id, 'waves') }}
      failure={error === undefined ? undefined : { text: importNo(t, error) }}
    >
      <Panel>
        <p>{t('imports.roll_back_text', { open, joined })}</p>
        <Form form={page.form}>
          <div class="panel-acts">
            <Action button={waveFields.rollBack} look="danger">
              {t('imports.wave.roll_back')}
            </Action>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

export interface WaveLinksProps extends ConsolePageProps, OneWave {
  count: number
  /** Null until they were asked for: that they were shown is kept. */
  links: readonly LinkLine[] | null
  scriptUrls: readonly string[]
}

/** A sheet to be printed and handed out. */
export function WaveLinksPage({ list, wave, count, links, scriptUrls, ...page }: WaveLinksProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={t('imports.links_title', { number: wave })}
      parent={{ label: list.name, href: importPath(page.nav.tenant.subdomain, list.id, 'waves') }}
      intro={t('imports.links_lead', { count })}
      scriptUrls={scriptUrls}
    >
      <Form form={page.form}>
        <div class="panel-acts">
          {links === null ? (
            <Action button={waveFields.showLinks} look="main">
              {t('imports.links_show')}
            </Action>
          ) : (
            <ToolButton button={waveFields.printLinks} data={{ 'data-print': '' }}>
              {t('imports.links_print')}
            </ToolButton>
          )}
          <Action button={waveFields.saveLinks} look="quiet">
            {t('imports.links_csv')}
          </Action>
        </div>
        <p class="hint">{t('invitations.link_shown')}</p>
      </Form>
      {links === null ? null : (
        <DataTable
          caption={t('imports.links_caption')}
          columns={[
            { name: 'name', label: t('imports.links.name'), cell: ({ name }) => <b>{name}</b> },
            { name: 'number', label: t('imports.links.number'), cell: ({ employeeNumber }) => employeeNumber },
            { name: 'role', label: t('imports.links.role'), cell: ({ role }) => <bdi>{role}</bdi> },
            { name: 'link', label: t('imports.links.link'), cell: ({ url }) => <code class="address">{url}</code> },
            { name: 'until', label: t('imports.links.until'), cell: ({ until }) => <span class="when">{until}</span> },
          ]}
          rows={links}
          keyOf={({ number }) => String(number)}
          empty={t('imports.links_empty')}
        />
      )}
    </ConsoleFrame>
  )
}
