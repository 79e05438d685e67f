/**
 * Bytes of a list to text, in the encodings that Excel in Japan writes: UTF-8 with and without BOM, UTF-16 ("Unicode text"),
 * Shift_JIS as Windows knows it. Invariant: nothing is guessed half: bytes that fit no encoding wholly are refused, so that no
 * name is ever kept with a letter replaced.
 */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'shift_jis'] as const
export type Encoding = (typeof encodings)[number]

export type DecodedText =
  | { readonly ok: true; readonly text: string; readonly encoding: Encoding }
  | { readonly ok: false; readonly reason: 'unknown_encoding' | 'is_workbook' }

/** `given` counts where somebody knows better; otherwise a BOM, then strict UTF-8, then Shift_JIS. */
export function decodeText(bytes: Uint8Array, given?: Encoding): DecodedText {
  if (isWorkbook(bytes)) return { ok: false, reason: 'is_workbook' }
  const marked = given ?? markedEncoding(bytes)
  const candidates: readonly Encoding[] = marked === null ? ['utf-8', 'shift_jis'] : [marked]
  for (const encoding of candidates) {
    const text = decodeStrictly(bytes, encoding)
    if (text !== null) return { ok: true, text, encoding }
  }
  return { ok: false, reason: 'unknown_encoding' }
}

function markedEncoding([first, second]: Uint8Array): Encoding | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** Null where a byte does not fit. The decoder takes the BOM of its own encoding away. */
function decodeStrictly(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    // No list of people holds a NUL: this is another encoding, or no text at all.
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** An .xlsx or .xls file, which people upload by a slip instead of saving it as CSV. */
function isWorkbook(bytes: Uint8Array): boolean {
  return [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0]].some((magic) => magic.every((byte, place) => bytes[place] === byte))
}
