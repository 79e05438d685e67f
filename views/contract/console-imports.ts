/** Names and ids of the forms by which a list of people is taken in, corrected and invited in waves. */
import { act, area, box, choice, field } from './console.ts'
import type { ButtonContract, FieldContract } from './shapes.ts'

export const importFields = {
  name: field('name'),
  file: field('file', 'file', { accept: '.csv,.txt,.tsv,text/csv,text/plain' }),
  text: area('text'),
  upload: act('upload'),
} as const

export const columnFields = {
  /** One for each column, by its number from 0. */
  column: (number: number) => choice(`column.${number}`),
  save: act('save_columns'),
} as const

export const rowFields = {
  checkAgain: act('check_again'),
  /** One for each of our fields. */
  value: (name: string): FieldContract => field(`field.${name}`),
  reinvite: box('reinvite'),
  save: act('save_row'),
} as const

function wavePlan(value: 'all' | 'steps' | 'own'): FieldContract {
  return { element: 'input', name: 'plan', id: `plan_${value}`, type: 'radio', value, meaning: '' }
}

function ofWave(name: 'start' | 'cancel'): (wave: number) => ButtonContract {
  return (wave) => ({ element: 'button', name, id: `${name}_${wave}`, value: String(wave), meaning: '' })
}

export const waveFields = {
  plan: { all: wavePlan('all'), steps: wavePlan('steps'), own: wavePlan('own') },
  sizes: field('sizes'),
  makePlan: act('plan_waves'),
  start: ofWave('start'),
  cancel: ofWave('cancel'),
  rollBack: act('roll_back'),
  showLinks: act('show_links'),
  saveLinks: act('save_links'),
  printLinks: { element: 'button', name: 'tool', id: 'print_links', value: 'print_links', meaning: '' },
  remove: act('delete_import'),
} as const
