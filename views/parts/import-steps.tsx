/** The steps of a list of people, and why something about a list was refused in words. */
import type { JSX } from 'preact'
import { consolePath } from '../console-props.ts'
import type { ImportStep } from '../import-props.ts'
import type { MessageKey, Translate } from '../messages.ts'
import { inviteNo } from '../invite-words.ts'
import { hrefTo } from '../safe-url.ts'

const steps = ['columns', 'rows', 'waves'] as const satisfies readonly ImportStep[]
const endings = { columns: '/columns', rows: '/rows', waves: '' } as const satisfies Record<ImportStep, string>

export function importPath(subdomain: string, importId: string, step: ImportStep): string {
  return consolePath(subdomain, 'imports', `/${importId}${endings[step]}`)
}

interface Props {
  subdomain: string
  importId: string
  current: ImportStep
  t: Translate
}

/** Each can be gone to at any time: nothing is lost on the way. */
export function ImportSteps({ subdomain, importId, current, t }: Props): JSX.Element {
  return (
    <nav aria-label={t('imports.steps')}>
      <ol class="way">
        {steps.map((step, place) => (
          <li key={step}>
            <a id={`step_${step}`} href={hrefTo(importPath(subdomain, importId, step))} aria-current={step === current ? 'step' : undefined}>
              {place + 1}. {t(`imports.step.${step}`)}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

type Beginning = 'imports.error.'
type ImportNo = MessageKey extends infer Key ? (Key extends `${Beginning}${infer Reason}` ? Reason : never) : never

const words: Readonly<Record<ImportNo, true>> = {
  nothing_given: true, invalid_name: true, unknown_encoding: true, is_workbook: true, list_empty: true, list_too_large: true, too_many_rows: true, too_many_columns: true,
  field_too_long: true, unclosed_quote: true, malformed_list: true, unknown_column: true, field_twice: true, no_role: true, wave_under_way: true, nobody_waits: true, nobody_invited: true,
  not_running: true, invalid_sizes: true,
}

function hasWords(reason: string): reason is ImportNo {
  return Object.hasOwn(words, reason)
}

export function importNo(t: Translate, reason: string): string {
  return hasWords(reason) ? t(`imports.error.${reason}`) : inviteNo(t, reason)
}
