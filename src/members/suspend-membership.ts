/** Suspends a membership. From this moment on it is suspended: its tokens end at once, and it comes back unchanged by resume-membership.ts. */
import { changeMembership, type MembershipChange, type MembershipChangeResult, type MembershipDeps } from './change-membership.ts'

export function suspendMembership(deps: MembershipDeps, change: MembershipChange): Promise<MembershipChangeResult> {
  return changeMembership(deps, 'suspend', change)
}
