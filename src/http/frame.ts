/**
 * Owns what every page needs around its content, made from the request: language, tenant where one is known, request id, links and asset addresses.
 */
import type { IncomingMessage } from 'node:http'
import type { FrameProps } from '../../views/props.ts'
import { languageLinks } from './locale.ts'
import { requestStateOf } from './request-state.ts'

/** Addresses of what the frame loads; assets.ts makes them. */
export interface AssetUrls {
  readonly stylesheetUrl: string
  readonly markUrl: string
  readonly faviconUrl: string
}

/** The frame for a request, in whichever app it runs (ours or the provider's); throws where requestState did not run. */
export type FrameFor = (req: IncomingMessage) => FrameProps

export function createFrame(assets: AssetUrls, more: Pick<FrameProps, 'helpUrl' | 'privacyUrl'> = {}): FrameFor {
  return (req) => {
    const state = requestStateOf(req)
    if (state === null) throw new Error('A page was asked for outside the HTTP edge: mount requestState before it.')
    const brand = state.brand === null ? {} : { brand: state.brand }
    return { ...assets, ...more, ...brand, locale: state.locale, requestId: state.requestId, languageLinks: languageLinks(req.url ?? '/') }
  }
}
