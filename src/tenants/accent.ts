/**
 * Owns the colour of a tenant's pages: whether white text can be read on it, and what it becomes on each of our papers. Pure.
 * Invariant: whatever colour is asked for, what pages get has a contrast of 4.5:1 with the text on it and with the paper below it
 * (WCAG 2.2, 1.4.3).
 */
const shape = /^#[0-9a-f]{6}$/
const leastContrast = 4.5
const white = '#ffffff'
const black = '#000000'
/** Papers of views/styles/tegata.css: the one on which a dark text stands out least, and the one on which a light text does. */
const lightPaper = '#f7f4ed'
const lightSheet = '#fffefb'
const darkSheet = '#1b1e24'
/** Text on a button of the dark pages. */
const darkInk = '#0e1a29'

/** Colours of one light: of buttons and links, of the same below the pointer, and of their faint background. */
export interface AccentShades {
  readonly accent: string
  readonly deep: string
  readonly wash: string
}

export interface Accent {
  readonly light: AccentShades
  readonly dark: AccentShades
}

export type AccentJudgement =
  | { readonly ok: true; readonly color: string; readonly accent: Accent }
  | { readonly ok: false; readonly reason: 'invalid_color' }
  /** `ratio` is that with white, rounded down to two digits; `suggestion` the nearest colour of the same hue that can be read. */
  | { readonly ok: false; readonly reason: 'contrast_too_low'; readonly ratio: number; readonly suggestion: string }

/** Judges a colour as somebody typed it, `#1F4068` or `#1f4068`. */
export function accentOf(typed: string): AccentJudgement {
  const color = typed.trim().toLowerCase()
  if (!shape.test(color)) return { ok: false, reason: 'invalid_color' }
  const ratio = contrast(color, white)
  if (ratio >= leastContrast) return { ok: true, color, accent: { light: lightShades(color), dark: darkShades(color) } }
  return { ok: false, reason: 'contrast_too_low', ratio: Math.floor(ratio * 100) / 100, suggestion: firstMix(color, black, (mixed) => contrast(mixed, white) >= leastContrast) }
}

/** A trace darker than asked for where links would be too faint on paper. */
function lightShades(color: string): AccentShades {
  const washOf = (shade: string) => mix(shade, lightSheet, 0.93)
  const accent = firstMix(color, black, (shade) => Math.min(contrast(shade, lightPaper), contrast(shade, washOf(shade))) >= leastContrast)
  return { accent, deep: mix(accent, black, 0.25), wash: washOf(accent) }
}

function darkShades(color: string): AccentShades {
  const washOf = (shade: string) => mix(shade, darkSheet, 0.88)
  const accent = firstMix(color, white, (shade) => Math.min(contrast(shade, darkInk), contrast(shade, darkSheet), contrast(shade, washOf(shade))) >= leastContrast)
  return { accent, deep: mix(accent, white, 0.3), wash: washOf(accent) }
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio). */
export function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

/** WCAG 2.2, definition of relative luminance. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channelsOf(color: string): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16))
}

function mix(color: string, other: string, share: number): string {
  const others = channelsOf(other)
  return `#${channelsOf(color).map((channel, place) => Math.round(channel + ((others[place] ?? 0) - channel) * share).toString(16).padStart(2, '0')).join('')}`
}

/** The colour with as little of the other one as will do. */
function firstMix(color: string, other: string, isEnough: (mixed: string) => boolean): string {
  for (let percent = 0; percent < 100; percent += 1) {
    const mixed = mix(color, other, percent / 100)
    if (isEnough(mixed)) return mixed
  }
  return other
}
