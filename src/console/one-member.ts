/** Finds the member that an address names, for all pages about one; whoever is not this tenant's is not there. */
import { isMembershipId, parseMembershipId, type MembershipId } from '../base/ids.ts'
import type { PageResult } from '../http/page.ts'
import { findMember, type MemberRow } from '../members/queries.ts'
import type { ConsoleDeps } from './deps.ts'
import { nothingHere, type ConsoleVisit } from './visit.ts'

export interface OneMember {
  readonly id: MembershipId
  readonly row: MemberRow
  /** The address of their page. */
  readonly path: string
}

/** Answers with the member, or with the page that says that there is nothing here. */
export async function withMember(deps: ConsoleDeps, visit: ConsoleVisit, answer: (member: OneMember) => PageResult | Promise<PageResult>): Promise<PageResult> {
  const said = visit.request.params['membership_id'] ?? ''
  const row = isMembershipId(said) ? await deps.databases.inTenant(visit.tenantId, (trx) => findMember(trx, said)) : undefined
  return row === undefined ? nothingHere(deps, visit) : answer({ id: parseMembershipId(said), row, path: visit.pathTo('members', `/${said}`) })
}
