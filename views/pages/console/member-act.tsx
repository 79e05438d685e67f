/** An act on one member before it is done, with what follows; and a link that is handed over, shown once. */
import type { JSX } from 'preact'
import { memberActFields, memberTools } from '../../contract/console-members.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import type { MemberAct } from '../../member-props.ts'
import { t as speak } from '../../messages.ts'
import { Panel } from '../../parts/account-panel.tsx'
import { CopyStatus } from '../../parts/codes.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Effects } from '../../parts/effects.tsx'
import { Action, Form, TextArea, ToolButton } from '../../parts/form.tsx'
import { reasonWords } from '../../refusal-words.ts'
import { hrefTo } from '../../safe-url.ts'
import { memberParent } from './member.tsx'

interface Person {
  readonly id: string
  readonly name: string
}

export interface MemberActProps extends ConsolePageProps<never, string> {
  act: MemberAct
  member: Person
  /** As it was typed. */
  reason: string
}

const dangerous: readonly MemberAct[] = ['suspend', 'end', 'reset_factors']

export function MemberActPage({ act, member, reason, error, ...page }: MemberActProps): JSX.Element {
  const t = speak(page.frame.locale)
  const parent = memberParent(page, member)
  const isReasonMissing = error === 'reason_missing'
  return (
    <ConsoleFrame
      page={page}
      title={t(`member.act.title.${act}`, { name: member.name })}
      parent={parent}
      failure={error === undefined ? undefined : { text: isReasonMissing ? t('member.act.reason_missing') : reasonWords(t, error), fieldId: isReasonMissing ? memberActFields.reason.id : undefined }}
    >
      <Panel title={t('member.act.effects')}>
        <Effects act={act} t={t} />
        <Form form={page.form}>
          {act === 'reset_factors' ? (
            <TextArea field={memberActFields.reason} label={t('member.act.reason')} hint={t('member.act.reason_hint')} value={reason} error={isReasonMissing ? t('member.act.reason_missing') : undefined} />
          ) : null}
          <div class="panel-acts">
            <Action button={memberActFields.confirm} look={dangerous.includes(act) ? 'danger' : 'main'}>
              {t(`member.act.${act}`)}
            </Action>
            <a class="button quiet" id="cancel" href={hrefTo(parent.href)}>
              {t('board.cancel')}
            </a>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

export interface MemberLinkProps extends ConsolePageProps {
  kind: 'activation' | 'invitation'
  member: Person
  url: string
  until: string
  scriptUrls: readonly string[]
}

/** The link, to be printed or copied. */
export function MemberLinkPage({ kind, member, url, until, scriptUrls, ...page }: MemberLinkProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t('member.link.title', { name: member.name })} parent={memberParent(page, member)} scriptUrls={scriptUrls}>
      <Panel>
        <p>{t(kind === 'activation' ? 'member.link.lead' : 'member.link.invitation_lead')}</p>
        <p class="handed-link">
          <code id="link">{url}</code>
        </p>
        <p class="quiet-text">{t('member.link.until', { until })}</p>
        <div class="tools">
          <ToolButton button={memberTools.copyLink} data={{ 'data-copy': url, 'data-copied': t('member.copied') }}>
            {t('member.copy')}
          </ToolButton>
          <ToolButton button={memberTools.printLink} data={{ 'data-print': '' }}>
            {t('member.link.print')}
          </ToolButton>
        </div>
        <CopyStatus />
      </Panel>
    </ConsoleFrame>
  )
}
