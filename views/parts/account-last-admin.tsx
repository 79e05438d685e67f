/** A tenant always keeps an administrator: names those that would lose their last one, and says what to do first. */
import type { JSX } from 'preact'
import type { Translate } from '../messages.ts'
import { Warning } from './account-panel.tsx'

/** Says which tenants stand in the way, and what to do. */
export function LastAdmin({ tenants, t }: { tenants: readonly string[]; t: Translate }): JSX.Element {
  return (
    <div class="stack">
      <Warning>{t('account.last_admin')}</Warning>
      <ul class="effects">
        {tenants.map((name) => (
          <li key={name}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}
