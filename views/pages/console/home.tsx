/** The home of a tenant's console. */
import type { JSX } from 'preact'
import type { ConsolePageProps } from '../../console-props.ts'
import { ConsoleFrame } from '../../parts/console-frame.tsx'

export function HomePage(page: ConsolePageProps): JSX.Element {
  return (
    <ConsoleFrame page={page}>
      <p>{page.nav.tenant.name}</p>
    </ConsoleFrame>
  )
}
