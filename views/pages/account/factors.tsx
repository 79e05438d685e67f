/**
 * The hub of the second factors: authenticator app, passkeys, recovery codes, and the browsers that are spared them.
 * Every removal asks once more on a page of its own.
 */
import type { JSX } from 'preact'
import { accountPaths, type FactorsProps, type PasskeyRow } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { filled, RowButton, RowLink } from '../../parts/account-acts.tsx'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Entries, Entry, Pairs, Panel, Tag, Warning } from '../../parts/account-panel.tsx'
import { Action, Form } from '../../parts/form.tsx'

const { addTotp, removeTotp, addPasskey, rename, remove, renewRecoveryCodes } = formContract.account_factors.elements

/** Few enough that new ones should be made. */
const fewCodes = 3

type WithWords = FactorsProps & { t: Translate }

/** Shows what a person proves themselves with. */
export function FactorsPage(props: FactorsProps): JSX.Element {
  const { form, notice, error } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={t('account.factors.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: error === 'form_expired' ? t('form.expired') : t('account.error.not_found') }}
    >
      <Form form={form}>
        <Totp {...props} t={t} />
        <Passkeys {...props} t={t} />
        <RecoveryCodes {...props} t={t} />
      </Form>
      <Trusted {...props} t={t} />
    </AccountFrame>
  )
}

function Totp({ totp, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('account.factors.totp')} lead={t('account.factors.totp_text')}>
      {totp === null ? null : (
        <Pairs
          pairs={[
            [t('account.factors.connected_at'), totp.createdAt],
            [t('account.factors.last_used'), totp.lastUsedAt ?? t('account.factors.never_used')],
          ]}
        />
      )}
      <div class="panel-acts">
        <a class={totp === null ? 'button' : 'button quiet'} id={addTotp.id} href={accountPaths.addTotp}>
          {t(totp === null ? 'account.factors.add_totp' : 'account.factors.replace_totp')}
        </a>
        {totp === null ? null : <RowButton button={removeTotp} label={t('account.factors.remove_totp')} about={t('account.factors.totp')} danger t={t} />}
      </div>
    </Panel>
  )
}

function Passkeys({ passkeys, passkeysAvailable, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('account.factors.passkeys')} lead={t('account.factors.passkeys_text')}>
      {passkeys.length === 0 ? (
        <p class="quiet-text">{t(passkeysAvailable ? 'account.factors.passkeys_none' : 'account.factors.passkeys_unavailable')}</p>
      ) : (
        <Entries>
          {passkeys.map((passkey) => (
            <Passkey key={passkey.id} passkey={passkey} t={t} />
          ))}
        </Entries>
      )}
      {passkeysAvailable ? (
        <div class="panel-acts">
          <a class={passkeys.length === 0 ? 'button' : 'button quiet'} id={addPasskey.id} href={accountPaths.addPasskey}>
            {t('account.factors.add_passkey')}
          </a>
        </div>
      ) : null}
    </Panel>
  )
}

function Passkey({ passkey, t }: { passkey: PasskeyRow; t: Translate }): JSX.Element {
  const { id, name, cloneSuspectedAt } = passkey
  return (
    <Entry
      title={name}
      tags={cloneSuspectedAt === null ? undefined : <Tag tone="danger">{t('account.activity.check')}</Tag>}
      acts={
        <>
          <RowLink href={passkey.renameUrl} id={filled(rename.id, id)} label={t('account.factors.rename')} about={name} t={t} />
          <RowButton button={remove} of={id} label={t('account.factors.remove')} about={name} danger t={t} />
        </>
      }
    >
      <Pairs
        pairs={[
          [t('account.factors.created_at'), passkey.createdAt],
          [t('account.factors.last_used'), passkey.lastUsedAt ?? t('account.factors.never_used')],
          [t('account.factors.kept'), t(passkey.synced ? 'account.factors.synced' : 'account.factors.one_device')],
        ]}
      />
      {cloneSuspectedAt === null ? null : <Warning>{t('account.factors.clone', { date: cloneSuspectedAt })}</Warning>}
    </Entry>
  )
}

function RecoveryCodes(props: WithWords): JSX.Element {
  const { totp, passkeys, t } = props
  const hasFactor = totp !== null || passkeys.length > 0
  return (
    <Panel title={t('account.factors.codes')} lead={t('account.factors.codes_text')}>
      <p>{hasFactor ? leftText(props) : t('account.factors.codes_first')}</p>
      {hasFactor ? (
        <div class="panel-acts">
          <Action button={renewRecoveryCodes} look="quiet">
            {t('account.factors.renew')}
          </Action>
        </div>
      ) : null}
    </Panel>
  )
}

function leftText({ recoveryCodesLeft: count, t }: WithWords): string {
  if (count === 0) return t('account.factors.codes_empty')
  return t(count > fewCodes ? 'account.factors.codes_left' : 'account.factors.codes_low', { count })
}

function Trusted({ trustedBrowsers: count, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('account.factors.trusted')}>
      <p>{count === 0 ? t('account.factors.trusted_none') : t('account.factors.trusted_some', { count })}</p>
      {count === 0 ? null : (
        <p>
          <a class="onward" href={accountPaths.sessions}>
            {t('account.factors.trusted_link')}
          </a>
        </p>
      )}
    </Panel>
  )
}
