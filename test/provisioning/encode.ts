/** Texts as the bytes that Excel in Japan writes. Node only reads Shift_JIS: its own decoder, asked for every pair of bytes, tells how to write it. */
import type { Encoding } from '../../src/provisioning/decode-text.ts'

const shiftJis = new Map<string, readonly number[]>()
const decoder = new TextDecoder('shift_jis', { fatal: true })

function learn(bytes: readonly number[]): void {
  try {
    const letter = decoder.decode(Uint8Array.from(bytes))
    if (!shiftJis.has(letter)) shiftJis.set(letter, bytes)
  } catch {
    // Not every byte or pair stands for a letter.
  }
}
for (let first = 0; first < 256; first += 1) learn([first])
for (let first = 0x81; first <= 0xfc; first += 1) for (let second = 0x40; second <= 0xfc; second += 1) learn([first, second])

/** Whether Shift_JIS has all letters of the text. */
export function isInShiftJis(text: string): boolean {
  return Array.from(text).every((letter) => shiftJis.has(letter))
}

export function encode(text: string, encoding: Encoding | 'utf-8 with bom'): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-8 with bom':
      return Buffer.from(`\ufeff${text}`)
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
    case 'shift_jis':
      return Uint8Array.from(Array.from(text).flatMap((letter) => shiftJis.get(letter) ?? [0x3f]))
  }
}
