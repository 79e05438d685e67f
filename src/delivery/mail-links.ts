/**
 * Opens, when a mail leaves, the link that its event only named. Invariants: the address is ISSUER and the link's own path,
 * never anything of a request; a link that is used up or too old leaves in no mail. What counts in the end is judged by the
 * database when the link is used; here the reader is only spared a dead one.
 */
import type { Config } from '../base/config.ts'
import type { MasterKey } from '../base/crypto.ts'
import type { Databases } from '../base/db.ts'
import { findLinkForMail } from '../accounts/link-queries.ts'
import { codeLifetimeSeconds, linkCode, linkLifetimeSeconds, linkPath, linkToken, type LinkPurpose } from '../accounts/links.ts'

export interface LinkDeps {
  readonly databases: Databases
  readonly masterKey: MasterKey
  readonly config: Pick<Config, 'issuer'>
}

export interface MailLink {
  readonly url: string
  /** ISO 8601. */
  readonly urlUntil: string
  /** Null when the ten minutes of the code are over, or so nearly that nobody could type it. */
  readonly code: { readonly digits: string; readonly until: string } | null
  readonly email: string | null
  readonly locale: string | null
}

const typingMs = 60_000

/** Null for a link that does not count any more, or is one for something else. */
export async function openMailLink({ databases, masterKey, config }: LinkDeps, linkId: string, purpose: LinkPurpose): Promise<MailLink | null> {
  const link = await findLinkForMail(databases.engine, linkId)
  if (link === undefined || link.purpose !== purpose || link.used_at !== null || link.expires_at.getTime() <= Date.now()) return null
  const codeUntil = link.expires_at.getTime() - (linkLifetimeSeconds[purpose] - codeLifetimeSeconds) * 1000
  return {
    url: `${config.issuer}${linkPath(purpose, linkToken(masterKey, linkId))}`,
    urlUntil: link.expires_at.toISOString(),
    code: codeUntil - typingMs <= Date.now() ? null : { digits: linkCode(masterKey, linkId), until: new Date(codeUntil).toISOString() },
    email: link.email,
    locale: link.locale,
  }
}
