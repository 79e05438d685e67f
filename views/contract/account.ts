/** The form contract of the account's own pages. */
import { csrfToken, type ButtonContract, type FieldContract, type PageContract } from './shapes.ts'

const code = {
  element: 'input',
  name: 'code',
  id: 'code',
  type: 'text',
  autocomplete: 'one-time-code',
  inputmode: 'numeric',
  required: true,
  meaning: 'The six digits.',
} as const satisfies FieldContract

const passkeyName = {
  element: 'input',
  name: 'passkey_name',
  id: 'passkey_name',
  type: 'text',
  autocomplete: 'off',
  meaning: 'A name to know the passkey by.',
} as const satisfies FieldContract

function action<const Value extends string>(value: Value, meaning: string): ButtonContract & { readonly id: Value; readonly value: Value } {
  return { element: 'button', name: 'action', id: value, value, meaning }
}

/** Buttons of scripts: of type `button`, hidden until the script finds that they work, and never sent. */
function tool<const Id extends string>(id: Id, meaning: string) {
  return { element: 'button', name: 'tool', id, value: id, meaning } as const satisfies ButtonContract
}

function name(id: string, autocomplete: string, required: boolean): FieldContract {
  return { element: 'input', name: id, id, type: 'text', autocomplete, required, meaning: `OpenID Connect Core §5.1${id.endsWith('_kana') ? ', in katakana' : ''}: \`${id.replace('_kana', '')}\`.` }
}

export const accountContract = {
  account_overview: {
    meaning: 'Says how the account stands; its navigation stands on every page of the account.',
    action: null,
    elements: {
      place: { element: 'a', id: 'nav-{page}', meaning: 'Leads to one page of the account.' },
      signOut: { element: 'a', id: 'sign_out', meaning: 'Leads to the question how far to sign out.' },
    },
  },
  account_profile: {
    meaning: 'Names, language and time zone.',
    action: '/account/profile',
    elements: {
      csrfToken,
      familyName: name('family_name', 'family-name', true),
      givenName: name('given_name', 'given-name', true),
      familyNameKana: name('family_name_kana', 'off', false),
      givenNameKana: name('given_name_kana', 'off', false),
      locale: { element: 'select', name: 'locale', id: 'locale', meaning: 'Language of pages and mails: `ja`, `en`, or empty for the browser’s.' },
      zoneinfo: { element: 'select', name: 'zoneinfo', id: 'zoneinfo', meaning: 'Time zone, a name of the IANA database.' },
      save: action('save', 'Saves what the form says.'),
    },
  },
  account_address: {
    meaning: 'The e-mail address, and the way to another one: first the address, then the code that was sent there.',
    action: '/account/address',
    elements: {
      csrfToken,
      email: { element: 'input', name: 'email', id: 'email', type: 'email', autocomplete: 'email', inputmode: 'email', required: true, meaning: 'The new address.' },
      changeAddress: action('change_address', 'Sends a code to the new address.'),
      change: { element: 'input', name: 'change', id: 'change', type: 'hidden', meaning: 'Names the change that the code belongs to; send it back unchanged.' },
      code,
      confirmAddress: action('confirm_address', 'Makes the new address the account’s.'),
    },
  },
  account_password: {
    meaning: 'Asks for a new password.',
    action: '/account/password',
    elements: {
      csrfToken,
      username: { element: 'input', name: 'username', id: 'username', type: 'text', autocomplete: 'username', meaning: 'Read-only, for password managers.' },
      password: { element: 'input', name: 'password', id: 'password', type: 'password', autocomplete: 'new-password', required: true, meaning: 'The new password.' },
      changePassword: action('change_password', 'Sets the password and ends the other sessions.'),
    },
  },
  account_factors: {
    meaning: 'Second factors: authenticator app, passkeys, recovery codes.',
    action: '/account/factors',
    elements: {
      csrfToken,
      addTotp: { element: 'a', id: 'add_totp', meaning: 'Leads to connecting an authenticator app, or another one.' },
      removeTotp: action('remove_totp', 'Asks whether to disconnect the authenticator app.'),
      addPasskey: { element: 'a', id: 'add_passkey', meaning: 'Leads to adding a passkey.' },
      rename: { element: 'a', id: 'rename-{passkey_id}', meaning: 'Leads to another name for a passkey.' },
      remove: { element: 'button', name: 'remove', id: 'remove-{passkey_id}', value: '{passkey_id}', meaning: 'Asks whether to remove a passkey.' },
      renewRecoveryCodes: action('renew_recovery_codes', 'Asks whether to make new recovery codes.'),
    },
  },
  account_rename_passkey: {
    meaning: 'Asks for another name for a passkey.',
    action: '/account/factors/passkeys/:id',
    elements: { csrfToken, passkeyName: { ...passkeyName, required: true }, rename: action('rename', 'Saves the name.') },
  },
  account_add_totp: {
    meaning: 'Connects an authenticator app: shows its key and asks for one of its codes.',
    action: '/account/factors/totp',
    elements: {
      csrfToken,
      enrolment: { element: 'input', name: 'enrolment', id: 'enrolment', type: 'hidden', meaning: 'The key, sealed; send it back unchanged.' },
      code,
      confirmTotp: action('confirm_totp', 'Connects the app.'),
      copySecret: tool('copy_secret', 'Copies the key. For scripts only.'),
      openAuthenticator: { element: 'a', id: 'open_authenticator', meaning: 'Opens the authenticator app of this device (`otpauth:`).' },
      back: { element: 'a', id: 'back', meaning: 'Leads back; nothing has changed.' },
    },
  },
  account_add_passkey: {
    meaning: 'Adds a passkey. The browser’s part needs a script (WebAuthn §5.1.3).',
    action: '/account/factors/passkey',
    elements: {
      csrfToken,
      challenge: { element: 'input', name: 'passkey_challenge', id: 'passkey_challenge', type: 'hidden', meaning: 'Sealed; send it back unchanged.' },
      response: { element: 'input', name: 'passkey_response', id: 'passkey_response', type: 'hidden', meaning: 'RegistrationResponseJSON of WebAuthn §5.1; the script fills it in.' },
      passkeyName,
      createPasskey: { element: 'button', name: 'action', id: 'create_passkey', value: 'passkey', meaning: 'Sends the new passkey. Hidden until the script finds that the browser can.' },
      useTotp: { element: 'a', id: 'use_totp', meaning: 'Leads to an authenticator app instead.' },
      back: { element: 'a', id: 'back', meaning: 'Leads back; nothing has changed.' },
    },
  },
  account_recovery_codes: {
    meaning: 'Shows new recovery codes, this once.',
    action: null,
    elements: {
      downloadCodes: { element: 'a', id: 'download_codes', meaning: 'Saves the codes as a text file.' },
      printCodes: tool('print_codes', 'Prints the codes. For scripts only.'),
      copyCodes: tool('copy_codes', 'Copies the codes. For scripts only.'),
      done: { element: 'a', id: 'codes_stored', meaning: 'Leads on, once the codes are stored.' },
    },
  },
  account_confirm: {
    meaning: 'Asks once more before something that cannot easily be taken back.',
    action: '/account/…',
    elements: {
      csrfToken,
      target: { element: 'input', name: 'target', id: 'target', type: 'hidden', meaning: 'What it is about, where the address does not say; send it back unchanged.' },
      confirm: action('confirm', 'Does it.'),
      cancel: { element: 'a', id: 'cancel', meaning: 'Leads back; nothing has changed.' },
    },
  },
  account_sessions: {
    meaning: 'Where the account is signed in, and the browsers that it knows.',
    action: '/account/sessions',
    elements: {
      csrfToken,
      end: { element: 'button', name: 'end', id: 'end-{uid}', value: '{uid}', meaning: 'Ends one session.' },
      endOthers: action('end_others', 'Ends every session but this one.'),
      forgetDevices: action('forget_devices', 'Forgets every known and trusted browser.'),
    },
  },
  account_tenants: {
    meaning: 'The person’s memberships, and invitations that wait for them.',
    action: '/account/tenants',
    elements: {
      csrfToken,
      accept: { element: 'button', name: 'accept', id: 'accept-{membership_id}', value: '{membership_id}', meaning: 'Takes an invitation up.' },
      decline: { element: 'button', name: 'decline', id: 'decline-{membership_id}', value: '{membership_id}', meaning: 'Turns an invitation down.' },
      leave: { element: 'button', name: 'leave', id: 'leave-{membership_id}', value: '{membership_id}', meaning: 'Asks whether to leave a tenant.' },
      manage: { element: 'a', id: 'manage-{membership_id}', meaning: 'Leads to the console of a tenant where the person may do something there.' },
    },
  },
  account_apps: {
    meaning: 'The apps that may see something of the person.',
    action: '/account/apps',
    elements: { csrfToken, revoke: { element: 'button', name: 'revoke', id: 'revoke-{id}', value: '{id}', meaning: 'Asks whether to take back what an app was allowed.' } },
  },
  account_activity: {
    meaning: 'What happened with the account in the last 90 days.',
    action: null,
    elements: {
      older: { element: 'a', id: 'older', meaning: 'Leads to what happened before.' },
      newest: { element: 'a', id: 'newest', meaning: 'Leads back to the newest.' },
    },
  },
  account_data: {
    meaning: 'A copy of all data, and the end of the account.',
    action: '/account/data',
    elements: {
      csrfToken,
      download: { element: 'a', id: 'download', meaning: 'A copy of all that is kept about the person.' },
      deleteAccount: action('delete_account', 'Asks whether to delete the account.'),
      keepAccount: action('keep_account', 'Takes the wish to delete the account back.'),
    },
  },
} as const satisfies Readonly<Record<string, PageContract>>
