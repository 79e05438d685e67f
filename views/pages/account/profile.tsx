/** Names, language and time zone. Names stand in the Japanese order, family name first; kana may be left out. */
import type { JSX } from 'preact'
import type { ProfileProps } from '../../account-props.ts'
import { formContract } from '../../form-contract.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { AccountFrame } from '../../parts/account-frame.tsx'
import { Panel } from '../../parts/account-panel.tsx'
import { zoneOptions } from '../../parts/account-zones.ts'
import { Action, Field, Form, Select } from '../../parts/form.tsx'

const { familyName, givenName, familyNameKana, givenNameKana, locale, zoneinfo, save } = formContract.account_profile.elements

/** Asks for what an account says about its person. */
export function ProfilePage(props: ProfileProps): JSX.Element {
  const { frame, form, error, notice } = props
  const t = speak(frame.locale)
  return (
    <AccountFrame
      page={props}
      intro={t('account.profile.intro')}
      done={notice === undefined ? undefined : t(`account.notice.${notice}`)}
      failure={error === undefined ? undefined : failureOf(t, error, props)}
    >
      <Panel>
        <Form form={form}>
          <Names {...props} t={t} />
          <Select
            field={locale}
            label={t('account.profile.locale')}
            hint={t('account.profile.locale_hint')}
            options={[
              { value: '', name: t('account.profile.locale_browser') },
              { value: 'ja', name: '日本語' },
              { value: 'en', name: 'English' },
            ]}
            value={props.locale}
          />
          <Select
            field={zoneinfo}
            label={t('account.profile.zoneinfo')}
            hint={t('account.profile.zoneinfo_hint')}
            options={zoneOptions(frame.locale, props.zoneinfo)}
            value={props.zoneinfo}
            error={error === 'zoneinfo_unknown' ? t('account.error.zoneinfo_unknown') : undefined}
          />
          <div class="panel-acts">
            <Action button={save} look="main">
              {t('account.profile.save')}
            </Action>
          </div>
        </Form>
      </Panel>
    </AccountFrame>
  )
}

function Names(props: ProfileProps & { t: Translate }): JSX.Element {
  const { t, error } = props
  const missing = (name: 'family_name' | 'given_name', value: string) => (error === 'name_missing' && value.trim() === '' ? t(`register_details.field.${name}`) : undefined)
  return (
    <>
      <div class="pairs">
        <Field field={familyName} label={t('register_details.family_name')} value={props.familyName} error={missing('family_name', props.familyName)} isName />
        <Field field={givenName} label={t('register_details.given_name')} value={props.givenName} error={missing('given_name', props.givenName)} isName />
      </div>
      <div class="pairs">
        <Field field={familyNameKana} label={t('register_details.family_name_kana')} value={props.familyNameKana} isName />
        <Field field={givenNameKana} label={t('register_details.given_name_kana')} value={props.givenNameKana} isName />
      </div>
    </>
  )
}

function failureOf(t: Translate, error: NonNullable<ProfileProps['error']>, props: ProfileProps): { text: string; fieldId?: string } {
  if (error === 'form_expired') return { text: t('form.expired') }
  const text = t(`account.error.${error}`)
  if (error === 'zoneinfo_unknown') return { text, fieldId: zoneinfo.id }
  // Of a name that is too long it is not known which one.
  if (error === 'name_too_long') return { text }
  return { text, fieldId: props.familyName.trim() === '' ? familyName.id : givenName.id }
}
