/** Colours of a tenant can be read on every paper, and one that cannot is refused with one that can. */
import { describe, expect, it } from 'vitest'
import { accentOf, contrast } from '../../src/tenants/accent.ts'

describe('a colour', () => {
  it.each(['#1f4068', '#ab3127', '#000000', '#767676', '#0000ff'])('%s can be read in both lights', (color) => {
    const judged = accentOf(color)
    if (!judged.ok) throw new Error(judged.reason)
    const { light, dark } = judged.accent
    for (const paper of ['#ffffff', '#f7f4ed', light.wash]) expect(contrast(light.accent, paper)).toBeGreaterThanOrEqual(4.5)
    for (const paper of ['#1b1e24', '#0e1a29', dark.wash]) expect(contrast(dark.accent, paper)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['#ffffff', '#ffcc00', '#777777', '#ff8800'])('%s is too faint, and the colour that is offered instead is not', (color) => {
    const judged = accentOf(color)
    if (judged.ok || judged.reason !== 'contrast_too_low') throw new Error('taken')
    expect(judged.ratio).toBeLessThan(4.5)
    expect(accentOf(judged.suggestion)).toMatchObject({ ok: true, color: judged.suggestion })
  })

  it.each(['', '#fff', '1f4068', '#1f4068;}', '#1f406g'])('%j is none', (text) => { expect(accentOf(text)).toEqual({ ok: false, reason: 'invalid_color' }) })
})
