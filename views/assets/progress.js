/* While something is under way, shows how far it is: asks for the same page again and takes its part over. A link does the same for everybody else. */
const patience = 2000

async function refresh() {
  const shown = document.querySelector('[data-live]')
  if (!shown) return
  try {
    const answer = await fetch(location.href)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const next = page.getElementById(shown.id)
    if (answer.ok && next) {
      const focused = shown.contains(document.activeElement) ? document.activeElement.id : ''
      shown.replaceWith(next)
      if (focused) document.getElementById(focused)?.focus()
    }
  } catch {
    // The next round asks again.
  }
  setTimeout(refresh, patience)
}

if (document.querySelector('[data-live]')) setTimeout(refresh, patience)
