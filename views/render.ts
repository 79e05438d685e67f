/**
 * Turns a page into the text of a response. The only place that calls the renderer,
 * so that every page leaves with a doctype (without it browsers fall back to quirks mode).
 */
import type { JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'

/** Renders one whole page, doctype included. */
export function renderPage(node: JSX.Element): string {
  return `<!doctype html>\n${renderToString(node)}\n`
}
