/** The page of sessions and known browsers. Looking is free; ending what belongs to somebody at another desk asks for a fresh sign-in. */
import { deviceHash, forgetDevices, listDevices } from '../accounts/devices.ts'
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type SessionsProps } from '../../views/account-props.ts'
import { SessionsPage } from '../../views/pages/account/sessions.tsx'
import { browserName } from './browser-name.ts'
import { appNames } from './connected-apps.ts'
import type { SelfServiceDeps } from './deps.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

const notices = ['session_ended', 'others_ended', 'devices_forgotten'] as const

export function sessionPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return ownPage(deps, { path: accountPaths.sessions, place: 'sessions' }, {
    freshness: { GET: 'any', POST: 'fresh' },
    show: (visit) => show(deps, visit),
    take: (visit) => take(deps, visit),
  })
}

async function show(deps: SelfServiceDeps, visit: Visit, error?: 'not_found'): Promise<PageResult> {
  const notice = error === undefined ? noticeIn(visit, notices) : undefined
  const [sessions, devices] = [await sessionRows(deps, visit), await deviceRows(deps, visit)]
  return html(SessionsPage({ ...visit.page, sessions, devices, notice, error }), { status: statusOf(error) })
}

async function sessionRows(deps: SelfServiceDeps, { accountId, signed, written }: Visit): Promise<SessionsProps['sessions']> {
  const sessions = await deps.sessions.list(accountId)
  const names = await deps.apps.names(sessions.flatMap(({ clientIds }) => clientIds))
  const rows = sessions.map((one) => ({
    uid: one.uid, current: one.uid === signed.sessionUid, signedInAt: written(new Date(one.authTime * 1000)), lastSeenAt: written(one.lastSeenAt),
    acr: one.acr, amr: one.amr, apps: appNames(names, one.clientIds), ...namesOf(one.userAgent),
  }))
  return rows.toSorted((a, b) => Number(b.current) - Number(a.current))
}

async function deviceRows(deps: SelfServiceDeps, { accountId, request, written, writtenOrNull }: Visit): Promise<SessionsProps['devices']> {
  const deviceId = deps.deviceOf(request.ctx)
  return (await listDevices(deps.databases.engine, accountId)).map((one) => ({
    current: deviceId !== null && deviceHash(deviceId) === one.id_hash, firstSeenAt: written(one.created_at), lastSeenAt: written(one.last_seen_at),
    trustedUntil: writtenOrNull(one.trusted_until), ...namesOf(one.user_agent),
  }))
}

function namesOf(userAgent: string | null) {
  const { browser, system } = browserName(userAgent)
  return { browserName: browser, systemName: system }
}

async function take(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { accountId, signed, request: { form, origin } } = visit
  const uid = form.get('end')
  if (uid !== null) return (await deps.sessions.end({ accountId, uid, origin })) ? doneAt(accountPaths.sessions, 'session_ended') : show(deps, visit, 'not_found')
  if (form.get('action') === 'end_others') {
    await deps.sessions.endOthers({ accountId, keepSessionUid: signed.sessionUid, origin })
    return doneAt(accountPaths.sessions, 'others_ended')
  }
  if (form.get('action') === 'forget_devices') {
    await deps.databases.inEngine((trx) => forgetDevices(trx, accountId, { actor: accountId, origin }))
    return doneAt(accountPaths.sessions, 'devices_forgotten')
  }
  return show(deps, visit)
}
