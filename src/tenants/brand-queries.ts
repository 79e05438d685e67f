/** SQL of how tenants look to people who have not said yet who they are: name, logo and colour, and nothing else. */
import type { Kysely } from 'kysely'
import type { DB } from '../base/schema.ts'

export interface BrandRow {
  readonly name: string
  readonly accent_color: string | null
  readonly digest: string | null
  readonly width: number | null
  readonly height: number | null
}

/** By id, or by a label that the tenant has or had. */
export async function findBrandRow(db: Kysely<DB>, tenant: { readonly id: string } | { readonly label: string }): Promise<BrandRow | undefined> {
  return db
    .selectFrom('tenant')
    .leftJoin('tenant_logo', 'tenant_logo.tenant_id', 'tenant.id')
    .select(['tenant.name', 'tenant.accent_color', 'tenant_logo.digest', 'tenant_logo.width', 'tenant_logo.height'])
    .where((where) => ('id' in tenant ? where('tenant.id', '=', tenant.id) : where.or([
      where('tenant.subdomain', '=', tenant.label),
      where('tenant.id', '=', where.selectFrom('former_subdomain').select('former_subdomain.tenant_id').where('former_subdomain.subdomain', '=', tenant.label)),
    ])))
    .executeTakeFirst()
}

export async function findLogo(db: Kysely<DB>, digest: string): Promise<Buffer | undefined> {
  return (await db.selectFrom('tenant_logo').select('png').where('digest', '=', digest).executeTakeFirst())?.png
}
