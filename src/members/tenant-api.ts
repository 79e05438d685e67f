/**
 * The JSON doors to the tenant itself: its settings, its look, its subdomain and what it asks of its members' sign-in. They stand here because the
 * permission they ask for is of this room's catalogue; the commands are src/tenants'.
 */
import { z } from 'zod'
import type { Databases, EngineTrx, TenantTrx } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import { endpoint, refusal, type EndpointDoor, type EndpointRefusal } from '../http/endpoint.ts'
import { expecting } from '../http/etag.ts'
import { listOwnBreakGlasses } from '../tenants/break-glass-queries.ts'
import { idField, limitField, momentField, textField } from '../http/fields.ts'
import { logoPath } from '../tenants/brand.ts'
import { changeSignInRules } from '../tenants/change-sign-in-rules.ts'
import { changeSubdomain } from '../tenants/change-subdomain.ts'
import { largestPictureBytes } from '../tenants/draw-logo.ts'
import { previewSignInRules } from '../tenants/preview-sign-in-rules.ts'
import { removeLogo } from '../tenants/remove-logo.ts'
import { replaceLogo } from '../tenants/replace-logo.ts'
import { findOwnTenant, type EffectCounts, type TenantRow } from '../tenants/settings-queries.ts'
import { longestContact, longestInvitationDays, longestName } from '../tenants/settings.ts'
import { effects, longestPasswordDays, longestSessionHours, mfaLevels, mfaRules, mostTrustedDays, type RuleChanges } from '../tenants/sign-in-rules.ts'
import { updateSettings } from '../tenants/update-settings.ts'
import { inTenantOf } from './api.ts'
import type { Permission } from './permission.ts'

type Access = { readonly scope: string; readonly permission: Permission }
const readAccess = { scope: 'tenant:read', permission: 'tenant:update' } as const satisfies Access
const writeAccess = { scope: 'tenant:write', permission: 'tenant:update' } as const satisfies Access

const ruleShape = z.object({
  mfa_rule: z.enum(mfaRules), mfa_level: z.enum(mfaLevels), mfa_enforced_from: z.iso.datetime().nullable(), trusted_device_days: z.int(),
  password_max_age_days: z.int().nullable(), session_hours: z.int().nullable(), password_sign_in: z.boolean(), staff_number_sign_in: z.boolean(),
  registration_role: z.string().nullable(),
})
const tenantShape = z.object({
  tenant_id: z.uuid(), name: z.string(), subdomain: z.string(), status: z.enum(['active', 'suspended', 'closing']), closes_at: z.iso.datetime().nullable(),
  plan: z.string().nullable(), seat_limit: z.int().nullable(), contact: z.string().nullable(), accent_color: z.string().nullable(), logo_url: z.string().nullable(),
  invitation_lifetime_days: z.int(), sign_in_rules: ruleShape,
})
const ruleChanges = z.strictObject({
  ...ruleShape.partial().shape, trusted_device_days: z.int().meta({ minimum: 0, maximum: mostTrustedDays }).optional(),
  password_max_age_days: z.int().meta({ minimum: 1, maximum: longestPasswordDays }).nullable().optional(), session_hours: z.int().meta({ minimum: 1, maximum: longestSessionHours }).nullable().optional(),
  mfa_enforced_from: momentField.nullable().optional(), registration_role: textField(50).nullable().optional(),
})
const previewShape = z.object({
  members: z.int(), must_add_passkey: z.int(), must_set_up: z.int(), reminded: z.int(),
  first: z.array(z.object({ membership_id: z.uuid(), name: z.string(), second_factors: z.array(z.string()), effect: z.enum(effects) })),
})

interface TenantApiDeps {
  readonly databases: Databases
}

export function tenantEndpoints(deps: TenantApiDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      method: 'GET', path: '/api/v1/tenant', access: readAccess, etag: true, response: tenantShape, summary: 'The tenant that the token is for: settings, look, sign-in rules.',
      handle: ({ caller }) => inTenantOf(caller, (tenantId) => answerTenant(databases, tenantId)),
    }),
    endpoint({
      method: 'PATCH', path: '/api/v1/tenant', access: writeAccess, guarded: true, response: tenantShape, summary: 'Changes what is given of name, contact, colour and the days for which invitations count.',
      body: z.strictObject({
        name: textField(longestName).optional(), contact: textField(longestContact).nullable().optional(), accent_color: textField(7).meta({ pattern: '^#[0-9a-fA-F]{6}$' }).nullable().optional(),
        invitation_lifetime_days: z.int().meta({ minimum: 1, maximum: longestInvitationDays }).optional(),
      }),
      handle: ({ caller, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const settings = { name: body.name, contact: body.contact, accentColor: body.accent_color, invitationLifetimeDays: body.invitation_lifetime_days }
        const result = await updateSettings(deps, { tenantId, settings, actor: caller.accountId, origin, expect: expecting(ifMatch, readTenant) })
        if (result.ok) return answerTenant(databases, tenantId)
        return refuse(result.reason, 'ratio' in result ? `White on this colour has a contrast of ${result.ratio}:1, and 4.5:1 is needed; ${result.suggestion} would do.` : undefined)
      }),
    }),
    endpoint({
      method: 'PUT', path: '/api/v1/tenant/subdomain', access: writeAccess, body: z.strictObject({ subdomain: textField(63).meta({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' }) }), response: tenantShape, guarded: true,
      summary: 'Gives the tenant another subdomain; the former one still leads to it.',
      handle: ({ caller, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const expect = expecting<EngineTrx>(ifMatch, ({ query }) => readTenant({ query, tenantId }))
        const result = await changeSubdomain(deps, { tenantId, subdomain: body.subdomain, actor: caller.accountId, origin, expect })
        return result.ok ? answerTenant(databases, tenantId) : refuse(result.reason)
      }),
    }),
    ...logoEndpoints(deps),
    entryEndpoint(deps),
    ...ruleEndpoints(deps),
  ]
}

const entryShape = z.object({
  break_glass_id: z.uuid(), reason: z.string(), started_at: z.iso.datetime(), expires_at: z.iso.datetime(), ended_at: z.iso.datetime().nullable(), running: z.boolean(),
})

function entryEndpoint({ databases }: TenantApiDeps): EndpointDoor {
  return endpoint({
    method: 'GET', path: '/api/v1/tenant/break-glass', access: { scope: 'audit:read', permission: 'audit:read' } satisfies Access,
    query: z.object({ cursor: idField.optional(), limit: limitField }),
    response: z.object({ break_glasses: z.array(entryShape), next_cursor: z.string().nullable() }), summary: 'When operators of the platform were in this tenant, and why, the newest first.',
    handle: ({ caller, query: { cursor = null, limit } }) => inTenantOf(caller, async (tenantId) => {
      const rows = await databases.inTenant(tenantId, (trx) => listOwnBreakGlasses(trx, { before: cursor, limit: limit + 1 }))
      const entries = rows.slice(0, limit).map(({ id, reason, running, ...at }) => ({
        break_glass_id: id, reason, running, started_at: at.started_at.toISOString(), expires_at: at.expires_at.toISOString(), ended_at: at.ended_at?.toISOString() ?? null,
      }))
      return { status: 200, body: { break_glasses: entries, next_cursor: rows.length > limit ? (entries.at(-1)?.break_glass_id ?? null) : null } }
    }),
  })
}

function logoEndpoints(deps: TenantApiDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      // base64 makes four bytes of three.
      method: 'PUT', path: '/api/v1/tenant/logo', access: writeAccess, body: z.strictObject({ picture: z.base64() }), bodyLimitBytes: 2 * largestPictureBytes, response: tenantShape, guarded: true,
      summary: 'Sets the logo: a PNG, JPEG or WebP of at most 1 MiB in base64, which is drawn anew as a PNG within 512 × 256 pixels.',
      handle: ({ caller, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await replaceLogo(deps, { tenantId, picture: Buffer.from(body.picture, 'base64'), actor: caller.accountId, origin, expect: expecting(ifMatch, readTenant) })
        return result.ok ? answerTenant(databases, tenantId) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'DELETE', path: '/api/v1/tenant/logo', access: writeAccess, response: z.undefined(), guarded: true, summary: 'Takes the logo away.',
      handle: ({ caller, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await removeLogo(deps, { tenantId, actor: caller.accountId, origin, expect: expecting(ifMatch, readTenant) })
        return result.ok ? { status: 204, body: undefined } : refuse(result.reason)
      }),
    }),
  ]
}

function ruleEndpoints(deps: TenantApiDeps): EndpointDoor[] {
  const { databases } = deps
  return [
    endpoint({
      method: 'PATCH', path: '/api/v1/tenant/sign-in-rules', access: writeAccess, guarded: true, body: ruleChanges, response: tenantShape,
      summary: 'Changes what is given of the sign-in rules; refused where it would stop the caller’s own next sign-in.',
      handle: ({ caller, body, origin, ifMatch }) => inTenantOf(caller, async (tenantId) => {
        const result = await changeSignInRules(deps, { tenantId, rules: rulesOf(body), actor: caller.accountId, origin, expect: expecting(ifMatch, readTenant) })
        return result.ok ? answerTenant(databases, tenantId) : refuse(result.reason)
      }),
    }),
    endpoint({
      method: 'POST', path: '/api/v1/tenant/sign-in-rules/preview', access: writeAccess, body: ruleChanges, response: previewShape,
      summary: 'Says whom such a change of the sign-in rules would hit, and changes nothing.',
      handle: ({ caller, body }) => inTenantOf(caller, async (tenantId) => {
        const preview = await databases.inTenant(tenantId, (trx) => previewSignInRules(trx, rulesOf(body)))
        return preview.ok ? { status: 200, body: presentPreview(preview) } : refuse(preview.reason)
      }),
    }),
  ]
}

export function rulesOf(body: z.output<typeof ruleChanges>): RuleChanges {
  const { mfa_enforced_from: from } = body
  return {
    mfaRule: body.mfa_rule, mfaLevel: body.mfa_level, mfaEnforcedFrom: typeof from === 'string' ? new Date(from) : from, trustedDeviceDays: body.trusted_device_days,
    passwordMaxAgeDays: body.password_max_age_days, sessionHours: body.session_hours, passwordSignIn: body.password_sign_in, staffNumberSignIn: body.staff_number_sign_in,
    registrationRole: body.registration_role,
  }
}

const statuses: Readonly<Record<string, number>> = { not_found: 404, unknown_role: 404, subdomain_taken: 409, role_is_administrator: 409, locks_yourself_out: 409, picture_too_large: 413, precondition_failed: 412 }

function refuse(reason: string, detail?: string): EndpointRefusal {
  return refusal(statuses[reason] ?? 400, reason, detail)
}

async function answerTenant(databases: Databases, tenantId: TenantId) {
  const body = await databases.inTenant(tenantId, readTenant)
  return body === undefined ? refusal(404, 'not_found') : { status: 200, body }
}

/** As the doors answer it, for its entity tag as well. */
async function readTenant(trx: Pick<TenantTrx, 'query' | 'tenantId'>) {
  const row = await findOwnTenant(trx)
  return row === undefined ? undefined : presentTenant(row)
}

function presentTenant(row: TenantRow): z.input<typeof tenantShape> {
  return {
    tenant_id: row.id, name: row.name, subdomain: row.subdomain, status: tenantShape.shape.status.parse(row.status), closes_at: row.closes_at?.toISOString() ?? null,
    plan: row.plan, seat_limit: row.seat_limit, contact: row.contact, accent_color: row.accent_color, logo_url: row.logo_digest === null ? null : logoPath(row.logo_digest),
    invitation_lifetime_days: row.invitation_lifetime_days,
    sign_in_rules: ruleShape.parse({ ...row, mfa_enforced_from: row.mfa_enforced_from?.toISOString() ?? null }),
  }
}

function presentPreview({ members, must_add_passkey, must_set_up, reminded, first }: EffectCounts): z.input<typeof previewShape> {
  return { members, must_add_passkey, must_set_up, reminded, first: first.map(({ shown_name: name, ...hit }) => ({ name, ...hit })) }
}
