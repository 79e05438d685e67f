/**
 * Draws QR codes as images that a page can show under a strict Content-Security-Policy. Dark on white with its quiet zone in
 * light and dark themes alike, because many cameras read nothing else (ISO/IEC 18004 §6.3.8).
 */

/** An SVG of the text as a data: URI. */
export async function qrDataUri(text: string): Promise<string> {
  const { toString } = await import('qrcode')
  const svg = await toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4, color: { dark: '#000000ff', light: '#ffffffff' } })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
