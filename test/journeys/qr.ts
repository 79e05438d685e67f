/** Looks at a QR code on a page as a camera would: at the pixels that the browser has painted, not at the address they came from. */
import { create } from 'qrcode'
import type { Locator } from 'playwright-core'

/** Whether the picture is the code of the text: each module dark or light where it should be (level M, four modules of quiet zone). */
export async function showsCodeOf(picture: Locator, text: string): Promise<boolean> {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const wanted = Array.from({ length: (size + 8) ** 2 }, (_, place) => {
    const [row, column] = [Math.floor(place / (size + 8)) - 4, (place % (size + 8)) - 4]
    return row >= 0 && row < size && column >= 0 && column < size && data[row * size + column] === 1 ? '#' : '.'
  })
  return (await painted(picture, size + 8)) === wanted.join('')
}

/** The picture as a square of `across` × `across` dots, row by row: # for dark, . for light. */
function painted(picture: Locator, across: number): Promise<string> {
  return picture.evaluate(async (image, dots) => {
    if (!(image instanceof HTMLImageElement)) throw new Error('no picture')
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = dots * 5
    const brush = canvas.getContext('2d')
    if (brush === null) throw new Error('no canvas')
    brush.drawImage(image, 0, 0, canvas.width, canvas.height)
    const { data, width } = brush.getImageData(0, 0, canvas.width, canvas.height)
    const isDark = (row: number, column: number): boolean => (data[((row * 5 + 2) * width + column * 5 + 2) * 4] ?? 255) < 128
    return Array.from({ length: dots ** 2 }, (_, place) => (isDark(Math.floor(place / dots), place % dots) ? '#' : '.')).join('')
  }, across)
}
