/** One act on many members: what follows and for whom, before it is done; and for whom it could not be done, after. */
import type { JSX } from 'preact'
import { bulkFields } from '../../contract/console-members.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import type { BulkAct, Option } from '../../member-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Effects } from '../../parts/effects.tsx'
import { Action, Form, Hidden, Select } from '../../parts/form.tsx'
import { reasonWords } from '../../refusal-words.ts'
import { hrefTo } from '../../safe-url.ts'

interface Chosen {
  readonly id: string
  readonly name: string
}

export interface BulkProps extends ConsolePageProps {
  act: BulkAct
  members: readonly Chosen[]
  /** Those that may be given. */
  roles: readonly Option[]
  units: readonly Option[]
}

const mostNamed = 20
const dangerous: readonly BulkAct[] = ['suspend', 'end']

export function BulkPage({ act, members, roles, units, ...page }: BulkProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t(`members.bulk.title.${act}`, { count: members.length })}>
      <Panel title={t('member.act.effects')}>
        <Effects act={act} t={t} />
        <h2>{t('members.bulk.who')}</h2>
        <Names members={members} t={t} />
        <Form form={page.form}>
          {members.map(({ id }) => (
            <Hidden key={id} field={bulkFields.member(id)} value="on" />
          ))}
          <Hidden field={bulkFields.chosenAct} value={act} />
          {act === 'change_role' ? <Select field={bulkFields.role} label={t('member.role')} options={roles} /> : null}
          {act === 'add_unit' || act === 'remove_unit' ? <Select field={bulkFields.unit} label={t('members.filter.unit')} options={units} /> : null}
          <div class="panel-acts">
            <Action button={bulkFields.confirm} look={dangerous.includes(act) ? 'danger' : 'main'}>
              {t('members.bulk.confirm')}
            </Action>
            <Back page={page} t={t} />
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

function Back({ page, t }: { page: Pick<ConsolePageProps, 'nav'>; t: Translate }): JSX.Element {
  return (
    <a class="button quiet" id="cancel" href={consolePath(page.nav.tenant.subdomain, 'members')}>
      {t('board.cancel')}
    </a>
  )
}

function Names({ members, t }: { members: readonly Chosen[]; t: Translate }): JSX.Element {
  return (
    <ul class="names">
      {members.slice(0, mostNamed).map(({ id, name }) => (
        <li key={id}>
          <bdi>{name}</bdi>
        </li>
      ))}
      {members.length > mostNamed ? <li>{t('members.bulk.more', { count: members.length - mostNamed })}</li> : null}
    </ul>
  )
}

export interface BulkOutcomeProps extends ConsolePageProps {
  done: number
  refused: readonly (Chosen & { readonly reason: string; readonly href: string })[]
}

/** For whom it could not be done, and why. */
export function BulkOutcomePage({ done, refused, ...page }: BulkOutcomeProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t('members.bulk.done_title')} done={done === 0 ? undefined : t('members.bulk.done', { count: done })}>
      <Panel title={t('members.bulk.refused', { count: refused.length })}>
        <ul class="effects">
          {refused.map(({ id, name, reason, href }) => (
            <li key={id}>
              <a href={hrefTo(href)}>
                <bdi>{name}</bdi>
              </a>{' '}
              – {reasonWords(t, reason)}
            </li>
          ))}
        </ul>
        <p>
          <a id="back_to_list" class="onward" href={consolePath(page.nav.tenant.subdomain, 'members')}>
            {t('members.bulk.back')}
          </a>
        </p>
      </Panel>
    </ConsoleFrame>
  )
}
