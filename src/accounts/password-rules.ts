/**
 * Owns what a new password must be: long enough, and nothing that a guesser tries early (NIST SP 800-63B-4 §3.1.1.2).
 * Invariants: one rule for every place that sets a password; no rule about kinds of characters, every character of Unicode
 * counts, nothing is cut off. Only the estimate reads a shortened text, so that one password cannot hold up the process.
 * Hashing is hash-pool.ts's; which words are about a person is the caller's.
 */
import { longestPassword } from './hash-pool.ts'

export type PasswordRefusal = 'password_too_short' | 'password_too_long' | 'password_too_common'

export interface NewPassword {
  /** As typed; it is folded as the hash folds it. */
  readonly password: string
  /** Names of the person, parts of the address, names of tenants: what a guesser would try first. */
  readonly about: readonly string[]
  readonly hasSecondFactor: boolean
}

export interface PasswordRules {
  /** Why a new password is refused, or null; lengths count characters, not bytes. The first call loads the word lists. */
  judge(candidate: NewPassword): Promise<PasswordRefusal | null>
}

/** Characters that a password has at least: 15 where it is the only factor, 8 where it is one of two. */
export function minimumLength(hasSecondFactor: boolean): number {
  return hasSecondFactor ? 8 : 15
}

/** Guesses that a password must withstand: the lower end of class 3 of 4 of the estimate, which eight random characters just reach. */
const leastGuesses = 1e8
/** The same without separators, which only finds what they disguise. */
const leastGuessesWithout = 1e6
/** UTF-16 units that the estimate reads, and spellings like "p4ssw0rd" that it takes back: its time grows fast with both. */
const longestEstimate = 64
const mostSpellings = 4
const mostWords = 50
const longestWord = 64

type Estimate = (text: string, words: readonly string[]) => number

export function createPasswordRules(): PasswordRules {
  let loading: Promise<Estimate> | null = null
  return {
    async judge({ password, about, hasSecondFactor }) {
      const folded = password.normalize('NFKC')
      if (Array.from(folded).length < minimumLength(hasSecondFactor)) return 'password_too_short'
      if (folded.length > longestPassword || password.length > longestPassword) return 'password_too_long'
      const estimate = await (loading ??= loadEstimate())
      const words = wordsOf(['tegata', ...about])
      const left = without(folded, words)
      const isCommon = estimate(left, words) < leastGuesses || estimate(withoutSeparators(left), words) < leastGuessesWithout
      return isCommon ? 'password_too_common' : null
    },
  }
}

/** Some quarter of a second and 60 MB of word lists, which a process that never sets a password does without. */
async function loadEstimate(): Promise<Estimate> {
  const [{ ZxcvbnFactory }, common, english, japanese] = await Promise.all([
    import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common'), import('@zxcvbn-ts/language-en'), import('@zxcvbn-ts/language-ja'),
  ])
  const dictionary = { ...common.dictionary, ...english.dictionary, ...japanese.dictionary }
  const estimator = new ZxcvbnFactory({ dictionary, graphs: common.adjacencyGraphs, l33tMaxSubstitutions: mostSpellings })
  return (text, words) => estimator.check(text.slice(0, longestEstimate), [...words]).guesses
}

/** The words themselves, longest first; one letter, or two of the Latin alphabet, are in every other password. */
function wordsOf(about: readonly string[]): readonly string[] {
  const parts = about.flatMap((text) => text.normalize('NFKC').toLowerCase().split(/[^\p{L}\p{N}]+/u))
  const words = parts.filter((part) => part.length <= longestWord && (part.length >= 3 || (part.length === 2 && /\P{ASCII}/u.test(part))))
  return [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, mostWords)
}

/** What is left of the password once the words about the person are taken out. */
function without(folded: string, words: readonly string[]): string {
  return folded.replaceAll(new RegExp(words.join('|'), 'giu'), '')
}

/** The estimate takes separators for much more than they are worth: "a-b-c-d-e-f-g-h" would pass. */
function withoutSeparators(text: string): string {
  return text.replaceAll(/[\s_.,-]/g, '')
}
