/** The end of a long-running command: reverse order, once, whatever fails. */
import { expect, it } from 'vitest'
import { Lifetime } from '../../src/cli/lifetime.ts'

function recording(): { lifetime: Lifetime; ended: string[]; part: (name: string) => void } {
  const lifetime = new Lifetime()
  const ended: string[] = []
  const part = (name: string): void => {
    lifetime.add(async () => {
      await Promise.resolve()
      ended.push(name)
    })
  }
  return { lifetime, ended, part }
}

it('ends the last part first, and hands on the code', async () => {
  const { lifetime, ended, part } = recording()
  for (const name of ['database', 'server', 'examples']) part(name)
  lifetime.stop(3)
  expect(await lifetime.ended).toBe(3)
  expect(ended).toEqual(['examples', 'server', 'database'])
})

it('ends each part once, however often it is asked', async () => {
  const { lifetime, ended, part } = recording()
  part('server')
  lifetime.stop(0)
  lifetime.stop(1)
  expect(await lifetime.ended).toBe(0)
  expect(ended).toEqual(['server'])
})

it('goes on with the other parts when one fails to end', async () => {
  const { lifetime, ended, part } = recording()
  part('database')
  lifetime.add(() => Promise.reject(new Error('on purpose, for this test')))
  lifetime.stop(0)
  await lifetime.ended
  expect(ended).toEqual(['database'])
})

it('ends a part at once that only came up while stopping', async () => {
  const { lifetime, ended, part } = recording()
  lifetime.stop(0)
  part('server')
  await lifetime.ended
  expect(ended).toEqual(['server'])
})
