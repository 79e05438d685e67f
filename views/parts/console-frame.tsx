/** What stands around every page of a tenant's console: its navigation in words, and whether an operator is inside by break-glass. */
import type { ComponentChildren, JSX } from 'preact'
import { accountPaths } from '../account-props.ts'
import { Board, type Failure } from '../board.tsx'
import { consolePath, type ConsoleNav } from '../console-props.ts'
import { endBreakGlass } from '../contract/console.ts'
import { csrfToken } from '../contract/shapes.ts'
import { t as speak, type Translate } from '../messages.ts'
import type { FormProps, FrameProps } from '../props.ts'
import { Hidden } from './form.tsx'

interface Props {
  page: { frame: FrameProps; nav: ConsoleNav; form: FormProps }
  /** The heading; the name of the place unless said otherwise. Then the place is what the page stands below. */
  title?: string | undefined
  /** Of a page that stands below another one than its place. */
  parent?: { readonly label: string; readonly href: string } | undefined
  intro?: ComponentChildren
  acts?: ComponentChildren
  done?: ComponentChildren
  failure?: Failure | undefined
  scriptUrls?: readonly string[] | undefined
  children: ComponentChildren
}

/** Lays out one page of the console. */
export function ConsoleFrame({ page, title, parent, ...rest }: Props): JSX.Element {
  const { frame, nav } = page
  const t = speak(frame.locale)
  const place = { label: t(`console.nav.${nav.current}`), href: consolePath(nav.tenant.subdomain, nav.current) }
  const above = parent ?? (title === undefined ? undefined : place)
  return (
    <Board
      frame={frame}
      nav={{
        owner: nav.tenant.name,
        ownerUrl: consolePath(nav.tenant.subdomain, 'home'),
        logoUrl: nav.tenant.logoUrl,
        places: nav.places.map((name) => ({ name, label: t(`console.nav.${name}`), href: consolePath(nav.tenant.subdomain, name), current: name === nav.current })),
        personName: nav.personName,
        personRole: nav.roleName,
        accountUrl: accountPaths.overview,
        signOutUrl: nav.signOutUrl,
        others: nav.others,
      }}
      title={title ?? place.label}
      parent={above}
      banner={nav.breakGlass === undefined ? undefined : <BreakGlass breakGlass={nav.breakGlass} form={page.form} t={t} />}
      {...rest}
    />
  )
}

function BreakGlass({ breakGlass, form, t }: { breakGlass: NonNullable<ConsoleNav['breakGlass']>; form: FormProps; t: Translate }): JSX.Element {
  return (
    <form method="post" action={breakGlass.endUrl}>
      <Hidden field={csrfToken} value={form.csrfToken} />
      <strong>{t('console.break_glass', { until: breakGlass.until })}</strong> <bdi>{breakGlass.reason}</bdi>{' '}
      <button class="button text" type="submit" name={endBreakGlass.name} id={endBreakGlass.id} value={endBreakGlass.value}>
        {t('console.break_glass.end')}
      </button>
    </form>
  )
}
