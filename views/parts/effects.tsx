/** What follows from an act, said before it is done. */
import type { JSX } from 'preact'
import { effectsOf, type BulkAct, type MemberAct } from '../member-props.ts'
import type { Translate } from '../messages.ts'

export function Effects({ act, t }: { act: BulkAct | MemberAct; t: Translate }): JSX.Element {
  return (
    <ul class="effects">
      {effectsOf[act].map((effect) => (
        <li key={effect}>{t(`effect.${effect}`)}</li>
      ))}
    </ul>
  )
}
