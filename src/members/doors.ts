/** All JSON doors to members, invitations, roles, units and the tenant itself. */
import type { EndpointDoor } from '../http/endpoint.ts'
import { memberEndpoints } from './api.ts'
import { bulkEndpoints } from './bulk-api.ts'
import { helpEndpoints } from './help-api.ts'
import { invitationEndpoints } from './invitation-api.ts'
import { invitationListEndpoints } from './invitation-list-api.ts'
import { memberListEndpoints } from './member-list-api.ts'
import { roleEndpoints } from './role-api.ts'
import { tenantEndpoints } from './tenant-api.ts'
import { figuresEndpoints } from './tenant-figures-api.ts'
import { unitEndpoints } from './unit-api.ts'

/** What each of them asks for. */
export type MemberDoorDeps = Parameters<typeof memberEndpoints>[0] & Parameters<typeof bulkEndpoints>[0] & Parameters<typeof helpEndpoints>[0] & Parameters<typeof invitationEndpoints>[0] & Parameters<typeof unitEndpoints>[0]

const groups: readonly ((deps: MemberDoorDeps) => readonly EndpointDoor[])[] = [
  memberEndpoints, memberListEndpoints, bulkEndpoints, helpEndpoints, figuresEndpoints, invitationListEndpoints, invitationEndpoints, roleEndpoints, unitEndpoints, tenantEndpoints,
]

export function memberDoors(deps: MemberDoorDeps): readonly EndpointDoor[] {
  return groups.flatMap((endpointsOf) => endpointsOf(deps))
}
