/**
 * Owns the prop types that the pages of a tenant's console share, its places and their addresses. A view judges nothing: which
 * places are shown and what may be done is said by the props.
 */
import type { FormProps, FrameProps } from './props.ts'

/** The places of the navigation, in its order. */
export const consolePlaces = ['home', 'members', 'invitations', 'imports', 'roles', 'units', 'apps', 'security', 'branding', 'settings', 'audit'] as const

export type ConsolePlace = (typeof consolePlaces)[number]

/** The address of a place in the console of a tenant; `more` goes on from there. */
export function consolePath(subdomain: string, place: ConsolePlace, more = ''): string {
  return `/t/${subdomain}${place === 'home' ? '' : `/${place}`}${more}`
}

export interface ConsoleNav {
  current: ConsolePlace
  tenant: { name: string; subdomain: string; logoUrl?: string | undefined }
  /** Those that the person may open. */
  places: readonly ConsolePlace[]
  personName: string
  roleName: string
  signOutUrl: string
  /** Consoles of other tenants that the person belongs to. */
  others: readonly { name: string; href: string }[]
  /** An operator is inside: until when (as it is written for the reader), why, and where the form that ends it posts to. */
  breakGlass?: { until: string; reason: string; endUrl: string } | undefined
}

/** What every page takes: `notice` says what was just done, `error` why a form came back. */
export interface ConsolePageProps<Notice extends string = never, Failure extends string = never> {
  frame: FrameProps
  /** Where this page's forms post to: its own address unless said otherwise. */
  form: FormProps
  nav: ConsoleNav
  notice?: Notice | undefined
  error?: Failure | undefined
}
