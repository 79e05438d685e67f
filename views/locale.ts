/**
 * Owns the list of languages the pages speak. Which one a request gets
 * (ui_locales, cookie, Accept-Language) is negotiated in http/, never here.
 */
export const locales = ['ja', 'en'] as const

export type Locale = (typeof locales)[number]

/** Tells whether a language tag is one of ours exactly; a region subtag has to be cut off before. */
export function isLocale(tag: string): tag is Locale {
  return tag === 'ja' || tag === 'en'
}
