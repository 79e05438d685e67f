/** What pages show of a tenant that the request names or leads to: its name, and its logo and colour by addresses of ours. */
import type { Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'
import { isTenantId } from '../base/ids.ts'
import type { BrandProps } from '../../views/props.ts'
import { findBrandRow } from './brand-queries.ts'

export function logoPath(digest: string): string {
  return `/logos/${digest}.png`
}

/** A colour as the name of its stylesheet, without the `#`. */
function stylePath(color: string): string {
  return `/brand/${color.slice(1)}.css`
}

/** The look of a tenant, named by id or by a label that it has or had; null for one that is not there. */
export async function findBrand(db: Kysely<DB>, tenant: string): Promise<BrandProps | null> {
  const row = await findBrandRow(db, isTenantId(tenant) ? { id: tenant } : { label: tenant })
  if (row === undefined) return null
  const { name, accent_color: color, digest, width, height } = row
  return {
    name,
    ...(color === null ? {} : { stylesheetUrl: stylePath(color) }),
    ...(digest === null || width === null || height === null ? {} : { logo: { url: logoPath(digest), width, height } }),
  }
}
