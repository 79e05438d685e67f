/**
 * The e-mail address, and the way to another one in two steps: the address, then the code that was sent there.
 * The words are the same whether or not somebody else has the address.
 */
import type { JSX } from 'preact'
import { accountPaths, type AddressFailure, type AddressProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Pairs, Panel, Tag } from '../../parts/account-panel.tsx'
import { Action, Field, Form, Hidden } from '../../parts/form.tsx'
import { waitText } from '../../parts/notices.tsx'

const { email, changeAddress, change, code, confirmAddress } = formContract.account_address.elements

type WithWords = AddressProps & { t: Translate }

/** Shows the address and asks for another, or for the code. */
export function AddressPage(props: AddressProps): JSX.Element {
  const { notice, error, pending } = props
  const t = speak(props.frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={t('account.address.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : { text: errorText(t, error), more: waitText(t, props.retryAfterSeconds), fieldId: fieldOf(error, pending !== undefined) }}
    >
      <Panel>
        <Pairs pairs={[[t('account.address.current'), <Present {...props} t={t} />]]} />
      </Panel>
      {pending === undefined ? <NewAddress {...props} t={t} /> : <Code {...props} pending={pending} t={t} />}
    </AccountFrame>
  )
}

function Present({ email: present, verified, t }: WithWords): JSX.Element {
  if (present === null) return <span>{t('account.address.none')}</span>
  return (
    <>
      <bdi class="identifier">{present}</bdi> <Tag tone={verified ? 'good' : 'look'}>{t(verified ? 'account.tag.verified' : 'account.tag.unverified')}</Tag>
    </>
  )
}

function NewAddress({ form, typed, error, t }: WithWords): JSX.Element {
  return (
    <Panel title={t('account.address.new')}>
      <Form form={form}>
        <Field field={email} label={t('account.nav.address')} hint={t('account.address.new_hint')} value={typed} error={errorAt(t, error, false)} />
        <p class="aside">{t('account.address.after')}</p>
        <div class="panel-acts">
          <Action button={changeAddress} look="main">
            {t('account.address.send')}
          </Action>
        </div>
      </Form>
    </Panel>
  )
}

function Code({ form, pending, error, t }: WithWords & { pending: NonNullable<AddressProps['pending']> }): JSX.Element {
  return (
    <Panel title={t('account.address.sent_title')} lead={t('account.address.sent', { email: pending.email })}>
      <Form form={form}>
        <Hidden field={change} value={pending.change} />
        <Field field={code} label={t('account.address.code')} hint={t('account.address.code_hint')} error={errorAt(t, error, true)} autofocus={error === undefined} />
        <div class="panel-acts">
          <Action button={confirmAddress} look="main">
            {t('account.address.confirm')}
          </Action>
          <a class="button quiet" href={accountPaths.address}>
            {t('account.address.other')}
          </a>
        </div>
      </Form>
    </Panel>
  )
}

function errorText(t: Translate, error: NonNullable<AddressProps['error']>): string {
  if (error === 'form_expired') return t('form.expired')
  return error === 'too_many_attempts' ? t('form.too_many_mails') : t(`account.error.${error}`)
}

const atCode: readonly string[] = ['missing_code', 'wrong_code'] satisfies readonly AddressFailure[]
const atEmail: readonly string[] = ['missing_email', 'invalid_email', 'same_address', 'address_taken', 'link_invalid'] satisfies readonly AddressFailure[]

// Only a field that the page shows can be at fault.
function fieldOf(error: string, asksForCode: boolean): string | undefined {
  if (asksForCode) return atCode.includes(error) ? code.id : undefined
  return atEmail.includes(error) ? email.id : undefined
}

function errorAt(t: Translate, error: AddressProps['error'], asksForCode: boolean): string | undefined {
  return error === undefined || fieldOf(error, asksForCode) === undefined ? undefined : errorText(t, error)
}
