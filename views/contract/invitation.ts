/** The form contract of an invitation: to somebody with an account, to somebody without one, and where it cannot be answered any more. */
import { csrfToken, type ButtonContract, type PageContract } from './shapes.ts'
import { signInContract } from './sign-in.ts'

const action = '/invitations/:token'
const { email, familyName, givenName, familyNameKana, givenNameKana, password } = signInContract.register_details.elements

function act<const Value extends string>(value: Value, meaning: string) {
  return { element: 'button', name: 'action', id: value, value, meaning } as const satisfies ButtonContract
}

const accept = act('accept', 'Accepts the invitation.')
const decline = act('decline', 'Declines the invitation.')

export const invitationContract = {
  invitation: {
    meaning: 'An open invitation to somebody who has an account.',
    action,
    elements: {
      csrfToken,
      accept,
      signIn: act('sign_in', 'Leads to the sign-in and back.'),
      switchAccount: act('switch_account', 'Signs out whoever is signed in and leads back. Stands where the invitation is for somebody else.'),
      decline,
    },
  },
  invitation_details: {
    meaning: 'An open invitation to somebody without an account: asks for names and a password.',
    action,
    elements: {
      csrfToken,
      email: { ...email, meaning: 'The invited address, read-only, for password managers. Absent where somebody is invited without one. The server does not read it.' },
      familyName,
      givenName,
      familyNameKana,
      givenNameKana,
      password,
      accept: { ...accept, meaning: 'Makes the account and accepts the invitation.' },
      decline,
    },
  },
  invitation_closed: {
    meaning: 'Says why an invitation cannot be accepted, or what the answer has done.',
    action,
    elements: {
      csrfToken,
      askAgain: act('ask_again', 'Asks whoever invited for a new invitation. Stands where the old one has expired.'),
      continue: { element: 'a', id: 'continue', meaning: 'Leads on to the app or to the account.' },
    },
  },
} as const satisfies Readonly<Record<string, PageContract>>
