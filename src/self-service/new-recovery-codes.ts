/** Shows recovery codes, this once, with what the file and the printed page say. They stand in the answer to a POST and nowhere else. */
import { html, type PageResult } from '../http/page.ts'
import type { NewRecoveryCodesProps } from '../../views/account-props.ts'
import { NewRecoveryCodesPage } from '../../views/pages/account/new-recovery-codes.tsx'
import { recoveryCodesFile } from '../../views/pages/recovery-codes.tsx'
import type { SelfServiceDeps } from './deps.ts'
import { signInName } from './person.ts'
import type { Visit } from './visit.ts'

export async function showRecoveryCodes(deps: SelfServiceDeps, visit: Visit, shown: Pick<NewRecoveryCodesProps, 'codes' | 'notice'>): Promise<PageResult> {
  const { page, profile, request } = visit
  const account = await signInName(deps.databases.engine, profile)
  const fileText = recoveryCodesFile(request.locale, { account, date: visit.written(deps.factors.clock.now()), codes: shown.codes })
  return html(NewRecoveryCodesPage({ ...page, ...shown, fileText, scriptUrls: deps.scripts.copy }), { script: 'self' })
}
