/**
 * The house of these rooms' tests with what the commands around links work with, all of it real, and the sight of a test into
 * the tables: the newest link of a purpose with what its mail would say, a person's row, what the log holds.
 */
import { Kysely, PostgresDialect } from 'kysely'
import type { AccountDeps } from '../../src/accounts/account-deps.ts'
import { createAttempts } from '../../src/accounts/attempts.ts'
import { completeRegistration } from '../../src/accounts/complete-registration.ts'
import { createAccount } from '../../src/accounts/create-account.ts'
import { findLinkForMail } from '../../src/accounts/link-queries.ts'
import { linkCode, linkToken, type LinkPurpose } from '../../src/accounts/links.ts'
import { createPasswordRules } from '../../src/accounts/password-rules.ts'
import { requestRegistration } from '../../src/accounts/request-registration.ts'
import { findProfile } from '../../src/accounts/self-queries.ts'
import { EngineTrx, type Databases } from '../../src/base/db.ts'
import type { Origin } from '../../src/base/origin.ts'
import type { DB } from '../../src/base/schema.ts'
import { endOtherSessions, endSessions } from '../../src/oidc/endings.ts'
import { asSuperuser } from '../helpers/database.ts'
import { buildHouse, must, type House } from './house.ts'

export const goodPassword = 'plum-harbour-lantern-27'
export const newPassword = 'walnut-ferry-orchard-58'

export interface LinksHouse extends House {
  readonly deps: AccountDeps
}

export async function buildLinksHouse(): Promise<LinksHouse> {
  const house = await buildHouse()
  const { databases, masterKey } = house.test
  await admin(house, `insert into client (id, name, metadata) values ('karte', 'Karte', '{}')`)
  const deps: AccountDeps = {
    databases, masterKey, hashes: house.hashes,
    attempts: createAttempts({ databases, masterKey }),
    passwords: createPasswordRules(),
    sessions: { endSessions, endOtherSessions },
  }
  return { ...house, deps }
}

/** Runs a statement as the superuser: what time, or somebody else, does. */
export async function admin(house: House, statement: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  return asSuperuser(house.test.adminUrl, async (client) => (await client.query<Record<string, unknown>>(statement, [...values])).rows)
}

let lastPlace = 0
/** Every request comes from a place of its own, so that no test runs into another's limit. */
export function somewhere(): Origin {
  lastPlace += 1
  return { ip: `203.0.${113 + Math.floor(lastPlace / 250)}.${(lastPlace % 250) + 1}`, userAgent: 'test', requestId: null }
}

let lastName = 0
export const freshEmail = (): string => `person${++lastName}@example.com`

export interface Newcomer {
  readonly accountId: string
  readonly email: string
}

/** Somebody who registered by mail, as people do. */
export async function newcomer(house: LinksHouse, more: { readonly password?: string } = {}): Promise<Newcomer> {
  const email = freshEmail()
  await must(requestRegistration(house.deps, { email, locale: 'ja', clientId: null, origin: somewhere() }))
  const { token } = await newestLink(house, 'registration')
  const { accountId } = await must(completeRegistration(house.deps, {
    by: { token }, familyName: '新', givenName: '人', familyNameKana: null, givenNameKana: null, password: more.password ?? goodPassword, locale: 'ja', origin: somewhere(),
  }))
  return { accountId, email }
}

/** Somebody whom an administrator put in: without a password, and without an address unless told. */
export async function invitee(house: LinksHouse, email: string | null = null): Promise<string> {
  const person = { email, emailVerified: false, familyName: '招待', givenName: '者', password: null, actor: null, origin: somewhere() }
  return (await must(createAccount(house.deps, person))).accountId
}

export interface MailedLink {
  readonly id: string
  readonly token: string
  readonly code: string
  readonly email: string | null
  readonly accountId: string | null
  readonly usedAt: Date | null
}

export async function linkById(house: LinksHouse, id: string): Promise<MailedLink> {
  const row = await findLinkForMail(house.deps.databases.engine, id)
  if (row === undefined) throw new Error('no such link')
  const { masterKey } = house.deps
  return { id, token: linkToken(masterKey, id), code: linkCode(masterKey, id), email: row.email, accountId: row.account_id, usedAt: row.used_at }
}

/** The link that was made last. */
export async function newestLink(house: LinksHouse, purpose: LinkPurpose): Promise<MailedLink> {
  const [row] = await admin(house, 'select id from account_link where purpose = $1 order by created_at desc limit 1', [purpose])
  return linkById(house, String(row?.['id']))
}

/** Moves a link into the past. */
export async function age(house: LinksHouse, linkId: string, seconds: number): Promise<void> {
  await admin(house, `update account_link set created_at = created_at - make_interval(secs => $2), expires_at = expires_at - make_interval(secs => $2) where id = $1`, [linkId, seconds])
}

/** Wrong, whatever the right one is. */
export const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

export async function profile(house: LinksHouse, accountId: string) {
  const row = await findProfile(house.deps.databases.engine, accountId)
  if (row === undefined) throw new Error('no such account')
  return row
}

export async function setStatus(house: LinksHouse, accountId: string, status: string): Promise<void> {
  await admin(house, 'update account set status = $2 where id = $1', [accountId, status])
}

/** Whether the password is the account's, by the hash that is stored. */
export async function opens(house: LinksHouse, accountId: string, text: string): Promise<boolean> {
  const [row] = await admin(house, 'select phc from factor_password where account_id = $1', [accountId])
  const phc = row?.['phc']
  return typeof phc === 'string' && (await house.hashes.verify(phc, text)).ok
}

/** A session with a token family, as a sign-in leaves them. */
export async function signedIn(house: LinksHouse, accountId: string, uid: string): Promise<void> {
  const payload = JSON.stringify({ provenAt: Date.now() })
  await admin(house, `insert into session (uid, id_hash, account_id, payload, expires_at) values ($1, $1, $2, $3, now() + interval '1 hour')`, [uid, accountId, payload])
  await admin(house, `insert into oidc_grant (id, session_uid, account_id, client_id, payload, expires_at) values ($1, $1, $2, 'karte', '{}', now() + interval '1 hour')`, [uid, accountId])
}

export async function sessionsOf(house: LinksHouse, accountId: string): Promise<readonly unknown[]> {
  return (await admin(house, 'select s.uid from session s join oidc_grant g on g.session_uid = s.uid where s.account_id = $1 order by 1', [accountId])).map((row) => row['uid'])
}

export async function knownIn(house: LinksHouse, accountId: string, idHash: string): Promise<void> {
  await admin(house, `insert into device (account_id, id_hash, trusted_until) values ($1, $2, now() + interval '1 day')`, [accountId, idHash])
}

export async function devicesOf(house: LinksHouse, accountId: string): Promise<readonly unknown[]> {
  return (await admin(house, 'select id_hash from device where account_id = $1 order by 1', [accountId])).map((row) => row['id_hash'])
}

/** Fails until nothing more is taken. */
export async function lockedOut(house: LinksHouse, kind: 'password' | 'second_factor', accountId: string): Promise<void> {
  const ip = somewhere().ip
  for (let failures = 0; failures < 50; failures += 1) {
    if (!(await house.deps.attempts.reserve({ kind, subject: accountId, ip, knownDevice: null })).ok) return
  }
  throw new Error('there is no lock')
}

/** Whether everything that was proved before is void: the account's epoch lies after that moment of the database's clock. */
export async function isOutdated(house: LinksHouse, accountId: string, moment: unknown): Promise<boolean> {
  const [row] = await admin(house, 'select not_before > $2::timestamptz as outdated from account where id = $1', [accountId, moment])
  return row?.['outdated'] === true
}

/** The database's clock. */
export async function databaseTime(house: LinksHouse): Promise<string> {
  const [row] = await admin(house, 'select clock_timestamp()::text as at')
  return String(row?.['at'])
}

/** How many statements of this database wait for a lock. */
export async function waiting(house: LinksHouse): Promise<number> {
  return (await admin(house, `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length
}

/** Everything that the log says, as text. */
export async function wholeLog(house: LinksHouse): Promise<string> {
  return JSON.stringify(await admin(house, 'select type, outcome, actor, subject, client_id, sid, reason, before, after from event'))
}

/** Lines such as `password.changed success` about a subject, oldest first. */
export async function linesAbout(house: LinksHouse, subject: string): Promise<readonly string[]> {
  const rows = await admin(house, 'select type, outcome, reason from event where subject = $1 order by id', [subject])
  return rows.map((row) => [row['type'], row['outcome'], row['reason']].flatMap((part) => (typeof part === 'string' ? part : [])).join(' '))
}

/** The same parts on a connection that writes down its statements. */
export function watched(house: LinksHouse): AccountDeps & { readonly statements: readonly string[] } {
  const statements: string[] = []
  const engine = new Kysely<DB>({ dialect: new PostgresDialect({ pool: house.test.databases.enginePool }), log: ({ query }) => void statements.push(query.sql) })
  const databases: Databases = {
    ...house.test.databases, engine,
    inEngine: (work) => engine.transaction().execute((query) => work(new EngineTrx(query))),
  }
  return { ...house.deps, databases, statements }
}
