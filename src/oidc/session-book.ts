/**
 * A person's own sessions and apps, for the pages and the API of their account.
 * Invariant: every function takes the account whose sessions they must be; what belongs to somebody else is not there.
 */
import type { OtherSessions } from '../accounts/session-ending.ts'
import type { Databases } from '../base/db.ts'
import type { Origin } from '../base/origin.ts'
import { record } from '../events/record.ts'
import { endAllBut } from './endings.ts'
import { deleteApp, deleteSession, listAppNames, listApps, listSessions, type OwnSessionRow } from './self-queries.ts'
import { sessionEnded } from './unit-of-work.ts'

export interface OwnSession {
  readonly uid: string
  readonly ip: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** Seconds since the epoch. */
  readonly authTime: number
  readonly acr: string
  readonly amr: readonly string[]
  readonly clientIds: readonly string[]
}

export interface OwnApp {
  readonly clientId: string
  readonly name: string
  readonly tenantName: string | null
  /** The tenant that it acts in for this person; null where it acts without one. */
  readonly membershipId: string | null
  readonly scopes: readonly string[]
  readonly since: Date
}

export interface SessionBook {
  list(accountId: string): Promise<readonly OwnSession[]>
  /** False where this account has no such session. */
  end(session: { readonly accountId: string; readonly uid: string; readonly origin: Origin }): Promise<boolean>
  /** How many ended. */
  endOthers(others: OtherSessions): Promise<number>
}

export interface AppBook {
  list(accountId: string): Promise<readonly OwnApp[]>
  /** What apps are called, by their ids. */
  names(clientIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Takes back what the app was allowed, with its token families; false where there was nothing. */
  revoke(app: { readonly accountId: string; readonly clientId: string; readonly membershipId: string | null; readonly origin: Origin }): Promise<boolean>
}

export function createSessionBook({ databases }: { readonly databases: Databases }): SessionBook {
  return {
    list: async (accountId) => (await listSessions(databases.engine, accountId)).map(ownSession),
    end: ({ accountId, uid, origin }) => databases.inEngine(async (trx) => {
      const ended = await deleteSession(trx, { accountId, uid })
      if (ended !== undefined) await record(trx, { ...sessionEnded(uid, ended), origin })
      return ended !== undefined
    }),
    endOthers: (other) => databases.inEngine((trx) => endAllBut(trx, other)),
  }
}

export function createAppBook({ databases }: { readonly databases: Databases }): AppBook {
  return {
    list: async (accountId) => (await listApps(databases.engine, accountId)).map((row) => ({
      clientId: row.client_id, name: row.name, tenantName: row.tenant_name, membershipId: row.membership_id, scopes: row.scopes, since: row.since,
    })),
    names: async (clientIds) => new Map((await listAppNames(databases.engine, [...new Set(clientIds)])).map(({ id, name }) => [id, name])),
    revoke: ({ accountId, clientId, membershipId, origin }) =>
      databases.inEngine(async (trx) => {
        const revoked = await deleteApp(trx, { accountId, clientId, membershipId })
        if (revoked) {
          await record(trx, { type: 'consent.revoked', outcome: 'success', actor: accountId, subject: clientId, clientId, after: { membership_id: membershipId }, origin })
        }
        return revoked
      }),
  }
}

function ownSession(row: OwnSessionRow): OwnSession {
  const { payload } = row
  return {
    uid: row.uid, ip: row.ip, userAgent: row.user_agent, createdAt: row.created_at, lastSeenAt: row.last_seen_at,
    authTime: payload.loginTs ?? 0, acr: payload.acr ?? 'aal1', amr: payload.amr ?? [], clientIds: Object.keys(payload.authorizations ?? {}),
  }
}
