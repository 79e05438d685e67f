/**
 * Owns the prop types that the pages of the operators' console share, its places and their addresses, and every outcome that one of
 * its pages may tell. A view judges nothing: what may be done is said by the props.
 */
import type { FormProps, FrameProps } from './props.ts'

/** The places of the navigation, in its order. */
export const adminPlaces = ['home', 'tenants', 'accounts', 'apps', 'apis', 'keys', 'jobs', 'events', 'operators'] as const

export type AdminPlace = (typeof adminPlaces)[number]

/** The address of a place; `more` goes on from there. */
export function adminPath(place: AdminPlace, more = ''): string {
  return `/admin${place === 'home' ? '' : `/${place}`}${more}`
}

export interface AdminNav {
  current: AdminPlace
  personName: string
  role: 'owner' | 'auditor'
  signOutUrl: string
}

/** What every page takes: `notice` says what was just done, `error` why a form came back. */
export interface AdminPageProps<Notice extends string = never, Failure extends string = never> {
  frame: FrameProps
  /** Where this page's forms post to: its own address unless said otherwise. */
  form: FormProps
  nav: AdminNav
  /** False for an auditor, who sees everything and sends nothing. */
  mayChange: boolean
  notice?: Notice | undefined
  error?: Failure | undefined
}
