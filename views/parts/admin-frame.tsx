/** What stands around every page of the operators' console: its navigation in words, and that an auditor only looks. */
import type { ComponentChildren, JSX } from 'preact'
import { accountPaths } from '../account-props.ts'
import { adminPath, adminPlaces, type AdminPageProps } from '../admin-props.ts'
import { Board, type Failure } from '../board.tsx'
import { t as speak } from '../messages.ts'

interface Props {
  page: Pick<AdminPageProps, 'frame' | 'nav' | 'mayChange'>
  /** The heading; the name of the place unless said otherwise. Then the place is what the page stands below. */
  title?: string | undefined
  /** Of a page that stands below another one than its place. */
  parent?: { readonly label: string; readonly href: string } | undefined
  intro?: ComponentChildren
  acts?: ComponentChildren
  done?: string | undefined
  failure?: Failure | undefined
  scriptUrls?: readonly string[] | undefined
  children: ComponentChildren
}

/** Lays out one page of the operators' console. */
export function AdminFrame({ page, title, parent, ...rest }: Props): JSX.Element {
  const { frame, nav, mayChange } = page
  const t = speak(frame.locale)
  const place = { label: t(`admin.nav.${nav.current}`), href: adminPath(nav.current) }
  return (
    <Board
      frame={frame}
      nav={{
        owner: t('admin.owner'),
        ownerUrl: adminPath('home'),
        places: adminPlaces.map((name) => ({ name, label: t(`admin.nav.${name}`), href: adminPath(name), current: name === nav.current })),
        personName: nav.personName,
        personRole: t(`admin.role.${nav.role}`),
        accountUrl: accountPaths.overview,
        signOutUrl: nav.signOutUrl,
        others: [],
      }}
      title={title ?? place.label}
      parent={parent ?? (title === undefined ? undefined : place)}
      banner={mayChange ? undefined : t('admin.auditor_only_looks')}
      {...rest}
    />
  )
}
