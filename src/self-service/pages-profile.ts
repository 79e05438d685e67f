/** The page of names, language and time zone; accounts/update-profile.ts decides. */
import { updateProfile } from '../accounts/update-profile.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type ProfileProps } from '../../views/account-props.ts'
import { isLocale } from '../../views/locale.ts'
import { ProfilePage } from '../../views/pages/account/profile.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { localeOf } from './person.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

type Fields = Pick<ProfileProps, 'familyName' | 'givenName' | 'familyNameKana' | 'givenNameKana' | 'locale' | 'zoneinfo'>

export function profilePages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.profile, place: 'profile' }, {
    freshness: 'any',
    show: (visit) => show(visit, storedIn(visit)),
    take: async (visit) => {
      const fields = typedIn(visit)
      const locale = fields.locale === '' ? null : fields.locale
      const result = await updateProfile(deps.accounts, { ...fields, locale, accountId: visit.accountId, actor: visit.accountId, origin: visit.request.origin })
      return result.ok ? doneAt(accountPaths.profile, 'saved') : show(visit, fields, result.reason)
    },
  })
}

function show(visit: Visit, fields: Fields, error?: ProfileProps['error']): PageResult {
  const notice = error === undefined ? noticeIn(visit, ['saved']) : undefined
  return html(ProfilePage({ ...visit.page, ...fields, notice, error }), { status: statusOf(error) })
}

function storedIn({ profile }: Visit): Fields {
  return {
    familyName: profile.family_name ?? '',
    givenName: profile.given_name ?? '',
    familyNameKana: profile.family_name_kana ?? '',
    givenNameKana: profile.given_name_kana ?? '',
    locale: localeOf(profile) ?? '',
    zoneinfo: profile.zoneinfo,
  }
}

function typedIn({ request: { form }, profile }: Visit): Fields {
  const locale = form.get('locale') ?? ''
  return {
    familyName: form.get('family_name') ?? '',
    givenName: form.get('given_name') ?? '',
    familyNameKana: form.get('family_name_kana') ?? '',
    givenNameKana: form.get('given_name_kana') ?? '',
    locale: isLocale(locale) ? locale : '',
    zoneinfo: form.get('zoneinfo') ?? profile.zoneinfo,
  }
}
