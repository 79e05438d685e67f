/**
 * The one gate for addresses that come from outside (apps, tenants) into href and src.
 * Preact escapes attributes but lets `javascript:` through, so every outside link passes here.
 */

/** Gives back an absolute http(s) address in its normalised form, or undefined for anything else. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined
  // A user part only serves to make one host look like another (https://bank.example@evil.example).
  return parsed.username === '' && parsed.password === '' ? parsed.href : undefined
}

/** Like safeUrl, but lets a path on this server through too; what a browser would read as another host is refused. */
export function pathOrSafeUrl(url: string | undefined): string | undefined {
  if (url?.startsWith('/') !== true) return safeUrl(url)
  // The parser decides as the browser will: it turns backslashes into slashes and drops tabs and line breaks.
  const here = 'http://here.invalid'
  if (!URL.canParse(url, here)) return undefined
  const { origin, pathname, search, hash } = new URL(url, here)
  // `/.//host` parses to the path `//host`, which would lead elsewhere when it is read once more.
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : undefined
}

/** The same for an href that has to say something: empty, the page itself, for what is refused. */
export function hrefTo(url: string): string {
  return pathOrSafeUrl(url) ?? ''
}
