/**
 * Draws an uploaded picture anew. Invariants: what is kept is a PNG of this server's own making, without anything that came along in
 * the file; only PNG, JPEG and WebP are looked at, told by their first bytes and never by what somebody calls them, because an SVG is a
 * program; a file that would swell to more than 24 million pixels is turned away before it does.
 */
import { createHash } from 'node:crypto'

export const largestPictureBytes = 1024 * 1024
const mostPixels = 24_000_000
const box = { width: 512, height: 256 }
const drawingSeconds = 10

export interface Logo {
  /** SHA-256 of the picture in hex: its public name. */
  readonly digest: string
  readonly png: Buffer
  readonly width: number
  readonly height: number
}

export type LogoRefusal = 'picture_missing' | 'picture_too_large' | 'picture_type_unknown' | 'picture_too_many_pixels' | 'picture_broken'
export type Drawing = ({ readonly ok: true } & Logo) | { readonly ok: false; readonly reason: LogoRefusal }

/** At most 1 MiB; what comes out fits into 512 × 256 pixels. */
export async function drawLogo(bytes: Buffer): Promise<Drawing> {
  if (bytes.length === 0) return { ok: false, reason: 'picture_missing' }
  if (bytes.length > largestPictureBytes) return { ok: false, reason: 'picture_too_large' }
  if (!isPicture(bytes)) return { ok: false, reason: 'picture_type_unknown' }
  // Large, and needed once in a while only.
  const { default: sharp } = await import('sharp')
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', pages: 1 })
      .timeout({ seconds: drawingSeconds })
      .autoOrient()
      .resize({ ...box, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .toBuffer({ resolveWithObject: true })
    return { ok: true, digest: createHash('sha256').update(data).digest('hex'), png: data, width: info.width, height: info.height }
  } catch (error) {
    // The library's words are its only mark of why.
    return { ok: false, reason: error instanceof Error && /pixel limit/.test(error.message) ? 'picture_too_many_pixels' : 'picture_broken' }
  }
}

/** By the signatures of PNG (§5.2), JPEG (start of image) and WebP (RFC 9649 §2.5). */
function isPicture(bytes: Buffer): boolean {
  const starts = (hex: string) => bytes.subarray(0, hex.length / 2).toString('hex') === hex
  return starts('89504e470d0a1a0a') || starts('ffd8ff') || (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
}
