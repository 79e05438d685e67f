/**
 * The reference of the API at /api/docs: the description in Swagger UI, served by us. It only looks; what is tried in it goes through
 * the API with a token of whoever signs in there.
 */
import type { ReferenceAssets } from '../http/assets.ts'
import { openApiPath } from '../http/openapi.ts'
import { html, page, type PageDoor } from '../http/page.ts'
import { ownApiIdentifier } from '../oidc/authenticate.ts'
import { ReferencePage, ReferenceReturnPage } from '../../views/pages/reference.tsx'
import { referenceClientId, referencePaths } from './reference-client.ts'

export function referencePages({ issuer, assets }: { readonly issuer: string; readonly assets: ReferenceAssets }): readonly PageDoor[] {
  const signIn = { clientId: referenceClientId, returnUrl: `${issuer}${referencePaths.back}`, resource: ownApiIdentifier(issuer) }
  return [
    page({
      method: 'GET', path: '/api/docs', access: 'public',
      handle: (request) => html(ReferencePage({ frame: request.frame(), stylesheetUrls: assets.stylesheets, scriptUrls: assets.scripts, descriptionUrl: openApiPath, signIn }), { script: 'self', connect: 'self' }),
    }),
    page({
      method: 'GET', path: '/api/docs/return', access: 'public',
      handle: (request) => html(ReferenceReturnPage({ frame: request.frame(), scriptUrls: assets.returnScripts }), { script: 'self' }),
    }),
  ]
}
