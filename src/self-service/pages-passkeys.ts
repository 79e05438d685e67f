/** The pages that add a passkey and give one another name; factors/ decides. The browser's part of adding is a script's. */
import { listFactors } from '../factors/list-factors.ts'
import { finishPasskeyRegistration, startPasskeyRegistration } from '../factors/register-passkey.ts'
import { renamePasskey } from '../factors/rename-passkey.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { accountPaths, type AddPasskeyProps, type RenamePasskeyProps } from '../../views/account-props.ts'
import { AddPasskeyPage } from '../../views/pages/account/add-passkey.tsx'
import { RenamePasskeyPage } from '../../views/pages/account/rename-passkey.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { showRecoveryCodes } from './new-recovery-codes.ts'
import { changeBy, passkeyPath, showHub } from './pages-factors.ts'
import { signInName } from './person.ts'
import { doneAt, ownPage, statusOf, type Visit } from './visit.ts'

const place = 'factors'

export function passkeyPages(deps: SelfServiceDeps): readonly PageDoor[] {
  return [
    ...ownPage(deps, { path: accountPaths.addPasskey, place }, { freshness: 'fresh', show: (visit) => showNew(deps, visit), take: (visit) => takeNew(deps, visit) }),
    ...ownPage(deps, { path: passkeyPath(':passkey_id'), place }, {
      freshness: 'fresh',
      show: async (visit) => {
        const name = await nameOf(deps, visit)
        return name === undefined ? showHub(deps, visit, 'not_found') : showRenaming(visit, name)
      },
      take: (visit) => rename(deps, visit),
    }),
  ]
}

async function showNew(deps: SelfServiceDeps, visit: Visit, { error, name = '' }: { error?: AddPasskeyProps['error']; name?: string } = {}): Promise<PageResult> {
  const { accountId, profile } = visit
  const question = await startPasskeyRegistration(deps.factors, { accountId, account: await signInName(deps.databases.engine, profile), displayName: profile.display_name })
  if (question === null) return redirect(accountPaths.factors)
  return html(AddPasskeyPage({
    ...visit.page,
    passkey: { options: JSON.stringify(question.options), challenge: question.challenge },
    // Left empty it becomes the authenticator's own name, which says more than a guess of ours.
    name,
    error,
    scriptUrls: deps.scripts.passkey,
  }), { status: statusOf(error), script: 'self' })
}

async function takeNew(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { form } = visit.request
  const name = (form.get('passkey_name') ?? '').trim()
  const result = await finishPasskeyRegistration(deps.factors, { ...changeBy(visit), challenge: form.get('passkey_challenge') ?? '', response: form.get('passkey_response'), name: name === '' ? null : name })
  if (!result.ok) return showNew(deps, visit, { error: result.reason, name })
  if (!visit.signed.hasSecondFactor) await deps.raiseSession(visit.request.ctx, { acr: 'phr', amr: result.amr })
  return result.recoveryCodes === null
    ? doneAt(accountPaths.factors, 'passkey_added')
    : showRecoveryCodes(deps, visit, { codes: result.recoveryCodes, notice: 'passkey_added' })
}

async function nameOf(deps: SelfServiceDeps, { accountId, request }: Visit): Promise<string | undefined> {
  const { passkeys } = await listFactors(deps.databases.engine, accountId)
  return passkeys.find(({ id }) => id === request.params['passkey_id'])?.name
}

function showRenaming(visit: Visit, name: string, error?: RenamePasskeyProps['error']): PageResult {
  return html(RenamePasskeyPage({ ...visit.page, name, error }), { status: statusOf(error) })
}

async function rename(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { form, params } = visit.request
  const name = form.get('passkey_name') ?? ''
  const result = await renamePasskey(deps.factors, { ...changeBy(visit), passkeyId: params['passkey_id'] ?? '', name })
  if (result.ok) return doneAt(accountPaths.factors, 'passkey_renamed')
  return result.reason === 'not_found' ? showHub(deps, visit, result.reason) : showRenaming(visit, name, result.reason)
}
