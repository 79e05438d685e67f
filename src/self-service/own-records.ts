/**
 * Owns how a person's records look outside the process, for the JSON doors and the export alike: snake_case, ISO 8601, and no
 * member that opens anything.
 */
import { z } from 'zod'
import { findProfile, type ProfileRow } from '../accounts/self-queries.ts'
import { listFactors } from '../factors/list-factors.ts'
import { listOwnMemberships } from '../members/own-memberships-queries.ts'
import type { Activity } from './activity.ts'
import { browserLine } from './browser-name.ts'
import { listConnectedApps } from './connected-apps.ts'
import type { SelfServiceDeps } from './deps.ts'
import { localeOf } from './person.ts'

const moment = z.iso.datetime()

export const profileShape = z.object({
  account_id: z.string(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  family_name: z.string().nullable(),
  given_name: z.string().nullable(),
  family_name_kana: z.string().nullable(),
  given_name_kana: z.string().nullable(),
  display_name: z.string(),
  locale: z.enum(['ja', 'en']).nullable(),
  zoneinfo: z.string(),
  created_at: moment,
  password_changed_at: moment.nullable(),
  delete_after: moment.nullable(),
})

/** Undefined where there is no such account. */
export async function profileOf({ databases }: Pick<SelfServiceDeps, 'databases'>, accountId: string): Promise<z.input<typeof profileShape> | undefined> {
  const row = await findProfile(databases.engine, accountId)
  return row === undefined ? undefined : presentProfile(row)
}

function presentProfile(row: ProfileRow): z.input<typeof profileShape> {
  const { email, family_name, given_name, family_name_kana, given_name_kana, display_name, zoneinfo } = row
  return {
    email, family_name, given_name, family_name_kana, given_name_kana, display_name, zoneinfo,
    account_id: row.id,
    email_verified: row.email_verified_at !== null,
    locale: localeOf(row) ?? null,
    created_at: row.created_at.toISOString(),
    password_changed_at: row.password_changed_at?.toISOString() ?? null,
    delete_after: row.delete_after?.toISOString() ?? null,
  }
}

export const factorsShape = z.object({
  totp: z.object({ created_at: moment, last_used_at: moment.nullable() }).nullable(),
  passkeys: z.array(z.object({
    passkey_id: z.string(), name: z.string(), created_at: moment, last_used_at: moment.nullable(), backed_up: z.boolean(), clone_suspected_at: moment.nullable(),
  })),
  recovery_codes_left: z.number(),
})

export async function factorsOf({ databases }: Pick<SelfServiceDeps, 'databases'>, accountId: string): Promise<z.input<typeof factorsShape>> {
  const { totp, passkeys, recoveryCodesLeft } = await listFactors(databases.engine, accountId)
  return {
    totp: totp === null ? null : { created_at: totp.created_at.toISOString(), last_used_at: totp.last_used_at?.toISOString() ?? null },
    passkeys: passkeys.map((one) => ({
      passkey_id: one.id, name: one.name, created_at: one.created_at.toISOString(), last_used_at: one.last_used_at?.toISOString() ?? null,
      backed_up: one.backed_up, clone_suspected_at: one.clone_suspected_at?.toISOString() ?? null,
    })),
    recovery_codes_left: recoveryCodesLeft,
  }
}

export const sessionShape = z.object({
  session_uid: z.string(), ip: z.string().nullable(), browser: z.string().nullable(), created_at: moment, last_seen_at: moment,
  auth_time: moment, acr: z.string(), amr: z.array(z.string()), client_ids: z.array(z.string()),
})

export async function sessionsOf({ sessions }: Pick<SelfServiceDeps, 'sessions'>, accountId: string): Promise<z.input<typeof sessionShape>[]> {
  return (await sessions.list(accountId)).map((one) => ({
    session_uid: one.uid, ip: one.ip, browser: browserLine(one.userAgent), created_at: one.createdAt.toISOString(), last_seen_at: one.lastSeenAt.toISOString(),
    auth_time: new Date(one.authTime * 1000).toISOString(), acr: one.acr, amr: [...one.amr], client_ids: [...one.clientIds],
  }))
}

export const membershipShape = z.object({
  membership_id: z.uuid(), tenant_id: z.uuid(), tenant_name: z.string(), status: z.enum(['invited', 'active', 'suspended', 'ended']),
  /** False where it opens nothing right now: suspended, ended, out of its dates, or the tenant is. */
  usable: z.boolean(),
  role: z.string(), units: z.array(z.string()), employee_number: z.string().nullable(), title: z.string().nullable(),
  joined_at: moment.nullable(), ended_at: moment.nullable(), valid_from: moment.nullable(), valid_until: moment.nullable(),
})

export async function membershipsOf({ databases }: Pick<SelfServiceDeps, 'databases'>, accountId: string): Promise<z.input<typeof membershipShape>[]> {
  return (await listOwnMemberships(databases.engine, accountId)).map((row) => ({
    membership_id: row.id, tenant_id: row.tenant_id, tenant_name: row.tenant_name, status: membershipShape.shape.status.parse(row.status),
    usable: row.unusable_because === null, role: row.role, units: row.units, employee_number: row.employee_number, title: row.title,
    joined_at: row.joined_at?.toISOString() ?? null, ended_at: row.ended_at?.toISOString() ?? null,
    valid_from: row.valid_from?.toISOString() ?? null, valid_until: row.valid_until?.toISOString() ?? null,
  }))
}

export const appShape = z.object({
  client_id: z.string(), name: z.string(), tenant_name: z.string().nullable(), membership_id: z.string().nullable(), scopes: z.array(z.string()), since: moment,
})

export async function appsOf(deps: Pick<SelfServiceDeps, 'apps'>, accountId: string): Promise<z.input<typeof appShape>[]> {
  return (await listConnectedApps(deps, accountId)).map((one) => ({
    client_id: one.clientId, name: one.name, tenant_name: one.tenantName, membership_id: one.membershipId, scopes: [...one.scopes], since: one.since.toISOString(),
  }))
}

export const eventShape = z.object({
  event_id: z.uuid(), occurred_at: moment, type: z.string(), outcome: z.string(), by: z.enum(['self', 'somebody_else', 'unknown']), reason: z.string().nullable(),
  how: z.string().nullable(), tenant_name: z.string().nullable(), client_name: z.string().nullable(), ip: z.string().nullable(), browser: z.string().nullable(),
})

export function presentEvent(entry: Activity): z.input<typeof eventShape> {
  const { id, occurredAt, type, outcome, by, reason, how, tenantName, clientName, ip, userAgent } = entry
  return {
    type, outcome, by, reason, how, ip,
    event_id: id, occurred_at: occurredAt.toISOString(), tenant_name: tenantName, client_name: clientName, browser: browserLine(userAgent),
  }
}
