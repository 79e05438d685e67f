/**
 * Owns the public contract of our forms: every name, id and value that a browser, a screen reader's script
 * or a conformance tool may rely on. Pages render from these constants and the docs are generated from them,
 * so the three cannot drift apart. Renaming an entry is a breaking change.
 */

export interface FieldContract {
  readonly element: 'input'
  readonly name: string
  readonly id: string
  readonly type: 'text' | 'password' | 'hidden'
  readonly autocomplete?: string
  readonly inputmode?: 'email'
  readonly required?: boolean
  readonly meaning: string
}

export interface ButtonContract {
  readonly element: 'button'
  readonly name: string
  readonly id: string
  readonly value: string
  readonly meaning: string
}

/** A link with a stable id, which a driver may follow. */
export interface LinkContract {
  readonly element: 'a'
  readonly id: string
  readonly meaning: string
}

export interface PageContract {
  /** Where the form posts to; null where the page has links only. */
  readonly action: string | null
  readonly elements: Readonly<Record<string, FieldContract | ButtonContract | LinkContract>>
}

const csrfToken = {
  element: 'input',
  name: 'csrf_token',
  id: 'csrf_token',
  type: 'hidden',
  meaning: 'Proves that the form came from our own page; send it back unchanged.',
} as const satisfies FieldContract

const cancel = {
  element: 'button',
  name: 'action',
  id: 'cancel',
  value: 'cancel',
  meaning: 'Gives up and returns to the app with error=access_denied.',
} as const satisfies ButtonContract

const switchAccount = {
  element: 'button',
  name: 'action',
  id: 'switch_account',
  value: 'switch_account',
  meaning: 'Forgets the person named on the page and asks who signs in.',
} as const satisfies ButtonContract

const interaction = '/interaction/:uid'

export const formContract = {
  sign_in: {
    action: interaction,
    elements: {
      csrfToken,
      identifier: {
        element: 'input',
        name: 'identifier',
        id: 'identifier',
        type: 'text',
        autocomplete: 'username webauthn',
        inputmode: 'email',
        required: true,
        meaning: 'The e-mail address of the account, or a staff number: `S-0142` where the tenant is known, else `S-0142@sakura`. Read-only when the session is being confirmed.',
      },
      password: {
        element: 'input',
        name: 'password',
        id: 'password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        meaning: 'The password of the account.',
      },
      signIn: { element: 'button', name: 'action', id: 'sign_in', value: 'sign_in', meaning: 'Signs in.' },
      switchAccount,
      cancel,
    },
  },
  select_tenant: {
    action: interaction,
    elements: {
      csrfToken,
      membership: {
        element: 'button',
        name: 'membership_id',
        id: 'tenant-{subdomain}',
        value: '{membership_id}',
        meaning: 'Chooses the tenant to act for; one button for each membership that may be used now.',
      },
      switchAccount,
      cancel,
    },
  },
  no_tenant: { action: interaction, elements: { csrfToken, switchAccount, cancel } },
  consent: {
    action: interaction,
    elements: {
      csrfToken,
      allow: { element: 'button', name: 'action', id: 'allow', value: 'allow', meaning: 'Agrees to everything the page lists.' },
      cancel,
    },
  },
  sign_out: {
    action: '/oauth2/logout/confirm',
    elements: {
      xsrf: { element: 'input', name: 'xsrf', id: 'xsrf', type: 'hidden', meaning: 'Token of the sign-out form; send it back unchanged.' },
      everywhere: {
        element: 'button',
        name: 'logout',
        id: 'sign_out_everywhere',
        value: 'yes',
        meaning: 'Ends the session here and in every app that was signed in to with it.',
      },
      here: {
        element: 'button',
        name: 'stay',
        id: 'sign_out_here',
        value: 'yes',
        meaning: 'Ends the use of this one app and keeps the session.',
      },
    },
  },
  signed_out: {
    action: null,
    elements: { backToApp: { element: 'a', id: 'back_to_app', meaning: 'Leads back to the app, where it has an address.' } },
  },
  dead_interaction: {
    action: null,
    elements: {
      continueToApp: { element: 'a', id: 'continue_to_app', meaning: 'Leads to the app: this sign-in is already finished.' },
      startAgain: { element: 'a', id: 'start_again', meaning: 'Starts the sign-in anew at the app.' },
    },
  },
  error: {
    action: null,
    elements: {
      retry: { element: 'a', id: 'retry', meaning: 'Tries the same thing once more, where that can help.' },
      backToApp: { element: 'a', id: 'back_to_app', meaning: 'Leads back to the app, where it has an address.' },
    },
  },
  home: { action: null, elements: {} },
  dev_mail: { action: null, elements: {} },
} as const satisfies Readonly<Record<string, PageContract>>

export type PageName = keyof typeof formContract
