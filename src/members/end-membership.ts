/** Ends a membership. From this moment on it is ended: its tokens end at once; its id is never given to anybody else. */
import { changeMembership, type MembershipChange, type MembershipChangeResult, type MembershipDeps } from './change-membership.ts'

export function endMembership(deps: MembershipDeps, change: MembershipChange): Promise<MembershipChangeResult> {
  return changeMembership(deps, 'end', change)
}
