/**
 * Recovery codes as a list, and the ways to take them along: a file, paper, the clipboard.
 * The file needs no script; on paper stands exactly what stands in the file.
 */
import type { JSX } from 'preact'
import type { ButtonContract, LinkContract } from '../form-contract.ts'
import type { Translate } from '../messages.ts'
import { ToolButton } from './form.tsx'

interface RecoveryCodesProps {
  codes: readonly string[]
  fileText: string
  /** As the page's contract names them. */
  elements: { readonly downloadCodes: LinkContract; readonly printCodes: ButtonContract; readonly copyCodes: ButtonContract }
  t: Translate
}

/** The codes and what can be done with them. */
export function RecoveryCodes({ codes, fileText, elements, t }: RecoveryCodesProps): JSX.Element {
  const { downloadCodes, printCodes, copyCodes } = elements
  return (
    <div class="stack">
      <ol class="codes" id="codes" aria-label={t('recovery_codes.list')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <pre class="on-paper">{fileText}</pre>
      <div class="tools">
        <a class="button quiet small" id={downloadCodes.id} href={`data:text/plain;charset=utf-8,${encodeURIComponent(fileText)}`} download="tegata-recovery-codes.txt">
          {t('recovery_codes.download')}
        </a>
        <ToolButton button={printCodes} data={{ 'data-print': '' }}>
          {t('recovery_codes.print')}
        </ToolButton>
        <ToolButton button={copyCodes} data={{ 'data-copy': codes.join('\n'), 'data-copied': t('recovery_codes.copied') }}>
          {t('recovery_codes.copy')}
        </ToolButton>
      </div>
      <CopyStatus />
    </div>
  )
}

/** The empty line in which copy.js says that something has been copied. */
export function CopyStatus(): JSX.Element {
  return <p class="status" id="copy_status" role="status" />
}
