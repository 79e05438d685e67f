/**
 * Lets a form use a passkey or create one: takes the options from the form, asks the browser, puts the answer into the hidden
 * field and presses the button. Whatever goes wrong is said in one line, and the form stays as usable as without this script.
 */
(() => {
  const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } = globalThis.SimpleWebAuthnBrowser ?? {}
  const form = document.querySelector('form[data-passkey]')
  const button = form?.querySelector('button[value="passkey"]')
  if (!button || !browserSupportsWebAuthn?.()) return

  const response = form.elements.namedItem('passkey_response')
  const status = document.getElementById('passkey_status')
  const optionsJSON = JSON.parse(form.dataset.passkeyOptions)
  const creates = form.dataset.passkey === 'create'
  let busy = false

  const say = (what) => {
    status.textContent = status.dataset[what] ?? ''
    status.classList.toggle('failed', what === 'failed' || what === 'known')
  }

  const send = (answer) => {
    response.value = JSON.stringify(answer)
    form.requestSubmit(button)
  }

  // The browser offers passkeys under the identifier field until one is chosen or the button is pressed.
  const offerInField = async () => {
    if (creates || !form.querySelector('input[autocomplete$="webauthn"]:not([readonly])') || !(await browserSupportsWebAuthnAutofill())) return
    try {
      send(await startAuthentication({ optionsJSON, useBrowserAutofill: true }))
    } catch {
      // Nobody asked for anything, so there is nothing to say.
    }
  }

  const ask = async () => {
    busy = true
    say('waiting')
    try {
      const answer = await (creates ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON }))
      say('')
      send(answer)
    } catch (error) {
      // InvalidStateError: this authenticator is on the list of those that hold a passkey already (Web Authentication Level 3 §5.1.3).
      say(creates && error.name === 'InvalidStateError' ? 'known' : 'failed')
      offerInField()
    } finally {
      busy = false
    }
  }

  button.addEventListener('click', (event) => {
    event.preventDefault()
    if (!busy && (button.formNoValidate || form.reportValidity())) ask()
  })
  // A page that comes back from the browser's memory holds an answer that has been used.
  addEventListener('pageshow', () => { response.value = '' })
  button.hidden = false
  document.getElementById('passkey_unsupported')?.remove()
  offerInField()
})()
