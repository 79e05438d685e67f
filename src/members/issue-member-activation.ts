/**
 * Makes the one-time link by which a member without an address sets a password, to hand over in person. Whoever has an address gets a
 * mail instead (recovery), which nobody else can read. May be asked for by help-member.ts.
 */
import type { AccountDeps } from '../accounts/account-deps.ts'
import { issueActivationIn, type Activation } from '../accounts/issue-activation.ts'
import { helpMember, type HelpRefusal, type MemberHelp } from './help-member.ts'

type Issued = Extract<Activation, { readonly ok: true }>
type Refusal = Extract<Activation, { readonly ok: false }>['reason'] | 'has_address'
export type MemberActivation = Issued | { readonly ok: false; readonly reason: HelpRefusal | Refusal }

export function issueMemberActivation(deps: Pick<AccountDeps, 'databases' | 'masterKey'>, help: MemberHelp): Promise<MemberActivation> {
  return helpMember<Issued, Refusal>(deps, help, {
    type: 'activation.issued',
    act: async (trx, { account_id: accountId, email }) => (
      email === null ? issueActivationIn(trx, deps.masterKey, { accountId, tenantId: help.tenantId, actor: help.mover.accountId, origin: help.origin }) : { ok: false, reason: 'has_address' }
    ),
  })
}
