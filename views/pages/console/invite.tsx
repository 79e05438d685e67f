/** Inviting people by hand: one with all that is known of them, or a pasted list of addresses into the same place. */
import type { JSX } from 'preact'
import { inviteFields, pasteFields } from '../../contract/console-invitations.ts'
import { consolePath, type ConsolePageProps } from '../../console-props.ts'
import type { PlaceOptions, PlaceValues } from '../../invitation-props.ts'
import { inviteNo } from '../../invite-words.ts'
import { t as speak, type Translate } from '../../messages.ts'
import { Panel, Tag } from '../../parts/account-panel.tsx'
import { ConsoleFrame } from '../../parts/console-frame.tsx'
import { Action, Field, Form, TextArea } from '../../parts/form.tsx'
import { AppField, LanguageField, PlaceFields, ReinviteField } from '../../parts/place-fields.tsx'
import { DataTable } from '../../parts/table.tsx'
import { hrefTo } from '../../safe-url.ts'

export interface PersonValues {
  readonly email: string
  readonly employeeNumber: string
  readonly familyName: string
  readonly givenName: string
  readonly familyNameKana: string
  readonly givenNameKana: string
  readonly title: string
  readonly validFrom: string
  readonly validUntil: string
}

export interface InviteProps extends ConsolePageProps<never, string> {
  person: PersonValues
  place: PlaceValues
  options: PlaceOptions
  /** Who was invited just now; with the address of the link to hand over where they have no mail. */
  invited?: { readonly name: string; readonly linkUrl: string | null } | undefined
}

const fieldOf: Readonly<Record<string, string>> = {
  invalid_email: inviteFields.email.id, already_member: inviteFields.email.id, already_invited: inviteFields.email.id, address_or_number_missing: inviteFields.email.id,
  invalid_employee_number: inviteFields.employeeNumber.id, employee_number_taken: inviteFields.employeeNumber.id, name_missing: inviteFields.familyName.id, name_too_long: inviteFields.familyName.id,
  invalid_dates: inviteFields.validUntil.id, role_above_own: 'role', unknown_role: 'role', unknown_unit: 'unit', was_removed: 'reinvite',
}

/** One person. */
export function InvitePage({ person, place, options, invited, error, ...page }: InviteProps): JSX.Element {
  const t = speak(page.frame.locale)
  return (
    <ConsoleFrame
      page={page}
      title={t('invite.title')}
      intro={t('invite.intro')}
      done={invited === undefined ? undefined : <Invited invited={invited} t={t} />}
      failure={error === undefined ? undefined : { text: inviteNo(t, error), fieldId: fieldOf[error] }}
    >
      <Form form={page.form}>
        <Panel title={t('invite.person')} lead={t('invite.names_hint')}>
          <PersonFields person={person} error={error} t={t} />
          {error === 'was_removed' || place.reinvite ? <ReinviteField values={place} t={t} /> : null}
        </Panel>
        <Panel title={t('invite.place')}>
          <PlaceFields options={options} values={place} t={t} />
          <Field field={inviteFields.title} label={t('invite.job_title')} value={person.title} />
          <AppField options={options} values={place} t={t} />
          <details class="more" open={person.validFrom !== '' || person.validUntil !== '' || error === 'invalid_dates'}>
            <summary>{t('invite.more')}</summary>
            <div class="stack">
              <LanguageField values={place} t={t} />
              <Field field={inviteFields.validFrom} label={t('invite.valid_from')} hint={t('invite.dates_hint')} value={person.validFrom} />
              <Field field={inviteFields.validUntil} label={t('invite.valid_until')} value={person.validUntil} error={error === 'invalid_dates' ? inviteNo(t, error) : undefined} />
            </div>
          </details>
        </Panel>
        <div class="panel-acts">
          <Action button={inviteFields.send} look="main">
            {t('invite.send')}
          </Action>
        </div>
      </Form>
    </ConsoleFrame>
  )
}

function Invited({ invited: { name, linkUrl }, t }: { invited: NonNullable<InviteProps['invited']>; t: Translate }): JSX.Element {
  if (linkUrl === null) return <>{t('invite.sent', { name })}</>
  return (
    <>
      {t('invite.made', { name })}{' '}
      <a id="hand_over" href={hrefTo(linkUrl)}>
        {t('invite.hand_over')}
      </a>
    </>
  )
}

function PersonFields({ person, error, t }: { person: PersonValues; error: string | undefined; t: Translate }): JSX.Element {
  const errorAt = ({ id }: { readonly id: string }) => (error !== undefined && fieldOf[error] === id ? inviteNo(t, error) : undefined)
  const { email, employeeNumber, familyName, givenName, familyNameKana, givenNameKana } = inviteFields
  return (
    <>
      <Field field={email} label={t('invite.email')} value={person.email} error={errorAt(email)} autofocus={error === undefined} />
      <Field field={employeeNumber} label={t('invite.number')} hint={t('invite.number_hint')} value={person.employeeNumber} error={errorAt(employeeNumber)} />
      <div class="side-by-side">
        <Field field={familyName} label={t('invite.family_name')} value={person.familyName} error={errorAt(familyName)} isName />
        <Field field={givenName} label={t('invite.given_name')} value={person.givenName} isName />
      </div>
      <div class="side-by-side">
        <Field field={familyNameKana} label={t('invite.family_name_kana')} value={person.familyNameKana} isName />
        <Field field={givenNameKana} label={t('invite.given_name_kana')} value={person.givenNameKana} isName />
      </div>
    </>
  )
}

export interface PasteProps extends ConsolePageProps<never, string> {
  addresses: string
  place: PlaceValues
  options: PlaceOptions
}

/** Several at once, all into the same place. */
export function PastePage({ addresses, place, options, error, ...page }: PasteProps): JSX.Element {
  const t = speak(page.frame.locale)
  const failure = error === undefined ? undefined : error === 'no_addresses' || error === 'too_many' ? t(`paste.error.${error}`) : inviteNo(t, error)
  return (
    <ConsoleFrame
      page={page}
      title={t('paste.title')}
      intro={t('paste.intro')}
      acts={
        <a class="button quiet" id="to_imports" href={consolePath(page.nav.tenant.subdomain, 'imports', '/new')}>
          {t('paste.to_imports')}
        </a>
      }
      failure={failure === undefined ? undefined : { text: failure, fieldId: pasteFields.addresses.id }}
    >
      <Panel>
        <Form form={page.form}>
          <TextArea field={pasteFields.addresses} label={t('paste.addresses')} hint={t('paste.addresses_hint')} value={addresses} rows={8} error={failure} />
          <PlaceFields options={options} values={place} t={t} />
          <AppField options={options} values={place} t={t} />
          <LanguageField values={place} t={t} />
          <ReinviteField values={place} t={t} />
          <div class="panel-acts">
            <Action button={pasteFields.send} look="main">
              {t('paste.send')}
            </Action>
          </div>
        </Form>
      </Panel>
    </ConsoleFrame>
  )
}

export interface PasteResultProps extends ConsolePageProps {
  outcomes: readonly { readonly email: string; readonly reason: string | null }[]
}

/** What became of each address. */
export function PasteResultPage({ outcomes, ...page }: PasteResultProps): JSX.Element {
  const t = speak(page.frame.locale)
  const refused = outcomes.filter(({ reason }) => reason !== null).length
  return (
    <ConsoleFrame
      page={page}
      title={t('paste.result_caption')}
      done={t('paste.result', { invited: outcomes.length - refused, refused })}
      acts={
        <>
          <a class="button quiet" id="paste_again" href={consolePath(page.nav.tenant.subdomain, 'invitations', '/paste')}>
            {t('paste.again')}
          </a>
          <a class="button" id="to_invitations" href={consolePath(page.nav.tenant.subdomain, 'invitations')}>
            {t('invitations.to_list')}
          </a>
        </>
      }
    >
      <DataTable
        caption={t('paste.result_caption')}
        columns={[
          { name: 'email', label: t('paste.result_address'), cell: ({ email }) => <bdi class="address">{email}</bdi> },
          { name: 'outcome', label: t('paste.result_outcome'), cell: ({ reason }) => <Tag tone={reason === null ? 'good' : 'danger'}>{reason === null ? t('paste.result_sent') : inviteNo(t, reason)}</Tag> },
        ]}
        rows={outcomes}
        keyOf={({ email }) => email}
        empty={t('board.none')}
      />
    </ConsoleFrame>
  )
}
