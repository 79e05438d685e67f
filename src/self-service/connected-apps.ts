/** The apps that act for a person, without the one that is these very pages: nobody could take back what keeps them signed in here. */
import { accountClientId } from '../oidc/account-client.ts'
import type { SelfServiceDeps } from './deps.ts'
import type { OwnApp } from '../oidc/session-book.ts'

export async function listConnectedApps({ apps }: Pick<SelfServiceDeps, 'apps'>, accountId: string): Promise<readonly OwnApp[]> {
  return (await apps.list(accountId)).filter(({ clientId }) => clientId !== accountClientId)
}

/** What a session is signed in to, in words; an app that has no name any more keeps its id. */
export function appNames(names: ReadonlyMap<string, string>, clientIds: readonly string[]): readonly string[] {
  return [...new Set(clientIds.filter((id) => id !== accountClientId).map((id) => names.get(id) ?? id))]
}
