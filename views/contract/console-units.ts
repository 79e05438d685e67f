/** Names and ids of the forms by which a tenant shapes its tree of units. */
import { act, choice, field } from './console.ts'
import type { ButtonContract } from './shapes.ts'

export const unitFields = {
  name: field('name', 'text', { required: true }),
  code: field('code', 'text', { required: true }),
  kind: choice('kind'),
  /** Empty for the top of the tree. */
  parent: choice('parent'),
  save: act('save'),
  move: act('move'),
  /** The unit that stays. */
  into: choice('into'),
  merge: act('merge'),
  remove: act('delete'),
  /** A staff number, an address or a membership id. */
  member: field('member', 'text', { required: true }),
  addHead: act('add_head'),
  removeHead: { element: 'button', name: 'remove_head', id: 'remove_head-{member}', value: '{member}', meaning: '' } satisfies ButtonContract,
} as const
