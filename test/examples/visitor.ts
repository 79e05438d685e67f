/** A browser without JavaScript: a cookie jar as browsers have it (by host, not by port) around fetch. */
export interface Page {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text of the element with this id, entities resolved; null when there is none. */
  byId(id: string): string | null
}

export class Visitor {
  readonly #cookies = new Map<string, { value: string; path: string }>()
  readonly language: string

  constructor(language = 'en') {
    this.language = language
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, { value, path: '/' })
  }

  /** One request, redirects not followed. */
  async step(address: string | URL, init: { method?: string; body?: string | URLSearchParams; headers?: Record<string, string> } = {}): Promise<Page> {
    const url = new URL(address)
    const cookie = [...this.#cookies].filter(([, { path }]) => url.pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { 'accept-language': this.language, cookie, ...init.headers } })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    return { url, status: response.status, headers: response.headers, text, byId: (id) => textOf(text, id) }
  }

  /** Follows redirects to the page at the end. */
  async open(address: string | URL): Promise<Page> {
    let page = await this.step(address)
    for (let hops = 0; page.headers.has('location'); hops += 1) {
      if (hops > 20) throw new Error(`redirects without end at ${page.url.href}`)
      page = await this.step(new URL(page.headers.get('location') ?? '', page.url))
    }
    return page
  }

  /** Follows redirects as long as they do not start with the given address, and answers that address. */
  async openUntil(address: string, stop: string): Promise<URL> {
    let page = await this.step(address)
    for (let hops = 0; hops < 20; hops += 1) {
      const next = new URL(page.headers.get('location') ?? 'none:', page.url)
      if (next.href.startsWith(stop)) return next
      page = await this.step(next)
    }
    throw new Error(`never came to ${stop}`)
  }

  post(address: string, body: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> {
    return this.step(address, { method: 'POST', body: new URLSearchParams(body), headers: { origin: new URL(address).origin, ...headers } })
  }

  postJson(address: string, body: unknown, headers: Record<string, string> = {}): Promise<Page> {
    const json = { origin: new URL(address).origin, 'content-type': 'application/json', ...headers }
    return this.step(address, { method: 'POST', body: JSON.stringify(body), headers: json })
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name === undefined || value === undefined) return
    const expires = /expires=([^;]+)/i.exec(line)?.[1]
    const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
    if (value === '' || (expires !== undefined && Date.parse(expires) <= Date.now())) this.#cookies.delete(name)
    else this.#cookies.set(name, { value, path })
  }
}

function textOf(html: string, id: string): string | null {
  const found = new RegExp(`<(\\w+)[^>]*\\bid="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(html)?.[2]
  return found?.replace(/<[^>]+>/g, ' ').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).replace(/\s+/g, ' ').trim() ?? null
}
