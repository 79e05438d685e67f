/** Resumes a membership. From this moment on it is active again; its tokens ended when it was suspended, so products sign the person in anew. */
import { changeMembership, type MembershipChange, type MembershipChangeResult, type MembershipDeps } from './change-membership.ts'

export function resumeMembership(deps: MembershipDeps, change: MembershipChange): Promise<MembershipChangeResult> {
  return changeMembership(deps, 'resume', change)
}
