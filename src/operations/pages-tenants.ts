/** The pages of the tenants: the list, and making one with its first administrator. */
import { z } from 'zod'
import { normaliseEmail } from '../accounts/identifier.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { foundTenant } from '../members/found-tenant.ts'
import { countSeats } from '../members/seat-queries.ts'
import { changePlan } from '../tenants/change-plan.ts'
import { tenantKinds } from '../tenants/tenant.ts'
import { adminPath } from '../../views/admin-props.ts'
import { tenantFields } from '../../views/contract/admin.ts'
import { NewTenantPage, TenantsPage, tenantStatuses, type NewTenantFailure, type NewTenantProps, type TenantRowProps } from '../../views/pages/admin/tenants.tsx'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, listAt, statusOf, type OperatorVisit } from './operator-visit.ts'
import { listFoundTenants, type FoundTenant, type TenantCursor } from './tenant-queries.ts'

const place = 'tenants'
const tenantsPerPage = 50

export function tenantListPages(deps: AdminDeps): readonly PageDoor[] {
  return [
    ...adminPage(deps, { path: '/tenants', place }, { show: (visit) => showList(deps, visit) }),
    ...adminPage(deps, { path: '/tenants/new', place }, { show: (visit) => showNew(deps, visit, { values: emptyValues }), take: (visit) => create(deps, visit), freshness: { GET: 'fresh' } }),
  ]
}

async function showList({ databases: { engine }, scripts }: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { query } = visit.request
  const search = query.get('search')?.trim().slice(0, 100) ?? ''
  const status = tenantStatuses.find((one) => one === query.get('status')) ?? null
  const after = cursorIn(query.get('cursor') ?? '')
  // One more than is shown tells whether there is another page.
  const rows = await listFoundTenants(engine, { search: search === '' ? null : search, status, after, limit: tenantsPerPage + 1 })
  const last = rows.length > tenantsPerPage ? rows.at(tenantsPerPage - 1) : undefined
  return html(TenantsPage({
    ...visit.page, search, status,
    tenants: rows.slice(0, tenantsPerPage).map((row) => present(visit, row)),
    nextUrl: last === undefined ? null : listAt(place, { search, status, cursor: Buffer.from(JSON.stringify([last.name, last.id])).toString('base64url') }),
    newestUrl: after === null ? null : listAt(place, { search, status }),
    scriptUrls: scripts.filters,
  }), { script: 'self' })
}

const cursorShape = z.tuple([z.string(), z.uuid()])

function cursorIn(text: string): TenantCursor | null {
  try {
    const [name, id] = cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    return { name, id }
  } catch {
    return null
  }
}

function present({ writtenDay }: OperatorVisit, { id, name, subdomain, plan, ...row }: FoundTenant): TenantRowProps {
  return { id, name, subdomain, plan, status: statusIn(row.status), seatsUsed: row.seats_used, seatLimit: row.seat_limit, createdOn: writtenDay(row.created_at) }
}

export function statusIn(status: string): TenantRowProps['status'] {
  return tenantStatuses.find((one) => one === status) ?? 'suspended'
}

type Values = NewTenantProps['values']
const emptyValues: Values = { name: '', subdomain: '', kind: 'hospital_group', plan: '', seatLimit: '', adminEmail: '' }

function showNew({ issuer }: AdminDeps, visit: OperatorVisit, { values, error }: { readonly values: Values; readonly error?: NewTenantFailure }): PageResult {
  return html(NewTenantPage({ ...visit.page, values, error, addressStart: `${issuer}/t/` }), { status: statusOf(error) })
}

/** Null for as many as there come; NaN for what is no whole number. */
export function seatsIn(written: string): number | null {
  if (written === '') return null
  return /^\d{1,8}$/.test(written) ? Number(written) : Number.NaN
}

async function create(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const said = ({ name }: { readonly name: string }) => visit.request.form.get(name)?.trim() ?? ''
  const values: Values = {
    name: said(tenantFields.name), subdomain: said(tenantFields.subdomain), kind: said(tenantFields.kind), plan: said(tenantFields.plan), seatLimit: said(tenantFields.seatLimit),
    adminEmail: said(tenantFields.adminEmail),
  }
  const refusal = refusalOf(values)
  if (refusal !== null) return showNew(deps, visit, { values, error: refusal })
  const { name, subdomain, plan } = values
  const kind = tenantKinds.find((one) => one === values.kind) ?? 'company'
  const made = await foundTenant(deps, { name, subdomain, kind, admin: { email: values.adminEmail, locale: visit.request.locale }, ...visit.by })
  if (!made.ok) return showNew(deps, visit, { values, error: failures.find((one) => one === made.reason) ?? 'invalid_email' })
  const { tenantId } = made
  if (plan !== '' || values.seatLimit !== '') await changePlan({ ...deps, seats: { countSeats } }, { tenantId, plan: plan === '' ? null : plan, seatLimit: seatsIn(values.seatLimit), ...visit.by })
  return doneAt(adminPath('tenants', `/${tenantId}`), 'created')
}

const failures: readonly NewTenantFailure[] = ['invalid_name', 'invalid_subdomain', 'reserved_subdomain', 'subdomain_taken']

/** What can be said before anything is made, so that a tenant is not made by halves. */
function refusalOf({ adminEmail, plan, seatLimit }: Values): NewTenantFailure | null {
  if (normaliseEmail(adminEmail) === null) return 'invalid_email'
  if (plan.length > 50) return 'invalid_plan'
  const seats = seatsIn(seatLimit)
  if (Number.isNaN(seats)) return 'invalid_seat_limit'
  return seats === 0 ? 'seat_limit_reached' : null
}
