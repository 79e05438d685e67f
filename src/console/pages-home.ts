/** The home of a tenant's console. */
import { html, type PageDoor } from '../http/page.ts'
import { HomePage } from '../../views/pages/console/home.tsx'
import type { ConsoleDeps } from './deps.ts'
import { consolePage } from './visit.ts'

export function homePages(deps: ConsoleDeps): readonly PageDoor[] {
  return consolePage(deps, { path: '', place: 'home', permission: null }, { show: (visit) => html(HomePage({ ...visit.page })) })
}
