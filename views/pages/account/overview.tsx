/**
 * The first page of the account: how it stands, in plain words, each line with the way to mend it.
 * What needs a look is counted on top, so that "nothing" can be said as clearly.
 */
import type { JSX } from 'preact'
import { accountPaths, type OverviewProps } from '../../account-props.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { RowLink } from '../../parts/account-acts.tsx'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Entries, Entry, Panel, Tag, type Tone } from '../../parts/account-panel.tsx'

interface Line {
  title: string
  text: string
  /** A second sentence, on a line of its own. */
  more?: string | undefined
  tag?: { tone: Tone; text: string } | undefined
  href: string
  label: string
}

/** Few enough that new ones should be made. */
const fewCodes = 3

/** Says how the account stands. */
export function OverviewPage(props: OverviewProps): JSX.Element {
  const t = speak(props.frame.locale)
  const safety = [passwordLine(props, t), factorLine(props, t), passkeyLine(props, t), ...codeLines(props, t)]
  const use = [addressLine(props, t), sessionLine(props, t), tenantLine(props, t)]
  const count = [...safety, ...use].filter(({ tag }) => tag?.tone === 'look').length
  return (
    <AccountFrame
      page={props}
      title={t('account.overview.hello', { name: props.nav.personName })}
      intro={count === 0 ? t('account.overview.fine') : t('account.overview.needs', { count })}
    >
      {props.deleteAfter === null ? null : <Deletion date={props.deleteAfter} t={t} />}
      <Lines title={t('account.overview.safety')} lines={safety} t={t} />
      <Lines title={t('account.overview.use')} lines={use} t={t} />
    </AccountFrame>
  )
}

function Deletion({ date, t }: { date: string; t: Translate }): JSX.Element {
  return (
    <div class="summary">
      <p>{t('account.overview.deletion', { date })}</p>
      <p>
        <a href={accountPaths.data}>{t('account.overview.deletion_link')}</a>
      </p>
    </div>
  )
}

function Lines(props: { title: string; lines: readonly Line[]; t: Translate }): JSX.Element {
  return (
    <Panel title={props.title}>
      <Entries>
        {props.lines.map(({ title, text, more, tag, href, label }) => (
          <Entry
            key={title}
            title={title}
            tags={tag === undefined ? undefined : <Tag tone={tag.tone}>{tag.text}</Tag>}
            acts={<RowLink href={href} label={label} about={title} t={props.t} />}
          >
            <p>{text}</p>
            {more === undefined ? null : <p>{more}</p>}
          </Entry>
        ))}
      </Entries>
    </Panel>
  )
}

function passwordLine({ password }: OverviewProps, t: Translate): Line {
  const { changedAt, ageDays, expiresAt } = password
  return {
    title: t('account.nav.password'),
    text: passwordAge(t, changedAt, ageDays),
    more: expiresAt === undefined ? undefined : t('account.overview.password.expires', { date: expiresAt }),
    tag: expiresAt === undefined ? undefined : { tone: 'look', text: t('account.tag.due') },
    href: accountPaths.password,
    label: t('account.overview.change'),
  }
}

function passwordAge(t: Translate, date: string | null, days: number | null): string {
  if (date === null || days === null) return t('account.overview.password.never')
  return days === 0 ? t('account.overview.password.today') : t('account.overview.password.age', { date, days })
}

function factorLine({ hasTotp, passkeys }: OverviewProps, t: Translate): Line {
  const title = t('account.nav.factors')
  if (!hasTotp && passkeys === 0) {
    return { title, text: t('account.overview.factor.off'), tag: { tone: 'look', text: t('account.tag.off') }, href: accountPaths.factors, label: t('account.overview.add') }
  }
  const which = hasTotp && passkeys > 0 ? 'both' : hasTotp ? 'totp' : 'passkey'
  const text = t('account.overview.factor.on', { factors: t(`account.overview.factor.${which}`) })
  return { title, text, tag: { tone: 'good', text: t('account.tag.on') }, href: accountPaths.factors, label: t('account.overview.change') }
}

function passkeyLine({ passkeys }: OverviewProps, t: Translate): Line {
  const text = passkeys === 0 ? t('account.overview.passkeys.none') : t('account.overview.passkeys.some', { count: passkeys })
  return { title: t('account.overview.passkeys'), text, href: accountPaths.factors, label: passkeys === 0 ? t('account.overview.add') : t('account.overview.see') }
}

// Without a second factor there is nothing that the codes could stand in for.
function codeLines({ hasTotp, passkeys, recoveryCodesLeft: count }: OverviewProps, t: Translate): Line[] {
  if (!hasTotp && passkeys === 0) return []
  const base = { title: t('account.overview.codes'), href: accountPaths.factors }
  if (count === 0) return [{ ...base, text: t('account.overview.codes.none'), tag: { tone: 'look', text: t('account.tag.none_left') }, label: t('account.overview.renew') }]
  if (count > fewCodes) return [{ ...base, text: t('account.overview.codes.left', { count }), label: t('account.overview.see') }]
  return [{ ...base, text: t('account.overview.codes.low', { count }), tag: { tone: 'look', text: t('account.tag.low') }, label: t('account.overview.renew') }]
}

function addressLine({ address: { email, verified } }: OverviewProps, t: Translate): Line {
  const base = { title: t('account.nav.address'), href: accountPaths.address }
  if (email === null) return { ...base, text: t('account.overview.address.none'), tag: { tone: 'plain', text: t('account.tag.missing') }, label: t('account.overview.add') }
  if (verified) return { ...base, text: email, tag: { tone: 'good', text: t('account.tag.verified') }, label: t('account.overview.change') }
  return { ...base, text: t('account.overview.address.unverified', { email }), tag: { tone: 'look', text: t('account.tag.unverified') }, label: t('account.overview.change') }
}

function sessionLine({ otherSessions: count }: OverviewProps, t: Translate): Line {
  const text = count === 0 ? t('account.overview.sessions.none') : t('account.overview.sessions.some', { count })
  return { title: t('account.nav.sessions'), text, href: accountPaths.sessions, label: t('account.overview.see') }
}

function tenantLine({ tenants: count }: OverviewProps, t: Translate): Line {
  const text = count === 0 ? t('account.overview.tenants.none') : t('account.overview.tenants.some', { count })
  return { title: t('account.nav.tenants'), text, href: accountPaths.tenants, label: t('account.overview.see') }
}
