/**
 * The hub of second factors, and the pages that ask once more before one goes or the recovery codes are renewed.
 * What is posted to the hub changes nothing: it leads to a page of its own, which asks for a fresh sign-in.
 */
import { listFactors, type FactorList } from '../factors/list-factors.ts'
import { removePasskey } from '../factors/remove-passkey.ts'
import { removeTotp } from '../factors/remove-totp.ts'
import { html, redirect, type PageDoor, type PageResult } from '../http/page.ts'
import { listDevices } from '../accounts/devices.ts'
import { accountPaths, type ConfirmedAct, type FactorsNotice, type FactorsProps } from '../../views/account-props.ts'
import { ConfirmPage } from '../../views/pages/account/confirm.tsx'
import { FactorsPage } from '../../views/pages/account/factors.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { showRecoveryCodes } from './new-recovery-codes.ts'
import { renewRecoveryCodes } from './renew-recovery-codes.ts'
import { doneAt, noticeIn, ownPage, statusOf, type Visit } from './visit.ts'

const notices = ['totp_added', 'totp_removed', 'passkey_added', 'passkey_renamed', 'passkey_removed'] as const satisfies readonly FactorsNotice[]

const place = 'factors'
const removeTotpPath = `${accountPaths.addTotp}/remove`
const recoveryCodesPath = `${accountPaths.factors}/recovery-codes`

/** Where a passkey gets another name. */
export function passkeyPath(id: string): string {
  return `${accountPaths.factors}/passkeys/${id}`
}

export function factorPages(deps: SelfServiceDeps): readonly PageDoor[] {
  const ask = (visit: Visit, act: ConfirmedAct) => html(ConfirmPage({ ...visit.page, act, cancelUrl: accountPaths.factors }))
  return [
    ...ownPage(deps, { path: accountPaths.factors, place }, { freshness: 'any', show: (visit) => showHub(deps, visit), take: (visit) => leadOn(deps, visit) }),
    ...ownPage(deps, { path: removeTotpPath, place }, {
      freshness: 'fresh',
      show: async (visit) => {
        const factors = await listFactors(deps.databases.engine, visit.accountId)
        return factors.totp === null ? redirect(accountPaths.factors) : ask(visit, { kind: 'remove_totp', lastFactor: isLastOf(factors) })
      },
      take: async (visit) => {
        const result = await removeTotp(deps.factors, changeBy(visit))
        return result.ok ? doneAt(accountPaths.factors, 'totp_removed') : showHub(deps, visit, 'not_found')
      },
    }),
    ...ownPage(deps, { path: `${passkeyPath(':passkey_id')}/remove`, place }, {
      freshness: 'fresh',
      show: async (visit) => {
        const factors = await listFactors(deps.databases.engine, visit.accountId)
        const passkey = factors.passkeys.find(({ id }) => id === visit.request.params['passkey_id'])
        return passkey === undefined ? showHub(deps, visit, 'not_found') : ask(visit, { kind: 'remove_passkey', name: passkey.name, lastFactor: isLastOf(factors) })
      },
      take: async (visit) => {
        const result = await removePasskey(deps.factors, { ...changeBy(visit), passkeyId: visit.request.params['passkey_id'] ?? '' })
        return result.ok ? doneAt(accountPaths.factors, 'passkey_removed') : showHub(deps, visit, 'not_found')
      },
    }),
    ...ownPage(deps, { path: recoveryCodesPath, place }, {
      freshness: 'fresh',
      show: (visit) => ask(visit, { kind: 'renew_recovery_codes' }),
      take: async (visit) => {
        const result = await renewRecoveryCodes(deps.factors, changeBy(visit))
        return result.ok ? showRecoveryCodes(deps, visit, { codes: result.codes }) : redirect(accountPaths.factors)
      },
    }),
  ]
}

/** The person changes their own factors. */
export function changeBy({ accountId, request: { origin } }: Visit) {
  return { accountId, actor: accountId, origin }
}

/** Shows the hub; also where what a page was about is gone. */
export async function showHub(deps: SelfServiceDeps, visit: Visit, error?: 'not_found'): Promise<PageResult> {
  const { accountId, page, written, writtenOrNull } = visit
  const { totp, passkeys, recoveryCodesLeft } = await listFactors(deps.databases.engine, accountId)
  const devices = await listDevices(deps.databases.engine, accountId)
  const props: FactorsProps = {
    ...page,
    // It may be shown at the address of a page whose passkey is gone.
    form: { ...page.form, action: accountPaths.factors },
    totp: totp === null ? null : { createdAt: written(totp.created_at), lastUsedAt: writtenOrNull(totp.last_used_at) },
    passkeys: passkeys.map((one) => ({
      id: one.id, name: one.name, createdAt: written(one.created_at), lastUsedAt: writtenOrNull(one.last_used_at), synced: one.backed_up,
      cloneSuspectedAt: writtenOrNull(one.clone_suspected_at), renameUrl: passkeyPath(one.id),
    })),
    recoveryCodesLeft,
    trustedBrowsers: devices.filter(({ trusted_until }) => trusted_until !== null && trusted_until.getTime() > Date.now()).length,
    passkeysAvailable: deps.factors.rpId !== null,
    notice: error === undefined ? noticeIn(visit, notices) : undefined,
    error,
  }
  return html(FactorsPage(props), { status: statusOf(error) })
}

async function leadOn(deps: SelfServiceDeps, visit: Visit): Promise<PageResult> {
  const { form } = visit.request
  const passkeyId = form.get('remove')
  if (passkeyId !== null) {
    const { passkeys } = await listFactors(deps.databases.engine, visit.accountId)
    return passkeys.some(({ id }) => id === passkeyId) ? redirect(`${passkeyPath(passkeyId)}/remove`) : showHub(deps, visit, 'not_found')
  }
  if (form.get('action') === 'remove_totp') return redirect(removeTotpPath)
  return redirect(form.get('action') === 'renew_recovery_codes' ? recoveryCodesPath : accountPaths.factors)
}

function isLastOf({ totp, passkeys }: FactorList): boolean {
  return passkeys.length + (totp === null ? 0 : 1) === 1
}
