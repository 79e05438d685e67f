/** What a walk past the pages needs: where it goes, who goes, in which language, and somebody who looks at each page. */
import type { Page } from 'playwright-core'
import type { Visitor } from '../helpers/browser.ts'
import type { Demo } from '../helpers/demo.ts'
import type { OutsideApp } from './outside-app.ts'

/** Looks at a page as it stands there now; its name is the picture's too. */
export type Look = (name: string, page: Page) => Promise<void>

export interface Place {
  readonly demo: Demo
  readonly shift: OutsideApp
  readonly language: 'ja' | 'en'
  readonly visitor: Visitor
  readonly look: Look
}
