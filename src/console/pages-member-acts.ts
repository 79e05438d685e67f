/**
 * What is done about one member: each act on a page of its own that says what follows, with a fresh sign-in where it is dangerous;
 * and the buttons of an open invitation. The members room judges every one of them.
 */
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { endMemberSessions } from '../members/end-member-sessions.ts'
import { endMembership } from '../members/end-membership.ts'
import { issueMemberActivation } from '../members/issue-member-activation.ts'
import { resendInvitation } from '../members/resend-invitation.ts'
import { resetMemberFactors } from '../members/reset-member-factors.ts'
import { resumeMembership } from '../members/resume-membership.ts'
import { revokeInvitation } from '../members/revoke-invitation.ts'
import { showInvitationLink } from '../members/show-invitation-link.ts'
import { suspendMembership } from '../members/suspend-membership.ts'
import { memberActFields, memberInvitationFields } from '../../views/contract/console-members.ts'
import { memberActs, type MemberAct } from '../../views/member-props.ts'
import { MemberActPage, MemberLinkPage } from '../../views/pages/console/member-act.tsx'
import type { ConsoleDeps } from './deps.ts'
import { withMember, type OneMember } from './one-member.ts'
import { actPath, permissionOfAct, showMember } from './pages-member.ts'
import { consolePage, doneAt, statusOf, type ConsoleVisit } from './visit.ts'

const place = 'members'
const base = '/members/:membership_id'

/** To wake somebody up, or to sign them out, harms nobody who comes back. */
const harmless: readonly MemberAct[] = ['resume', 'end_sessions']

export function memberActPages(deps: ConsoleDeps): readonly PageDoor[] {
  return [
    ...memberActs.flatMap((act) => consolePage(deps, { path: `${base}${actPath(act)}`, place, permission: permissionOfAct[act] }, {
      freshness: harmless.includes(act) ? 'any' : 'fresh',
      show: (visit) => withMember(deps, visit, (member) => ask(visit, { act, member })),
      take: (visit) => withMember(deps, visit, (member) => take(deps, visit, { act, member })),
    })),
    ...consolePage(deps, { path: `${base}/invitation`, place, permission: 'member:invite' }, {
      show: (visit) => withMember(deps, visit, ({ path }) => redirect(path)),
      take: (visit) => withMember(deps, visit, (member) => changeInvitation(deps, visit, member)),
    }),
  ]
}

interface Act {
  readonly act: MemberAct
  readonly member: OneMember
}

function nameOf({ row }: OneMember): { readonly id: string; readonly name: string } {
  return { id: row.id, name: row.shown_name }
}

function ask(visit: ConsoleVisit, { act, member }: Act, error?: string): PageResult {
  const reason = visit.request.form.get(memberActFields.reason.name) ?? ''
  return html(MemberActPage({ ...visit.page, act, member: nameOf(member), reason, error }), { status: statusOf(error) })
}

async function take(deps: ConsoleDeps, visit: ConsoleVisit, { act, member }: Act): Promise<PageResult> {
  if (act === 'activation_link') return giveActivation(deps, visit, member)
  const result = await change(deps, visit, { act, member })
  return result.ok ? doneAt(member.path, act) : ask(visit, { act, member }, result.reason)
}

type Changed = { readonly ok: true } | { readonly ok: false; readonly reason: string }

function change(deps: ConsoleDeps, { tenantId, mover, request: { form, origin } }: ConsoleVisit, { act, member: { id: membershipId } }: Act): Promise<Changed> {
  const asked = { tenantId, membershipId, mover, origin }
  switch (act) {
    case 'suspend': return suspendMembership(deps, asked)
    case 'resume': return resumeMembership(deps, asked)
    case 'end': return endMembership(deps, asked)
    case 'reset_factors': return resetMemberFactors(deps.accounts, { ...asked, reason: form.get(memberActFields.reason.name) ?? '' })
    default: return endMemberSessions(deps, asked)
  }
}

async function giveActivation(deps: ConsoleDeps, visit: ConsoleVisit, member: OneMember): Promise<PageResult> {
  const { tenantId, mover, request: { origin } } = visit
  const issued = await issueMemberActivation(deps.accounts, { tenantId, membershipId: member.id, mover, origin })
  if (!issued.ok) return ask(visit, { act: 'activation_link', member }, issued.reason)
  return showLink(deps, visit, { kind: 'activation', member, issued })
}

interface Handed {
  readonly kind: 'activation' | 'invitation'
  readonly member: OneMember
  readonly issued: { readonly path: string; readonly expiresAt: Date }
}

function showLink({ issuer, scripts }: ConsoleDeps, visit: ConsoleVisit, { kind, member, issued: { path, expiresAt } }: Handed): PageResult {
  return html(MemberLinkPage({ ...visit.page, kind, member: nameOf(member), url: `${issuer}${path}`, until: visit.written(expiresAt), scriptUrls: scripts.copy }), { script: 'self' })
}

async function changeInvitation(deps: ConsoleDeps, visit: ConsoleVisit, member: OneMember): Promise<PageResult> {
  const { tenantId, mover, request: { form, origin } } = visit
  const asked = { tenantId, membershipId: member.id, mover, origin }
  switch (form.get('action')) {
    case memberInvitationFields.resend.value: {
      const sent = await resendInvitation(deps, asked)
      return sent.ok ? doneAt(member.path, 'resent') : showMember(deps, visit, { member, error: sent.reason })
    }
    case memberInvitationFields.revoke.value: {
      const revoked = await revokeInvitation(deps, asked)
      return revoked.ok ? doneAt(member.path, 'revoked') : showMember(deps, visit, { member, error: revoked.reason })
    }
    case memberInvitationFields.showLink.value: {
      const link = await showInvitationLink(deps, asked)
      return link.ok ? showLink(deps, visit, { kind: 'invitation', member, issued: link }) : showMember(deps, visit, { member, error: link.reason })
    }
    default:
      return redirect(member.path)
  }
}
