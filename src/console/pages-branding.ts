/** The page of a tenant's logo and colour. The picture is drawn anew by the tenants room; nothing of what was uploaded is kept. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { findBrand } from '../tenants/brand.ts'
import { removeLogo } from '../tenants/remove-logo.ts'
import { replaceLogo } from '../tenants/replace-logo.ts'
import { findOwnTenant } from '../tenants/settings-queries.ts'
import { updateSettings } from '../tenants/update-settings.ts'
import { brandingFields } from '../../views/contract/console-settings.ts'
import { BrandingPage, type BrandingFailure } from '../../views/pages/console/branding.tsx'
import type { ConsoleDeps } from './deps.ts'
import { consolePage, doneAt, nothingHere, noticeIn, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'branding'

export function brandingPages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '/branding', place, permission: 'tenant:update' }, { show: (visit) => show(deps, visit), take: (visit) => take(deps, visit), upload: true })
}

interface Shown {
  readonly color?: string
  readonly error?: BrandingFailure
}

async function show(deps: ConsoleDeps, visit: ConsoleVisit, { color, error }: Shown = {}): Promise<PageResult> {
  const tenant = await deps.databases.inTenant(visit.tenantId, findOwnTenant)
  if (tenant === undefined) return nothingHere(deps, visit)
  const logo = (await findBrand(deps.databases.engine, visit.tenantId))?.logo ?? null
  const notice = error === undefined ? noticeIn(visit, ['logo_saved', 'logo_removed', 'color_saved']) : undefined
  return html(BrandingPage({ ...visit.page, logo, color: color ?? tenant.accent_color ?? '', notice, error }), { status: statusOf(error?.reason) })
}

function take(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const { form } = visit.request
  switch (form.get('action')) {
    case brandingFields.upload.value:
      return upload(deps, visit)
    case brandingFields.remove.value:
      return remove(deps, visit)
    case brandingFields.saveColor.value:
      return saveColor(deps, visit, (form.get(brandingFields.color.name) ?? '').trim())
    case brandingFields.clearColor.value:
      return saveColor(deps, visit, '')
    default:
      return show(deps, visit)
  }
}

function changeOf({ tenantId, mover, request }: ConsoleVisit) {
  return { tenantId, actor: mover.accountId, origin: request.origin }
}

async function upload(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  const result = await replaceLogo(deps, { ...changeOf(visit), picture: visit.request.file?.bytes ?? Buffer.alloc(0) })
  if (result.ok) return doneAt(visit.pathTo(place), 'logo_saved')
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { error: { reason: result.reason } })
}

/** One that is gone already is as good as removed. */
async function remove(deps: ConsoleDeps, visit: ConsoleVisit): Promise<PageResult> {
  await removeLogo(deps, changeOf(visit))
  return doneAt(visit.pathTo(place), 'logo_removed')
}

async function saveColor(deps: ConsoleDeps, visit: ConsoleVisit, color: string): Promise<PageResult> {
  const result = await updateSettings(deps, { ...changeOf(visit), settings: { accentColor: color === '' ? null : color } })
  if (result.ok) return doneAt(visit.pathTo(place), 'color_saved')
  if (result.reason === 'contrast_too_low') return show(deps, visit, { color, error: { reason: result.reason, ratio: result.ratio, suggestion: result.suggestion } })
  return result.reason === 'not_found' ? nothingHere(deps, visit) : show(deps, visit, { color, error: { reason: 'invalid_color' } })
}
