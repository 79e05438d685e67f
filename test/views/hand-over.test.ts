/** The page that carries an answer on: what it is given is escaped, and it works by its button as well as by its script. */
import { h } from 'preact'
import { expect, it } from 'vitest'
import { locales } from '../../views/locale.ts'
import { HandOverPage } from '../../views/pages/hand-over.tsx'
import { renderPage } from '../../views/render.ts'
import { frameOf } from './gallery.ts'

it.each(locales)('sends every field in %s, escaped, with one button and no inline script', (locale) => {
  const html = renderPage(h(HandOverPage, {
    frame: frameOf(locale), action: 'https://app.example/cb?a=1&b=2', scriptUrl: '/assets/submit.js', to: 'app', fields: [['code', '"><script>alert(1)</script>'], ['state', 'x']],
  }))
  expect(html).toContain('action="https://app.example/cb?a=1&amp;b=2"')
  expect(html).toContain('value="&quot;>&lt;script>alert(1)&lt;/script>"')
  expect(html.match(/<button/gu)).toHaveLength(1)
  expect(html).not.toMatch(/<script>|javascript:|\son\w+=/u)
})
