/**
 * The form contract of signing in and of the pages before and after it: second factor, enrolment, registration, recovery,
 * and the pages that links in mails lead to. A button that sends something is always called `action`, whatever the page.
 */
import { csrfToken, type ButtonContract, type FieldContract, type LinkContract, type PageContract } from './shapes.ts'

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

function act<const Value extends string>(value: Value, meaning: string) {
  return { element: 'button', name: 'action', id: value, value, meaning } as const satisfies ButtonContract
}

function hidden<const Name extends string>(name: Name, meaning: string) {
  return { element: 'input', name, id: name, type: 'hidden', meaning } as const satisfies FieldContract
}

function link<const Id extends string>(id: Id, meaning: string) {
  return { element: 'a', id, meaning } as const satisfies LinkContract
}

/** Buttons of scripts: of type `button`, hidden until the script finds that they work, and never sent. */
function tool<const Id extends string>(id: Id, meaning: string) {
  return { element: 'button', name: 'tool', id, value: id, meaning } as const satisfies ButtonContract
}

const passkeyFields = {
  passkeyChallenge: hidden('passkey_challenge', 'The sealed challenge of this page; send it back unchanged.'),
  passkeyResponse: hidden('passkey_response', 'The answer of the authenticator as JSON (Web Authentication Level 3, `toJSON`); empty until a script has filled it.'),
} as const

const signInWithPasskey = {
  element: 'button',
  name: 'action',
  id: 'sign_in_with_passkey',
  value: 'passkey',
  meaning: 'Sends the answer of the passkey. Hidden until the script finds that the browser can.',
} as const satisfies ButtonContract

const oneTimeCode = {
  element: 'input',
  name: 'code',
  id: 'code',
  type: 'text',
  autocomplete: 'one-time-code',
  inputmode: 'numeric',
  required: true,
  meaning: 'Six digits; spaces do no harm.',
} as const satisfies FieldContract

const newPassword = {
  element: 'input',
  name: 'password',
  id: 'password',
  type: 'password',
  autocomplete: 'new-password',
  required: true,
  meaning: 'The new password.',
} as const satisfies FieldContract

const toSignIn = link('to_sign_in', 'Leads back to the sign-in.')

function nameField<const Name extends string>(name: Name, more: { readonly autocomplete?: string; readonly required?: boolean; readonly meaning: string }) {
  return { element: 'input', name, id: name, type: 'text', ...more } as const satisfies FieldContract
}

const answerInvitation = link('answer-{membership_id}', 'Leads to where an invitation that waits for the person is answered; one for each.')

export const signInContract = {
  sign_in: {
    meaning: 'Asks who somebody is.',
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
      ...passkeyFields,
      signInWithPasskey,
      recover: link('recover', 'Leads to the page for a forgotten password.'),
      register: link('register', 'Leads to the page for a new account, where anybody may make one.'),
      switchAccount,
      cancel,
    },
  },
  second_factor: {
    meaning: 'Asks for one more proof after the password.',
    action: interaction,
    elements: {
      csrfToken,
      code: { ...oneTimeCode, meaning: 'The six digits that the authenticator app shows now; spaces do no harm.' },
      recoveryCode: {
        element: 'input',
        name: 'recovery_code',
        id: 'recovery_code',
        type: 'text',
        autocomplete: 'off',
        required: true,
        meaning: 'One unused recovery code, with or without its hyphen. Stands in the place of `code`.',
      },
      verify: act('verify', 'Sends the code.'),
      ...passkeyFields,
      signInWithPasskey,
      trustDevice: {
        element: 'input',
        name: 'trust_device',
        id: 'trust_device',
        type: 'checkbox',
        value: 'yes',
        meaning: 'Spares this browser the second factor for the days the page names. Only where the tenant allows it.',
      },
      useTotp: act('use_totp', 'Asks for a code of the authenticator app instead.'),
      useRecoveryCode: act('use_recovery_code', 'Asks for a recovery code instead.'),
      usePasskey: act('use_passkey', 'Asks for a passkey instead.'),
      switchAccount,
      cancel,
    },
  },
  enrol: {
    meaning: 'Asks which second factor to set up.',
    action: interaction,
    elements: {
      csrfToken,
      enrolPasskey: act('enrol_passkey', 'Goes on with a passkey.'),
      enrolTotp: act('enrol_totp', 'Goes on with an authenticator app.'),
      later: act('later', 'Puts it off; only until the day the page names.'),
      switchAccount,
      cancel,
    },
  },
  enrol_totp: {
    meaning: 'Shows the key of an authenticator app (RFC 6238) and asks for a first code.',
    action: interaction,
    elements: {
      csrfToken,
      enrolment: hidden('enrolment', 'The sealed key that the page shows; send it back unchanged.'),
      code: { ...oneTimeCode, meaning: 'The six digits that the authenticator app shows for the new key.' },
      confirmTotp: act('confirm_totp', 'Sends the code, which sets the app up.'),
      copySecret: tool('copy_secret', 'Copies the key. For scripts only.'),
      openAuthenticator: link('open_authenticator', 'Opens the authenticator app of this device (`otpauth:`).'),
      back: link('back', 'Leads back to where the set-up was begun.'),
      cancel,
    },
  },
  enrol_passkey: {
    meaning: 'Creates a passkey, which needs JavaScript.',
    action: interaction,
    elements: {
      csrfToken,
      ...passkeyFields,
      passkeyName: { element: 'input', name: 'passkey_name', id: 'passkey_name', type: 'text', autocomplete: 'off', meaning: 'A name to know this passkey by; may be left empty.' },
      createPasskey: {
        element: 'button',
        name: 'action',
        id: 'create_passkey',
        value: 'passkey',
        meaning: 'Sends the new passkey. Hidden until the script finds that the browser can.',
      },
      enrolTotp: act('enrol_totp', 'Goes on with an authenticator app instead.'),
      cancel,
    },
  },
  recovery_codes: {
    meaning: 'Shows new recovery codes, this once.',
    action: interaction,
    elements: {
      csrfToken,
      downloadCodes: link('download_codes', 'Saves the codes as a text file.'),
      printCodes: tool('print_codes', 'Prints the codes. For scripts only.'),
      copyCodes: tool('copy_codes', 'Copies the codes. For scripts only.'),
      stored: { element: 'input', name: 'stored', id: 'stored', type: 'checkbox', value: 'yes', required: true, meaning: 'Says that the codes are kept in a safe place.' },
      codesStored: act('codes_stored', 'Goes on.'),
    },
  },
  register_address: {
    meaning: 'Asks for the address of a new account.',
    action: '/interaction/:uid/register',
    elements: {
      csrfToken,
      email: { element: 'input', name: 'email', id: 'email', type: 'email', autocomplete: 'email', inputmode: 'email', required: true, meaning: 'The address to send a code to.' },
      sendCode: act('send_code', 'Sends the mail. The answer is the same whether or not the address has an account.'),
      toSignIn,
      cancel,
    },
  },
  register_code: {
    meaning: 'Asks for the code of the mail.',
    action: '/interaction/:uid/register',
    elements: {
      csrfToken,
      registration: hidden('registration', 'Names the mail that was sent; send it back unchanged.'),
      email: hidden('email', 'The address that the mail went to, for sending it again.'),
      code: { ...oneTimeCode, meaning: 'The six digits of the mail. The link in the mail does the same.' },
      verifyCode: act('verify_code', 'Sends the code.'),
      resend: act('resend', 'Sends one more mail.'),
      otherAddress: act('other_address', 'Begins anew with another address.'),
      toSignIn,
      cancel,
    },
  },
  register_details: {
    meaning: 'Asks for names and a password once the address is proven.',
    action: '/interaction/:uid/register or /register/:token',
    elements: {
      csrfToken,
      proof: hidden('proof', 'Proves that the code was right; send it back unchanged. Absent where the link was followed.'),
      email: { element: 'input', name: 'email', id: 'email', type: 'email', autocomplete: 'username', meaning: 'The proven address, read-only, for password managers. The account is made for the proven one, whatever is sent here.' },
      familyName: nameField('family_name', { autocomplete: 'family-name', required: true, meaning: 'Family name.' }),
      givenName: nameField('given_name', { autocomplete: 'given-name', required: true, meaning: 'Given name.' }),
      familyNameKana: nameField('family_name_kana', { meaning: 'Family name in kana; may be left empty.' }),
      givenNameKana: nameField('given_name_kana', { meaning: 'Given name in kana; may be left empty.' }),
      password: newPassword,
      register: act('register', 'Makes the account.'),
      toSignIn,
      cancel,
    },
  },
  recover: {
    meaning: 'Asks whose password is forgotten.',
    action: '/recover',
    elements: {
      csrfToken,
      identifier: {
        element: 'input',
        name: 'identifier',
        id: 'identifier',
        type: 'text',
        autocomplete: 'username',
        inputmode: 'email',
        required: true,
        meaning: 'The e-mail address of the account, or a staff number, as on the sign-in page.',
      },
      sendLink: act('send_link', 'Sends the mail. The answer is the same whether or not there is such an account.'),
      toSignIn,
    },
  },
  recover_sent: { meaning: 'Says that a mail is on its way, if there is such an account.', action: null, elements: { toSignIn } },
  new_password: {
    meaning: 'Asks for a new password: after a link in a mail, with an activation link, or because the old one has run out.',
    action: '/reset/:token, /activate/:token or /interaction/:uid',
    elements: {
      csrfToken,
      username: {
        element: 'input',
        name: 'username',
        id: 'username',
        type: 'text',
        autocomplete: 'username',
        meaning: 'Whose password it is, read-only, for password managers. The server does not read it.',
      },
      password: newPassword,
      setPassword: act('set_password', 'Sets the password.'),
      cancel,
    },
  },
  link: {
    meaning: 'What a link in a mail leads to: says what will happen, and waits for the button.',
    action: '/address/:token, /undo/:token, /unlock/:token or /keep/:token',
    elements: { csrfToken, confirm: act('confirm', 'Does what the page says.') },
  },
  dead_link: {
    meaning: 'Shown for a link that is used, expired or unknown.',
    action: null,
    elements: { startAgain: link('start_again', 'Leads to where a new link can be had.') },
  },
  done: { meaning: 'Says what a link or a form has done.', action: null, elements: { continue: link('continue', 'Leads on.') } },
  select_tenant: {
    meaning: 'Asks which tenant to act for.',
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
      answerInvitation,
      switchAccount,
      cancel,
    },
  },
  no_tenant: { meaning: 'Says that this account has no tenant that fits.', action: interaction, elements: { csrfToken, answerInvitation, switchAccount, cancel } },
  consent: {
    meaning: 'Asks whether an app may see what it wants to see.',
    action: interaction,
    elements: {
      csrfToken,
      allow: { element: 'button', name: 'action', id: 'allow', value: 'allow', meaning: 'Agrees to everything the page lists.' },
      cancel,
    },
  },
  sign_out: {
    meaning: 'Asks how far the sign-out goes.',
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
    meaning: 'Says goodbye.',
    action: null,
    elements: { backToApp: { element: 'a', id: 'back_to_app', meaning: 'Leads back to the app, where it has an address.' } },
  },
  dead_interaction: {
    meaning: 'Shown for a sign-in that is finished, expired or unknown.',
    action: null,
    elements: {
      continueToApp: { element: 'a', id: 'continue_to_app', meaning: 'Leads to the app: this sign-in is already finished.' },
      startAgain: { element: 'a', id: 'start_again', meaning: 'Starts the sign-in anew at the app.' },
    },
  },
  error: {
    meaning: 'Shown when a request cannot go on.',
    action: null,
    elements: {
      retry: { element: 'a', id: 'retry', meaning: 'Tries the same thing once more, where that can help.' },
      backToApp: { element: 'a', id: 'back_to_app', meaning: 'Leads back to the app, where it has an address.' },
    },
  },
  home: {
    meaning: 'The front page.',
    action: null,
    elements: { account: link('account', 'Leads to the pages of one’s own account.'), reference: link('reference', 'Leads to the reference of the API.') },
  },
  reference: {
    meaning: 'The reference of the API.',
    action: null,
    elements: { home: link('home', 'Leads to the front page.'), description: link('description', 'Leads to the description of the API (OpenAPI 3.1).') },
  },
  reference_return: { meaning: 'Where the sign-in of the reference comes back to.', action: null, elements: {} },
  dev_mail: { meaning: 'Mails of the demo.', action: null, elements: {} },
} as const satisfies Readonly<Record<string, PageContract>>
