/**
 * The coloured tile with one character that stands for an app or a tenant without a logo.
 * It only decorates: the name always stands beside it as text.
 */
import type { JSX } from 'preact'
import type { TenantColour } from '../props.ts'
import { tenantColours } from '../props.ts'

/** Draws the tile; readers of the page text do not hear it. */
export function Chip(props: { initial: string; colour: TenantColour }): JSX.Element {
  return (
    <span class={`chip chip-${props.colour}`} aria-hidden="true">
      {props.initial}
    </span>
  )
}

// Legal forms say nothing about which organisation it is, so the tile starts at the name proper.
const legalForms = /^(?:医療法人(?:社団|財団)?|社会医療法人|社会福祉法人|学校法人|一般社団法人|公益社団法人|株式会社|合同会社|有限会社)\s*/u

/** Gives the character for a name's tile: the first whole character after a legal form, or a dot for an empty name. */
export function initialOf(name: string): string {
  const proper = name.trim().replace(legalForms, '')
  const [first] = new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(proper === '' ? name.trim() : proper)
  return first?.segment.toLocaleUpperCase('en') ?? '・'
}

/** Gives a name or id its colour: the same text always the same one. */
export function colourOf(text: string): TenantColour {
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521
  return tenantColours[sum % tenantColours.length] ?? 'ai'
}
