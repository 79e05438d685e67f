/* Submits a form of filters as soon as one of its choices changes; its button stays for everybody else. */
for (const form of document.querySelectorAll('form[data-filters]')) {
  for (const select of form.querySelectorAll('select')) select.addEventListener('change', () => form.requestSubmit())
}
