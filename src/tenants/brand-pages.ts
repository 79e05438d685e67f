/**
 * The only doors through which anything that a tenant gave us comes out as a file: its logo, as this server drew it, and its colour, as
 * a stylesheet of ours. Both are named by what they hold, so they are cached for ever and tell nothing of whose they are.
 */
import type { Databases } from '../base/db.ts'
import { file, page, refusePage, type PageDoor } from '../http/page.ts'
import { generic } from '../http/problem.ts'
import { accentOf, type AccentShades } from './accent.ts'
import { findLogo } from './brand-queries.ts'

export function brandPages({ databases }: { readonly databases: Databases }): readonly PageDoor[] {
  return [
    page({
      method: 'GET', path: '/logos/:digest.png', access: 'public',
      handle: async ({ params }) => {
        const digest = params['digest'] ?? ''
        const png = /^[0-9a-f]{64}$/.test(digest) ? await findLogo(databases.engine, digest) : undefined
        return png === undefined ? refusePage(generic('not_found')) : file(png, 'image/png')
      },
    }),
    page({
      method: 'GET', path: '/brand/:color.css', access: 'public',
      handle: ({ params }) => {
        const judged = accentOf(`#${params['color'] ?? ''}`)
        // In its one spelling: any other would be kept by caches a second time.
        if (!judged.ok || judged.color !== `#${params['color'] ?? ''}`) return refusePage(generic('not_found'))
        return file(Buffer.from(styleOf(judged.accent)), 'text/css; charset=utf-8')
      },
    }),
  ]
}

/** Outside the layers of tegata.css, so that it goes before them. */
function styleOf({ light, dark }: { readonly light: AccentShades; readonly dark: AccentShades }): string {
  const both = (name: string, shade: keyof AccentShades) => `--ai${name}: light-dark(${light[shade]}, ${dark[shade]});`
  return `:root { ${both('', 'accent')} ${both('-deep', 'deep')} ${both('-wash', 'wash')} }\n`
}
