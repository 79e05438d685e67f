// The project's folder is the one with the package of that name.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { projectRoot } from '../../src/base/root.ts'

it('finds the folder that holds package.json', () => {
  expect(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))).toMatchObject({ name: 'tegata' })
})

it('tells the time of the machine', () => {
  const before = Date.now()
  expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before)
})
