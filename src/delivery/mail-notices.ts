/**
 * Notices: mails that only tell the owner of an account what happened to it. Each is a pure function of its event and reader.
 * Invariant: their links lead to pages of ours that anybody may open; nothing in them opens anything.
 */
import { z } from 'zod'
import { secondFactorLockedMail } from '../../views/mails/account-locked.tsx'
import { addressRestoredMail } from '../../views/mails/address.ts'
import { deletionCancelledMail } from '../../views/mails/deletion.ts'
import { factorChangedMail, factorsResetMail, passkeyCloneMail, recoveryCodeUsedMail, type FactorChange } from '../../views/mails/factors.ts'
import type { Mail } from '../../views/mails/layout.tsx'
import { newBrowserMail } from '../../views/mails/new-browser.ts'
import { passwordChangedMail } from '../../views/mails/password.ts'
import type { Occasion, Reader } from '../../views/mails/reader.ts'
import type { MailedType } from './mail-jobs.ts'
import type { MailedEvent } from './queries.ts'

export type NoticeType = Exclude<
  MailedType,
  'account.locked' | 'registration.requested' | 'recovery.requested' | 'address.change_requested' | 'address.changed' | 'account.deletion_requested' | `invitation.${string}` | `import.${string}` | `tenant.${string}` | `break_glass.${string}`
>

export interface About {
  readonly after: MailedEvent['after']
  readonly reader: Reader
  readonly occasion: Occasion
  readonly recoverUrl: string
  readonly factorsUrl: string
  readonly signInUrl: string
}

type Notice = (about: About) => Mail

export const notices: Readonly<Record<NoticeType, Notice>> = {
  'second_factor.locked': (about) => secondFactorLockedMail({ ...warn(about), until: lockFacts.parse(about.after).until }),
  'password.changed': (about) => passwordChangedMail({ ...warn(about), how: passwordFacts.parse(about.after).how }),
  'address.change_undone': (about) => addressRestoredMail(warn(about)),
  'totp.enrolled': factorChanged('totp_enrolled'),
  'totp.removed': factorChanged('totp_removed'),
  'passkey.registered': factorChanged('passkey_registered'),
  'passkey.removed': factorChanged('passkey_removed'),
  'recovery_codes.generated': factorChanged('recovery_codes_generated'),
  'recovery_code.used': (about) => recoveryCodeUsedMail({ ...warn(about), left: codeFacts.parse(about.after).left }),
  'factors.reset': ({ reader, occasion, factorsUrl }) => factorsResetMail({ ...reader, occasion, factorsUrl }),
  'passkey.clone_suspected': ({ reader, occasion, factorsUrl }) => passkeyCloneMail({ ...reader, occasion, factorsUrl }),
  'device.recognised': (about) => newBrowserMail(warn(about)),
  'account.deletion_cancelled': ({ reader, occasion, signInUrl }) => deletionCancelledMail({ ...reader, occasion, signInUrl }),
}

const lockFacts = z.object({ until: z.iso.datetime() })
const passwordFacts = z.object({ how: z.enum(['reset', 'activation', 'self', 'expired', 'operator']) })
const codeFacts = z.object({ left: z.int() })

function factorChanged(change: FactorChange): Notice {
  return (about) => factorChangedMail({ ...warn(about), change })
}

/** A new password is the first thing to do for whoever did not do this: it ends every session. */
function warn({ reader, occasion, recoverUrl }: About): Reader & { occasion: Occasion; recoverUrl: string } {
  return { ...reader, occasion, recoverUrl }
}
