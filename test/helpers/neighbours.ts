/**
 * Two tenants next to each other: Sakura with something in every table, and Minoru, who administers Midori and tries for it.
 * Invariant: `known` says of every parameter of a path what of Sakura's stands for it, so a door with a new one fails here first.
 */
import type { Tegata } from './tegata.ts'

export interface Neighbour {
  readonly tenantId: string
  /** A value of Sakura's for every parameter of a door's path. */
  readonly known: Readonly<Record<string, string>>
  /** What must stand in no answer to anybody else. */
  readonly secrets: readonly string[]
}

/** Sakura, filled up so that every kind of thing that a door can name is there. */
export async function furnishSakura({ databases: { engine } }: Pick<Tegata, 'databases'>): Promise<Neighbour> {
  const rows = await engine.selectFrom('membership').innerJoin('tenant', 'tenant.id', 'membership.tenant_id').innerJoin('account', 'account.id', 'membership.account_id')
    .innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.role_id', 'role.name as role_name', 'tenant.id as tenant_id', 'account.email', 'account.id as account_id']).where('tenant.subdomain', '=', 'sakura').execute()
  const ken = rows.find((row) => row.email === 'ken@example.com')
  if (ken === undefined) throw new Error('no Ken in Sakura')
  const tenantId = ken.tenant_id
  const unit = await engine.selectFrom('unit').select(['id', 'code']).where('tenant_id', '=', tenantId).orderBy('code').executeTakeFirstOrThrow()
  return {
    tenantId,
    known: { membership_id: ken.id, role_id: ken.role_id, unit_id: unit.id, role_name: ken.role_name, unit_code: unit.code, subdomain: 'sakura', tenant_id: tenantId, account_id: ken.account_id },
    secrets: [tenantId, ...rows.map(({ id }) => id), ken.role_id, unit.id, 'ken@example.com'],
  }
}

