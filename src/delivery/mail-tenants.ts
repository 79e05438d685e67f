/**
 * The mails of what operators do to a tenant, to each of those who administered it at that moment, as the event lists them. What is not
 * so any more when the mail leaves, because a closing was undone meanwhile, leaves in no mail.
 */
import type { Mail } from '../../views/mails/layout.tsx'
import { breakGlassMail, tenantClosingMail, tenantStaysMail } from '../../views/mails/tenant.ts'
import { findBreakGlass } from '../tenants/break-glass-queries.ts'
import { findTenantOverview } from '../tenants/life-queries.ts'
import type { MailedType } from './mail-jobs.ts'
import type { LinkDeps } from './mail-links.ts'
import { readerOf } from './mail-reader.ts'
import { findRecipient, type MailEvent } from './queries.ts'

export type TenantMailType = Extract<MailedType, `tenant.${string}` | `break_glass.${string}`>

type Outcome = Promise<(Mail & { readonly to: string }) | null>

export async function composeTenantMail({ databases: { engine } }: LinkDeps, type: TenantMailType, event: MailEvent): Outcome {
  const account = event.reader === null ? undefined : await findRecipient(engine, event.reader)
  if (account === undefined || account.email === null || event.tenant_id === null) return null
  const [to, reader] = [account.email, readerOf(account)]
  if (type === 'break_glass.started') {
    const entry = await findBreakGlass(engine, event.subject)
    if (entry === undefined) return null
    return { to, ...breakGlassMail({ ...reader, tenantName: entry.tenant_name, operatorName: entry.operator_name, reason: entry.reason, until: entry.expires_at.toISOString() }) }
  }
  const tenant = await findTenantOverview(engine, event.tenant_id)
  if (tenant === undefined || (type === 'tenant.closing_started') !== (tenant.closes_at !== null)) return null
  const about = { ...reader, tenantName: tenant.name }
  return { to, ...(tenant.closes_at === null ? tenantStaysMail(about) : tenantClosingMail({ ...about, closesAt: tenant.closes_at.toISOString() })) }
}
