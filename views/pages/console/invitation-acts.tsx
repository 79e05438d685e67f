/** What is done with one invitation on a page of its own: taking it back, and handing its link to somebody without a mail address. */
import type { JSX } from 'preact'
import { invitationActs } from '../../contract/console-invitations.ts'
import type { ConsolePageProps } from '../../console-props.ts'
import { inviteNo } from '../../invite-words.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Pairs, Panel } from '../../parts/account-panel.tsx'
import { CopyStatus } from '../../parts/codes.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Form, ToolButton } from '../../parts/form.tsx'

export interface InvitedPerson {
  readonly name: string
  readonly email: string | null
  readonly role: string
  readonly units: readonly string[]
}

export interface RevokeProps extends ConsolePageProps<never, string> {
  person: InvitedPerson
}

/** Says what follows, and waits for the button. */
export function RevokePage({ person, error, ...page }: RevokeProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t('invitations.revoke_title')} failure={error === undefined ? undefined : { text: inviteNo(t, error) }}>
      <Panel>
        <Facts person={person} t={t} />
        <p>{t('invitations.revoke_text', { name: person.name })}</p>
        <Form form={page.form}>
          <div class="panel-acts">
            <Action button={invitationActs.revoke} look="danger">
              {t('invitations.revoke')}
            </Action>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

export interface LinkProps extends ConsolePageProps<never, string> {
  person: InvitedPerson
  /** Null until it was asked for: that it was shown is kept. */
  link: { readonly url: string; readonly until: string } | null
  scriptUrls: readonly string[]
}

/** The link of somebody without a mail address, to be copied or printed. */
export function LinkPage({ person, link, error, scriptUrls, ...page }: LinkProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame page={page} title={t('invitations.link_title')} failure={error === undefined ? undefined : { text: inviteNo(t, error) }} scriptUrls={scriptUrls}>
      <Panel>
        <Facts person={person} t={t} />
        {link === null ? (
          <>
            <p>{t('invitations.link_lead', { name: person.name })}</p>
            <Form form={page.form}>
              <div class="panel-acts">
                <Action button={invitationActs.showLink} look="main">
                  {t('invitations.link_show')}
                </Action>
              </div>
              <p class="hint">{t('invitations.link_shown')}</p>
            </Form>
          </>
        ) : (
          <Link link={link} name={person.name} t={t} />
        )}
      </Panel>
    </ConsoleFrame>
  )
}

function Link({ link, name, t }: { link: NonNullable<LinkProps['link']>; name: string; t: Translate }): JSX.Element {
  return (
    <div class="stack">
      <p>
        <code class="handed-link" id="invitation_link">
          {link.url}
        </code>
      </p>
      <p class="hint">{t('invitations.link_until', { date: link.until })}</p>
      <div class="tools">
        <ToolButton button={invitationActs.copyLink} data={{ 'data-copy': link.url, 'data-copied': t('invitations.copied'), 'data-name': name }}>
          {t('invitations.copy')}
        </ToolButton>
        <ToolButton button={invitationActs.printLink} data={{ 'data-print': '' }}>
          {t('invitations.print')}
        </ToolButton>
      </div>
      <CopyStatus />
    </div>
  )
}

function Facts({ person: { name, email, role, units }, t }: { person: InvitedPerson; t: Translate }): JSX.Element {
  return (
    <Pairs
      pairs={[
        [t('invitations.column.person'), <bdi>{name}</bdi>],
        [t('invitations.facts.email'), email === null || email === name ? null : <bdi class="identifier">{email}</bdi>],
        [t('invitations.facts.role'), <bdi>{role}</bdi>],
        [t('invitations.facts.units'), units.length === 0 ? null : units.join(t('account.comma'))],
      ]}
    />
  )
}
