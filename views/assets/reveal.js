/** Gives password fields a button that shows what was typed. The field hides again before it is sent, so that no browser remembers it as text. */
for (const box of document.querySelectorAll('.revealable')) {
  const input = box.querySelector('input')
  const button = document.createElement('button')
  const set = (shown) => {
    input.type = shown ? 'text' : 'password'
    button.textContent = shown ? box.dataset.hide : box.dataset.show
    button.setAttribute('aria-label', shown ? box.dataset.hideName : box.dataset.showName)
  }
  button.type = 'button'
  button.id = `reveal_${input.id}`
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => set(input.type === 'password'))
  input.form?.addEventListener('submit', () => set(false))
  addEventListener('pagehide', () => set(false))
  set(false)
  box.append(button)
}
