/**
 * A person with a browser that runs no JavaScript: cookies, redirects, and forms as they stand in the HTML.
 * It follows only what a browser would follow, and shows the last answer.
 */
import { parse, type HTMLElement } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'

export interface Visit {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: HTMLElement
  readonly text: string
}

export interface PersonOptions {
  /** Redirects to these origins are not followed: they end the visit, as at a product's door. */
  readonly stopAt?: readonly string[]
  readonly acceptLanguage?: string
}

const mostRedirects = 15

export class Person {
  readonly jar: CookieJar
  readonly #stopAt: readonly string[]
  readonly #acceptLanguage: string

  constructor({ stopAt = [], acceptLanguage = 'ja' }: PersonOptions = {}, jar = new CookieJar()) {
    this.jar = jar
    this.#stopAt = stopAt
    this.#acceptLanguage = acceptLanguage
  }

  open(url: string | URL): Promise<Visit> {
    return this.#go(new URL(url), 'GET', undefined)
  }

  /** Sends a form of the visit; `values` fill fields (an empty one unticks a box), `button` names the pressed button by its id. */
  submit(visit: Visit, values: Readonly<Record<string, string>>, button: string): Promise<Visit> {
    const { action, sent } = filledIn(visit, values, button)
    return this.#go(action, 'POST', new URLSearchParams(sent), visit.url.origin)
  }

  /** The same for a form that carries a file, which stands in its only field of that kind. */
  upload(visit: Visit, { values = {}, button, file }: { readonly values?: Readonly<Record<string, string>>; readonly button: string; readonly file: File }): Promise<Visit> {
    const { action, sent, fileField } = filledIn(visit, values, button)
    const body = new FormData()
    for (const [name, value] of sent) body.set(name, value)
    body.set(fileField ?? 'file', file)
    return this.#go(action, 'POST', body, visit.url.origin)
  }

  /** The library's hand-over pages submit themselves with JavaScript and carry a button for everybody else. */
  submitOnlyForm(visit: Visit): Promise<Visit> {
    const form = visit.html.querySelector('form')
    if (!form) throw new Error(`no form on ${visit.url.pathname}`)
    const body = new URLSearchParams(form.querySelectorAll('input').map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']))
    return this.#go(new URL(form.getAttribute('action') ?? '', visit.url), 'POST', body, visit.url.origin)
  }

  async #go(url: URL, method: string, body: URLSearchParams | FormData | undefined, origin?: string): Promise<Visit> {
    let [target, verb, payload] = [url, method, body]
    for (let hop = 0; hop < mostRedirects; hop += 1) {
      const response = await this.#fetch(target, verb, payload, origin)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || location === null) return visitOf(target, response)
      await response.arrayBuffer()
      const next = new URL(location, target)
      if (this.#stopAt.includes(next.origin)) return { url: next, status: response.status, headers: response.headers, html: parse(''), text: '' }
      ;[target, verb, payload] = [next, 'GET', undefined]
    }
    throw new Error(`too many redirects: ${target.href}`)
  }

  async #fetch(url: URL, method: string, body: URLSearchParams | FormData | undefined, origin: string | undefined): Promise<Response> {
    const cookie = await this.jar.getCookieString(url.href)
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html,application/xhtml+xml', 'accept-language': this.#acceptLanguage,
        ...(cookie === '' ? {} : { cookie }), ...(method === 'POST' && origin !== undefined ? { origin } : {}),
      },
      ...(body === undefined ? {} : { body }),
    })
    for (const set of response.headers.getSetCookie()) await this.jar.setCookie(set, url.href)
    return response
  }
}

const isBox = (field: HTMLElement) => /^(?:checkbox|radio)$/.test(field.getAttribute('type') ?? '')

/** What a browser would send for a field that nobody touched; undefined for a box that is not ticked. */
function shownIn(field: HTMLElement): string | undefined {
  if (isBox(field)) return field.hasAttribute('checked') ? (field.getAttribute('value') ?? 'on') : undefined
  if (field.tagName === 'TEXTAREA') return field.text
  const shown = field.tagName === 'SELECT' ? (field.querySelector('option[selected]') ?? field.querySelector('option')) : field
  return shown?.getAttribute('value') ?? ''
}

interface FilledIn {
  readonly action: URL
  readonly sent: [name: string, value: string][]
  readonly fileField: string | undefined
}

/** What a browser would send of the form that holds the button. */
function filledIn(visit: Visit, values: Readonly<Record<string, string>>, button: string): FilledIn {
  const pressed = visit.html.getElementById(button)
  if (!pressed) throw new Error(`no button #${button} on ${visit.url.pathname}: ${visit.text.slice(0, 2000)}`)
  const form = pressed.closest('form')
  if (!form) throw new Error(`#${button} stands in no form`)
  const fields = form.querySelectorAll('input, select, textarea').filter((field) => field.getAttribute('type') !== 'file')
  const filled = fields.flatMap((field): [string, string][] => {
    const name = field.getAttribute('name') ?? ''
    const value = values[name] ?? shownIn(field)
    // Of radio buttons that share a name the one that was meant is sent.
    const isOther = field.getAttribute('type') === 'radio' && field.getAttribute('value') !== value
    return value === undefined || isOther || (isBox(field) && value === '') ? [] : [[name, value]]
  })
  const sent = [...filled, [pressed.getAttribute('name') ?? '', pressed.getAttribute('value') ?? '']].flatMap(([name = '', value = '']): [string, string][] => (name === '' ? [] : [[name, value]]))
  // A name that a forged form holds twice is sent once, as a browser's form of ours would.
  return { action: new URL(form.getAttribute('action') ?? '', visit.url), sent: [...new Map(sent)], fileField: form.querySelector('input[type=file]')?.getAttribute('name') }
}

async function visitOf(url: URL, response: Response): Promise<Visit> {
  const text = await response.text()
  return { url, status: response.status, headers: response.headers, text, html: parse(text) }
}
