/** One member: who they are here, what can be done about it, factors, sign-ins, invitation, and what has happened so far. */
import type { JSX } from 'preact'
import { memberInvitationFields, memberTools } from '../../contract/console-members.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import type { MemberAct, MemberStatus } from '../../member-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Entries, Entry, Pairs, Panel } from '../../parts/account-panel.tsx'
import { browserWords } from '../../parts/account-words.ts'
import { CopyStatus } from '../../parts/codes.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { EventLog, type EventEntry } from '../../parts/event-row.tsx'
import { Action, Form, ToolButton } from '../../parts/form.tsx'
import { factorWords, StatusTag } from '../../parts/member-words.tsx'
import { Pager } from '../../parts/table.tsx'
import { reasonWords } from '../../refusal-words.ts'
import { hrefTo } from '../../safe-url.ts'

export interface MemberFacts {
  readonly id: string
  readonly name: string
  readonly status: MemberStatus
  readonly email: string | null
  readonly employeeNumber: string | null
  readonly title: string | null
  readonly role: string
  readonly units: readonly { readonly name: string; readonly isHead: boolean }[]
  readonly source: 'manual' | 'csv' | 'scim' | 'jit'
  /** Null before they have joined. */
  readonly factors: readonly string[] | null
  readonly seen: string | null
  readonly invitedAt: string | null
  readonly joinedAt: string | null
  readonly endedAt: string | null
  readonly validFrom: string | null
  readonly validUntil: string | null
}

export interface InvitationView {
  readonly state: 'open' | 'accepted' | 'declined' | 'revoked' | 'expired' | 'tenant_suspended' | 'membership_ended'
  readonly until: string
  readonly sentCount: number
  readonly sentAt: string | null
  readonly hasAddress: boolean
  /** Where its buttons post to; null where the person may not. */
  readonly action: string | null
}

export interface SessionView {
  readonly uid: string
  readonly browserName: string | null
  readonly systemName: string | null
  readonly since: string
  readonly seenAt: string
  readonly apps: readonly string[]
}

export type MemberNotice = 'saved' | 'suspend' | 'resume' | 'end' | 'reset_factors' | 'end_sessions' | 'resent' | 'revoked'

export interface MemberProps extends ConsolePageProps<MemberNotice, string> {
  member: MemberFacts
  /** Null where the person may not change it. */
  editUrl: string | null
  /** Those that make sense now and that the person may do. */
  acts: readonly { readonly act: MemberAct; readonly href: string }[]
  /** Null where there is none, or it was taken up long ago. */
  invitation: InvitationView | null
  /** Null for whoever may not end them. */
  sessions: readonly SessionView[] | null
  history: readonly EventEntry[]
  newestUrl: string | null
  olderUrl: string | null
  scriptUrls: readonly string[]
}

const standing: readonly MemberAct[] = ['suspend', 'resume', 'end']

export function MemberPage(props: MemberProps): JSX.Element {
  const { member, editUrl, acts, notice, error, scriptUrls } = props
  const t = speak(props.frame.locale)
  return (
    <ConsoleFrame
      page={props}
      title={member.name}
      intro={<StatusTag status={member.status} t={t} />}
      acts={<Acts acts={acts.filter(({ act }) => standing.includes(act))} editUrl={editUrl} t={t} />}
      done={notice === undefined ? undefined : t(notice === 'saved' ? 'board.saved' : `member.done.${notice}`)}
      failure={error === undefined ? undefined : { text: reasonWords(t, error) }}
      scriptUrls={scriptUrls}
    >
      <div class="columns">
        <Facts member={member} t={t} />
        <div class="column">
          {props.invitation === null ? null : <Invitation invitation={props.invitation} form={props.form} t={t} />}
          <Factors {...props} t={t} />
          {props.sessions === null ? null : <Sessions {...props} sessions={props.sessions} t={t} />}
        </div>
      </div>
      <History {...props} t={t} />
    </ConsoleFrame>
  )
}

type WithWords = MemberProps & { t: Translate }

function Acts({ acts, editUrl, t }: Pick<WithWords, 'acts' | 'editUrl' | 't'>): JSX.Element {
  return (
    <>
      {acts.map(({ act, href }) => (
        <a key={act} class={act === 'end' ? 'button quiet danger' : 'button quiet'} id={act} href={hrefTo(href)}>
          {t(`member.act.${act}`)}
        </a>
      ))}
      {editUrl === null ? null : (
        <a class="button" id="edit" href={hrefTo(editUrl)}>
          {t('member.edit')}
        </a>
      )}
    </>
  )
}

function Facts({ member, t }: { member: MemberFacts; t: Translate }): JSX.Element {
  const { units } = member
  const valid = [member.validFrom === null ? null : t('member.valid_from', { date: member.validFrom }), member.validUntil === null ? null : t('member.valid_until', { date: member.validUntil })]
  return (
    <Panel title={t('member.facts')}>
      <Pairs
        pairs={[
          [t('member.role'), <bdi key="role">{member.role}</bdi>],
          [t('member.units'), units.length === 0 ? t('member.no_units') : units.map(({ name, isHead }) => (isHead ? t('member.unit_head', { unit: name }) : name)).join(t('account.comma'))],
          [t('member.email'), member.email === null ? t('member.no_mail') : <span key="email" class="address">{member.email}</span>],
          [t('member.number'), member.employeeNumber],
          [t('member.title'), member.title],
          [t('member.seen'), member.seen ?? t('member.seen.never')],
          [t('member.joined'), member.joinedAt],
          [t('member.invited_at'), member.joinedAt === null ? member.invitedAt : null],
          [t('member.ended_at'), member.endedAt],
          [t('member.valid'), valid.every((one) => one === null) ? null : valid.filter((one) => one !== null).join(' ')],
          [t('member.source'), t(`member.source.${member.source}`)],
          [
            t('member.id'),
            <span key="id" class="copyable">
              <code id="membership_id">{member.id}</code>
              <ToolButton button={memberTools.copyId} data={{ 'data-copy': member.id, 'data-copied': t('member.copied') }}>
                {t('member.copy')}
              </ToolButton>
            </span>,
          ],
        ]}
      />
      <CopyStatus />
    </Panel>
  )
}

function Invitation({ invitation, form, t }: { invitation: InvitationView; form: MemberProps['form']; t: Translate }): JSX.Element {
  const { state, until, sentCount, sentAt, hasAddress, action } = invitation
  const waits = state === 'open' || state === 'expired'
  return (
    <Panel title={t('member.invitation')}>
      <p>{state === 'open' || state === 'expired' ? t(`member.invitation.${state}`, { until }) : t(`member.invitation.${state}`)}</p>
      {waits ? <p class="quiet-text">{hasAddress ? t('member.invitation.sent', { count: sentCount, date: sentAt ?? '–' }) : t('member.invitation.not_sent')}</p> : null}
      {!waits || action === null ? null : (
        <Form form={{ ...form, action }}>
          <div class="panel-acts">
            <Action button={memberInvitationFields.resend} look="quiet">
              {t(hasAddress ? 'member.invitation.resend' : 'member.invitation.renew')}
            </Action>
            {hasAddress || state === 'expired' ? null : (
              <Action button={memberInvitationFields.showLink} look="quiet">
                {t('member.invitation.link')}
              </Action>
            )}
            <Action button={memberInvitationFields.revoke} look="text">
              {t('member.invitation.revoke')}
            </Action>
          </div>
        </Form>
      )}
    </Panel>
  )
}

function ActLinks({ acts, of, t }: { acts: MemberProps['acts']; of: readonly MemberAct[]; t: Translate }): JSX.Element | null {
  const links = acts.filter(({ act }) => of.includes(act))
  if (links.length === 0) return null
  return (
    <div class="panel-acts">
      {links.map(({ act, href }) => (
        <a key={act} class="button quiet compact" id={act} href={hrefTo(href)}>
          {t(`member.act.${act}`)}
        </a>
      ))}
    </div>
  )
}

function Factors({ member: { factors }, acts, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('member.factors')}>
      <p>{factors === null ? t('member.factors_unknown') : factors.length === 0 ? t('member.factors_none') : factorWords(t, factors)}</p>
      <ActLinks acts={acts} of={['reset_factors', 'activation_link']} t={t} />
    </Panel>
  )
}

function Sessions({ sessions, acts, t }: WithWords & { sessions: readonly SessionView[] }): JSX.Element {
  return (
    <Panel title={t('member.sessions')}>
      {sessions.length === 0 ? (
        <p class="quiet-text">{t('member.sessions_none')}</p>
      ) : (
        <>
          <Entries>
            {sessions.map((session) => (
              <Entry key={session.uid} title={browserWords(t, session)}>
                <p class="quiet-text">
                  {t('member.session.since', { date: session.since })} · {t('member.session.seen', { date: session.seenAt })}
                </p>
                {session.apps.length === 0 ? null : <p class="quiet-text">{session.apps.join(t('account.comma'))}</p>}
              </Entry>
            ))}
          </Entries>
          <ActLinks acts={acts} of={['end_sessions']} t={t} />
        </>
      )}
    </Panel>
  )
}

function History({ history, newestUrl, olderUrl, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('member.history')}>
      {history.length === 0 ? <p class="quiet-text">{t('member.history_none')}</p> : <EventLog events={history} t={t} />}
      {newestUrl === null && olderUrl === null ? null : (
        <div class="board-foot">
          {newestUrl === null ? null : (
            <a id="newest" href={hrefTo(newestUrl)}>
              {t('member.history_newest')}
            </a>
          )}
          <Pager previous={null} next={olderUrl} t={t} />
        </div>
      )}
    </Panel>
  )
}

/** Where a page that stands below a member leads back to. */
export function memberParent(page: Pick<ConsolePageProps, 'nav'>, member: { readonly id: string; readonly name: string }): { readonly label: string; readonly href: string } {
  return { label: member.name, href: consolePath(page.nav.tenant.subdomain, 'members', `/${member.id}`) }
}
