/**
 * Owns the public contract of our forms: every name, id and value that a browser, a screen reader's script
 * or a conformance tool may rely on. Pages render from these constants and the docs are generated from them,
 * so the three cannot drift apart. Renaming an entry is a breaking change.
 */
import { accountContract } from './contract/account.ts'
import { invitationContract } from './contract/invitation.ts'
import { signInContract } from './contract/sign-in.ts'

export type { ButtonContract, FieldContract, LinkContract, PageContract, SelectContract, TextAreaContract } from './contract/shapes.ts'

export const formContract = { ...signInContract, ...invitationContract, ...accountContract }

export type PageName = keyof typeof formContract
