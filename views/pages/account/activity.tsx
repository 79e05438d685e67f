/**
 * What happened with the account, in plain words, newest first. Every type of event has a sentence or the neutral one;
 * what somebody should look at twice is marked in words as well as by colour.
 */
import type { JSX } from 'preact'
import { accountPaths, type ActivityProps, type ActivityRow } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type MessageKey, type Translate } from '../../messages.ts'
import { account as catalogue } from '../../messages/ja/account.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { browserWords } from '../../parts/account-words.ts'
import { pathOrSafeUrl } from '../../safe-url.ts'

const { older, newest } = formContract.account_activity.elements

type ActivityKey = Extract<MessageKey, `activity.${string}`>

/** Worth a second look, even where the person did it. */
const alarming: readonly string[] = [
  'account.locked', 'address.changed', 'address.change_undone', 'device.recognised', 'factors.reset', 'passkey.clone_suspected', 'second_factor.locked', 'token.reuse_detected',
]

/** Lists events. */
export function ActivityPage(props: ActivityProps): JSX.Element {
  const { events } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame page={props} intro={t('account.activity.intro')} failure={props.error === undefined ? undefined : { text: t('form.expired') }}>
      <div class="desk-advice">
        <p>{t('account.activity.unknown_advice')}</p>
        <p class="ways">
          <a href={accountPaths.password}>{t('account.sessions.change_password')}</a>
          <a href={accountPaths.sessions}>{t('account.activity.see_sessions')}</a>
        </p>
      </div>
      <Panel>
        {events.length === 0 ? (
          <p>{t('account.activity.none')}</p>
        ) : (
          <ol class="log" aria-label={t('account.activity.list')}>
            {events.map((event) => (
              <Event key={event.id} event={event} t={t} />
            ))}
          </ol>
        )}
        <Paging {...props} t={t} />
      </Panel>
    </AccountFrame>
  )
}

function Event({ event, t }: { event: ActivityRow; t: Translate }): JSX.Element {
  const { at, detail, ip, byOther } = event
  return (
    <li>
      <p class="when">{at}</p>
      <div>
        <p class="what">
          {t(keyOf(event))} {detail === null ? null : <bdi class="about">{detail}</bdi>} <Mark event={event} t={t} />
        </p>
        <p class="quiet-text">
          {byOther ? t('account.activity.by_other') : <bdi>{browserWords(t, event)}</bdi>}
          {ip === null || byOther ? null : (
            <>
              <span aria-hidden="true"> · </span>
              <bdi>{ip}</bdi>
            </>
          )}
        </p>
      </div>
    </li>
  )
}

function Mark({ event: { type, outcome }, t }: { event: ActivityRow; t: Translate }): JSX.Element | null {
  if (alarming.includes(type)) return <Tag tone="danger">{t('account.activity.check')}</Tag>
  if (outcome === 'success') return null
  return <Tag tone="look">{t(outcome === 'failure' ? 'account.activity.failed' : 'account.activity.refused')}</Tag>
}

// The closer sentence first: `password.changed.reset` before `password.changed`. What was refused has not happened.
function keyOf({ type, outcome, how }: ActivityRow): ActivityKey {
  const refused = outcome === 'success' ? [] : [`activity.${type}.refused`]
  return [...refused, `activity.${type}.${how ?? ''}`, `activity.${type}`].find(isKey) ?? 'activity.other'
}

function isKey(key: string): key is ActivityKey {
  return Object.hasOwn(catalogue, key)
}

function Paging({ olderUrl, newestUrl, t }: ActivityProps & { t: Translate }): JSX.Element | null {
  const [toOlder, toNewest] = [pathOrSafeUrl(olderUrl ?? undefined), pathOrSafeUrl(newestUrl ?? undefined)]
  if (toOlder === undefined && toNewest === undefined) return null
  return (
    <div class="panel-acts">
      {toOlder === undefined ? null : (
        <a class="button quiet" id={older.id} href={toOlder}>
          {t('account.activity.older')}
        </a>
      )}
      {toNewest === undefined ? null : (
        <a class="button quiet" id={newest.id} href={toNewest}>
          {t('account.activity.newest')}
        </a>
      )}
    </div>
  )
}
