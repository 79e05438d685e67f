/** One page in one state, as the gallery lists them. */
import type { JSX } from 'preact'
import type { PageName } from '../../views/form-contract.ts'

export interface Picture {
  name: string
  page: PageName
  node: JSX.Element
}
