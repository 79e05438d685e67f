/**
 * Two tenants next to each other: Sakura with something in every table, and Minoru, who administers Midori and tries for it.
 * Invariant: `known` says of every parameter of a path what of Sakura's stands for it, so a door with a new one fails here first.
 */
import { newId } from '../../src/base/ids.ts'
import { asSuperuser } from './database.ts'
import type { Tegata } from './tegata.ts'

export interface Neighbour {
  readonly tenantId: string
  /** A value of Sakura's for every parameter of a door's path. */
  readonly known: Readonly<Record<string, string>>
  /** What must stand in no answer to anybody else. */
  readonly secrets: readonly string[]
}

/** The path with Sakura's ids; throws on a parameter that nobody has said a value for. */
export function fill(path: string, known: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = known[name]
    if (value === undefined) throw new Error(`${path} has the parameter ${name}: say what of Sakura's it is in test/helpers/neighbours.ts.`)
    return value
  })
}

/** Sakura, filled up so that every kind of thing that a door can name is there. */
export async function furnishSakura({ databases: { engine }, database }: Pick<Tegata, 'databases' | 'database'>): Promise<Neighbour> {
  const rows = await engine.selectFrom('membership').innerJoin('tenant', 'tenant.id', 'membership.tenant_id').innerJoin('account', 'account.id', 'membership.account_id').innerJoin('role', (join) => join.onRef('role.tenant_id', '=', 'membership.tenant_id').onRef('role.id', '=', 'membership.role_id'))
    .select(['membership.id', 'membership.role_id', 'role.name as role_name', 'tenant.id as tenant_id', 'account.email', 'account.id as account_id']).where('tenant.subdomain', '=', 'sakura').execute()
  const ken = rows.find((row) => row.email === 'ken@example.com')
  if (ken === undefined) throw new Error('no Ken in Sakura')
  const tenantId = ken.tenant_id
  const unit = await engine.selectFrom('unit').select(['id', 'code']).where('tenant_id', '=', tenantId).orderBy('code').executeTakeFirstOrThrow()
  const own = await furnish(database.adminUrl, { tenantId, membershipId: ken.id })
  return {
    tenantId,
    known: {
      ...own, membership_id: ken.id, role_id: ken.role_id, role_name: ken.role_name, unit_id: unit.id, unit_code: unit.code, subdomain: 'sakura', tenant_id: tenantId,
      account_id: ken.account_id, number: '1', identifier: 'urn:nothing', api: 'dXJuOm5vdGhpbmc', session_uid: 'nobodys-session',
    },
    secrets: [tenantId, ...rows.map(({ id }) => id), ken.role_id, unit.id, own.import_id, own.assignment_id, own.client_id, own.machine_id, 'ken@example.com', 'invitee-of-sakura@example.com'],
  }
}

/** What the demo leaves out: a list of people with a line and a wave, an app given to one member, a machine, an operator's visit. */
async function furnish(adminUrl: string, { tenantId, membershipId }: { readonly tenantId: string; readonly membershipId: string }) {
  const [importId, assignmentId, appId, machineId, visitId] = [newId(), newId(), `app-${newId()}`, `machine-${newId()}`, newId()]
  await asSuperuser(adminUrl, async (admin) => {
    await admin.query(`insert into member_import (tenant_id, id, name, source, status, row_count) values ($1, $2, 'Staff', 'csv', 'checked', 1)`, [tenantId, importId])
    await admin.query('insert into import_wave (tenant_id, import_id, number) values ($1, $2, 1)', [tenantId, importId])
    await admin.query(`insert into import_row (tenant_id, import_id, number, wave, fields, status) values ($1, $2, 1, 1, '{invitee-of-sakura@example.com}', 'ready')`, [tenantId, importId])
    await admin.query(`insert into client (id, name, open_to, metadata) values ($1, 'Only for Sakura', 'listed_tenants', '{"grant_types": ["authorization_code"]}')`, [appId])
    await admin.query(`insert into tenant_client (tenant_id, client_id, access) values ($1, $2, 'assigned')`, [tenantId, appId])
    await admin.query('insert into client_assignment (tenant_id, id, client_id, membership_id) values ($1, $2, $3, $4)', [tenantId, assignmentId, appId, membershipId])
    await admin.query(`insert into client (id, tenant_id, name, metadata) values ($1, $2, 'Machine of Sakura', '{"grant_types": ["client_credentials"]}')`, [machineId, tenantId])
    await admin.query(`insert into break_glass (tenant_id, id, account_id, reason, expires_at)
      select $1, $2, account_id, 'to look at a lost import', now() + interval '1 hour' from operator limit 1`, [tenantId, visitId])
  })
  return { import_id: importId, assignment_id: assignmentId, client_id: appId, machine_id: machineId, break_glass_id: visitId, id: visitId }
}
