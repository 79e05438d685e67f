/** The page of the signing keys. What may happen to them is the token path's (oidc/keyring.ts); running servers follow by themselves. */
import { html, type PageDoor, type PageResult } from '../http/page.ts'
import { listKeyAges, type KeyAgeRow } from '../oidc/key-queries.ts'
import { rotateKey, signingAlgorithms } from '../oidc/keyring.ts'
import { emergencyWord } from '../../views/contract/admin.ts'
import { KeysPage, type KeyRow, type KeysProps } from '../../views/pages/admin/keys.tsx'
import type { AdminDeps } from './deps.ts'
import { adminPage, doneAt, nothingHere, noticeIn, statusOf, type OperatorVisit } from './operator-visit.ts'
import { daysSince } from './pages-home.ts'

export function keyPages(deps: AdminDeps): readonly PageDoor[] {
  return adminPage(deps, { path: '/keys', place: 'keys' }, { show: (visit) => show(deps, visit), take: (visit) => rotate(deps, visit) })
}

type Failed = Pick<KeysProps, 'error' | 'failed' | 'readyInMinutes'>

async function show({ databases }: AdminDeps, visit: OperatorVisit, failed: Failed = {}): Promise<PageResult> {
  const keys = await listKeyAges(databases.engine)
  const algorithms = signingAlgorithms.map((algorithm) => ({ algorithm, keys: keys.filter(({ alg }) => alg === algorithm).map((key) => present(visit, key)) }))
  const notice = failed.error === undefined ? noticeIn(visit, ['key_rotated', 'key_removed']) : undefined
  return html(KeysPage({ ...visit.page, algorithms, notice, ...failed }), { status: statusOf(failed.error) })
}

function present({ written, writtenOrNull }: OperatorVisit, key: KeyAgeRow): KeyRow {
  return {
    kid: key.kid, state: key.state === 'current' || key.state === 'next' ? key.state : 'retired', createdAt: written(key.created_at),
    changedAt: writtenOrNull(key.retired_at ?? key.activated_at), ageDays: daysSince(key.created_at),
  }
}

async function rotate(deps: AdminDeps, visit: OperatorVisit): Promise<PageResult> {
  const { form } = visit.request
  const algorithm = signingAlgorithms.find((name) => name === form.get('algorithm'))
  if (algorithm === undefined) return nothingHere(deps, visit)
  const emergency = form.get('action') === 'emergency'
  if (emergency && form.get('confirm')?.trim() !== emergencyWord) return show(deps, visit, { error: 'confirm_missing', failed: algorithm })
  const result = await rotateKey(deps, { alg: algorithm, emergency, ...visit.by })
  if (!result.ok) return show(deps, visit, { error: result.reason, failed: algorithm, readyInMinutes: Math.ceil(result.readyInSeconds / 60) })
  return doneAt(visit.request.ctx.path, emergency ? 'key_removed' : 'key_rotated')
}
