/**
 * Where the account is signed in, this browser first, and the browsers that it knows.
 * Says only what the server has seen: a browser's own words and times, no guess at a place.
 */
import type { JSX } from 'preact'
import { accountPaths, type DeviceRow, type SessionRow, type SessionsProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowButton } from '../../parts/account-acts.tsx'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Entries, Entry, Pairs, Panel, Tag } from '../../parts/account-panel.tsx'
import { browserWords, howWords } from '../../parts/account-words.ts'
import { Action, Form, Hint } from '../../parts/form.tsx'

const { end, endOthers, forgetDevices } = formContract.account_sessions.elements

type WithWords = SessionsProps & { t: Translate }

/** Lists sessions and known browsers. */
export function SessionsPage(props: SessionsProps): JSX.Element {
  const { form, notice, error } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={t('account.sessions.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t('account.error.not_found') }}
    >
      <Form form={form}>
        <Sessions {...props} t={t} />
        <Devices {...props} t={t} />
      </Form>
    </AccountFrame>
  )
}

function Sessions({ sessions, t }: WithWords): JSX.Element {
  const others = sessions.filter(({ current }) => !current)
  return (
    <>
      <Panel title={t('account.this_browser')}>
        <Entries>
          {sessions.filter(({ current }) => current).map((session) => (
            <Session key={session.uid} session={session} t={t} />
          ))}
        </Entries>
      </Panel>
      <Panel title={t('account.sessions.others')}>
        {others.length === 0 ? (
          <p class="quiet-text">{t('account.sessions.none')}</p>
        ) : (
          <>
            <Entries>
              {others.map((session) => (
                <Session key={session.uid} session={session} t={t} />
              ))}
            </Entries>
            <div class="panel-acts">
              <Action button={endOthers} look="danger">
                {t('account.sessions.end_others')}
              </Action>
            </div>
            <Hint>{t('account.sessions.end_others_note')}</Hint>
            <p>
              {t('account.sessions.unknown_advice')} <a href={accountPaths.password}>{t('account.sessions.change_password')}</a>
            </p>
          </>
        )}
      </Panel>
    </>
  )
}

function Session({ session, t }: { session: SessionRow; t: Translate }): JSX.Element {
  const { uid, current, apps } = session
  const name = browserWords(t, session)
  return (
    <Entry title={name} acts={current ? undefined : <RowButton button={end} of={uid} label={t('account.sessions.end')} about={`${name}, ${session.signedInAt}`} danger t={t} />}>
      <Pairs
        pairs={[
          [t('account.sessions.signed_in'), session.signedInAt],
          [t('account.sessions.last_seen'), session.lastSeenAt],
          [t('account.sessions.how'), howWords(t, session.amr)],
          [t('account.sessions.apps'), apps.length === 0 ? t('account.sessions.no_apps') : <Names names={apps} />],
        ]}
      />
    </Entry>
  )
}

function Names({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <ul class="names">
      {names.map((name) => (
        <li key={name}>
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  )
}

function Devices({ devices, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('account.sessions.devices')} lead={t('account.sessions.devices_text')}>
      {devices.length === 0 ? (
        <p class="quiet-text">{t('account.sessions.devices_none')}</p>
      ) : (
        <>
          <Entries>
            {devices.map((device, place) => (
              <Device key={place} device={device} t={t} />
            ))}
          </Entries>
          <div class="panel-acts">
            <Action button={forgetDevices} look="quiet">
              {t('account.sessions.forget')}
            </Action>
          </div>
          <Hint>{t('account.sessions.forget_note')}</Hint>
        </>
      )}
    </Panel>
  )
}

function Device({ device, t }: { device: DeviceRow; t: Translate }): JSX.Element {
  const { trustedUntil } = device
  return (
    <Entry title={browserWords(t, device)} tags={device.current ? <Tag tone="good">{t('account.this_browser')}</Tag> : undefined}>
      <Pairs
        pairs={[
          [t('account.sessions.first_seen'), device.firstSeenAt],
          [t('account.sessions.last_seen'), device.lastSeenAt],
          [t('account.sessions.trusted'), trustedUntil === null ? t('account.sessions.not_trusted') : t('account.sessions.trusted_until', { date: trustedUntil })],
        ]}
      />
    </Entry>
  )
}
