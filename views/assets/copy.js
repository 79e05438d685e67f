/** Shows the buttons that copy and print, where the browser can do it. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    const status = document.getElementById('copy_status')
    status.textContent = ''
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
      status.textContent = button.dataset.copied
    } catch {
      // The text stands on the page and can be copied by hand.
    }
  })
}
for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}
