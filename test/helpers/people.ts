/**
 * People of a test's own, so that no test finds another one's sessions, mails or locks: an account with the demo's password, members
 * of tenants of their own, and what they do in a browser on the pages of their account.
 */
import { sql } from 'kysely'
import { parse } from 'node-html-parser'
import { newId } from '../../src/base/ids.ts'
import { totpCode } from './factors.ts'
import type { Person, Visit } from './person.ts'
import { demoPassword, type Tegata } from './tegata.ts'

export interface Somebody {
  readonly accountId: string
  readonly email: string
}

export interface Member {
  readonly tenantId: string
  readonly membershipId: string
  readonly subdomain: string
}

type Engine = Pick<Tegata, 'databases'>

/** Somebody with an account, a proved address and the demo's password. */
export async function somebody({ databases: { engine } }: Engine, { email = freshAddress(), status = 'active' }: { email?: string; status?: string } = {}): Promise<Somebody> {
  const accountId = newId()
  await sql`insert into account (id, email, email_verified_at, family_name, given_name, display_name, locale, status) values (${accountId}, ${email}, now(), '試験', '者', '試験 者', 'ja', ${status})`.execute(engine)
  await sql`insert into factor_password (account_id, phc) select ${accountId}, f.phc from factor_password f join account a on a.id = f.account_id where a.email = 'ken@example.com'`.execute(engine)
  return { accountId, email }
}

/** An address that nobody has. */
export function freshAddress(): string {
  return `somebody-${newId()}@example.com`
}

export interface Membership {
  /** A new tenant unless told. */
  readonly tenant?: Pick<Member, 'tenantId' | 'subdomain'>
  readonly admin?: boolean
  /** Of the role; those of an administrator, or none, unless told. */
  readonly permissions?: readonly string[]
  readonly employeeNumber?: string
}

/** Makes the account a member, with a role of its own. */
export async function member(house: Engine, { accountId }: Pick<Somebody, 'accountId'>, { tenant, admin = false, permissions = admin ? ['tenant:admin'] : [], employeeNumber }: Membership = {}): Promise<Member> {
  const { engine } = house.databases
  const { tenantId, subdomain } = tenant ?? (await newTenant(house))
  const [membershipId, roleId] = [newId(), newId()]
  await sql`insert into role (tenant_id, id, name, permissions) values (${tenantId}, ${roleId}, ${`role-${roleId}`}, ${[...permissions]})`.execute(engine)
  await sql`insert into membership (tenant_id, id, account_id, role_id, status, employee_number)
    values (${tenantId}, ${membershipId}, ${accountId}, ${roleId}, 'active', ${employeeNumber ?? null})`.execute(engine)
  return { tenantId, membershipId, subdomain }
}

/** A tenant without members, in which whoever registers by themselves gets the role `GUEST` where `registration` says so. */
export async function newTenant({ databases: { engine } }: Engine, { registration = false } = {}): Promise<Pick<Member, 'tenantId' | 'subdomain'>> {
  const tenantId = newId()
  const subdomain = `t-${tenantId}`
  await sql`insert into tenant (id, name, subdomain) values (${tenantId}, ${`テナント ${tenantId}`}, ${subdomain})`.execute(engine)
  await sql`insert into role (tenant_id, id, name) values (${tenantId}, ${tenantId}, 'GUEST')`.execute(engine)
  if (registration) await sql`update tenant set registration_role_id = ${tenantId} where id = ${tenantId}`.execute(engine)
  return { tenantId, subdomain }
}

/** Answers the sign-in form where it stands in the way; all else is shown as it is. */
export function throughSignIn(person: Person, page: Visit, { email }: Pick<Somebody, 'email'>, password = demoPassword): Promise<Visit> {
  return page.html.getElementById('sign_in') === null ? Promise.resolve(page) : person.submit(page, { identifier: email, password }, 'sign_in')
}

/** A page of the account as its person gets it, signing in where that is asked for. */
export async function openAccount({ issuer }: Pick<Tegata, 'issuer'>, person: Person, who: Pick<Somebody, 'email'>, path = '/account'): Promise<Visit> {
  return throughSignIn(person, await person.open(`${issuer}${path}`), who)
}

/** Whether this browser opens the account without a question. */
export async function isSignedIn({ issuer }: Pick<Tegata, 'issuer'>, person: Person): Promise<boolean> {
  const page = await person.open(`${issuer}/account`)
  return page.url.pathname === '/account' && page.status === 200
}

/** Lets an hour pass since every sign-in of the account. */
export async function ageSignIns({ databases: { engine } }: Engine, accountId: string): Promise<void> {
  await sql`update session set payload = payload || jsonb_build_object('loginTs', extract(epoch from now())::bigint - 3600) where account_id = ${accountId}`.execute(engine)
}

/** Lets so much time pass that the authenticator app shows a code that was not used yet. */
export async function nextTotpStep({ databases: { engine } }: Engine, accountId: string): Promise<void> {
  await sql`update factor_totp set last_step = last_step - 10 where account_id = ${accountId}`.execute(engine)
}

/** Answers the question for the second factor with a code that was not used yet. */
export async function prove(house: Engine, { person, accountId, secret }: { person: Person; accountId: string; secret: string }, question: Visit): Promise<Visit> {
  await nextTotpStep(house, accountId)
  return person.submit(question, { code: await totpCode(secret) }, 'verify')
}

/** Sends, from a page of ours and with its token, a form that the page does not hold: what somebody with tools can do. */
export function forge(person: Person, page: Visit, { action = page.url.pathname, fields }: { readonly action?: string; readonly fields: Readonly<Record<string, string>> }): Promise<Visit> {
  const token = page.html.getElementById('csrf_token')?.getAttribute('value')
  if (token === undefined) throw new Error(`no form on ${page.url.pathname}`)
  const inputs = Object.keys(fields).map((name) => `<input name="${name}">`).join('')
  const html = parse(`<form action="${action}"><input name="csrf_token" value="${token}">${inputs}<button id="forged"></button></form>`)
  return person.submit({ ...page, html }, fields, 'forged')
}
