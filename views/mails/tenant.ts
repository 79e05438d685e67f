/**
 * Mails to those who administer a tenant about what the platform's operators do to it. The operator's name and reason are what people
 * have typed: they stand in the mail as facts, never in its subject.
 */
import { writeMail, type Mail } from './layout.tsx'
import { voiceFor, type Reader } from './reader.ts'

interface AboutTenant extends Reader {
  tenantName: string
}

export interface BreakGlassProps extends AboutTenant {
  operatorName: string
  reason: string
  /** ISO 8601. */
  until: string
}

/** Says who entered the tenant, why, and until when. */
export function breakGlassMail({ tenantName, operatorName, reason, until, ...reader }: BreakGlassProps): Mail {
  const { t, product, greeting, moment } = voiceFor(reader)
  return writeMail({
    locale: reader.locale, product, greeting,
    title: t('break_glass_mail.title', { tenant: tenantName }),
    paragraphs: [t('break_glass_mail.what', { tenant: tenantName })],
    facts: [
      { label: t('break_glass_mail.operator'), value: operatorName }, { label: t('break_glass_mail.reason'), value: reason },
      { label: t('break_glass_mail.until'), value: moment(until) },
    ],
    afterwards: [t('break_glass_mail.log')],
  })
}

/** Says that the tenant is closing and when it is deleted. */
export function tenantClosingMail({ tenantName, closesAt, ...reader }: AboutTenant & { closesAt: string }): Mail {
  const { t, product, greeting, moment } = voiceFor(reader)
  return writeMail({
    locale: reader.locale, product, greeting,
    title: t('tenant_closing_mail.title', { tenant: tenantName }),
    paragraphs: [t('tenant_closing_mail.what', { tenant: tenantName }), t('tenant_closing_mail.then')],
    facts: [{ label: t('tenant_closing_mail.deleted_at'), value: moment(closesAt) }],
    afterwards: [t('tenant_closing_mail.undo')],
  })
}

/** Says that the tenant stays after all. */
export function tenantStaysMail({ tenantName, ...reader }: AboutTenant): Mail {
  const { t, product, greeting } = voiceFor(reader)
  return writeMail({
    locale: reader.locale, product, greeting,
    title: t('tenant_stays_mail.title', { tenant: tenantName }),
    paragraphs: [t('tenant_stays_mail.what', { tenant: tenantName })],
  })
}
