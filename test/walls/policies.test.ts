/** The policies of the database are down: what our statements ask for by themselves keeps the tenants apart. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { furnishSakura, type Neighbour } from '../helpers/neighbours.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { dropPolicies } from '../helpers/wall.ts'
import { expectNoLeak, pictureOf, replayForms, tryEndpoints, tryPages } from './trespass.ts'

let tegata: Tegata
let sakura: Neighbour
beforeAll(async () => {
  tegata = await startTegata()
  sakura = await furnishSakura(tegata)
  expect(await dropPolicies(tegata.database.adminUrl)).toBeGreaterThan(10)
})
afterAll(() => tegata.close())

// Each walks through every door there is.
const patienceMs = 120_000

test('without policies no endpoint tells or changes anything of another tenant', async () => {
  const before = await pictureOf(tegata, sakura.tenantId)
  expectNoLeak(await tryEndpoints(tegata, sakura), sakura, Object.values(sakura.known))
  expect(await pictureOf(tegata, sakura.tenantId)).toEqual(before)
}, patienceMs)

test('without policies no page shows anything of another tenant', async () => {
  expectNoLeak(await tryPages(tegata, sakura), sakura, Object.values(sakura.known))
}, patienceMs)

test('without policies no form of another tenant does anything in a stranger’s hand', async () => {
  const before = await pictureOf(tegata, sakura.tenantId)
  expect(await replayForms(tegata, sakura)).toBeGreaterThan(0)
  expect(await pictureOf(tegata, sakura.tenantId)).toEqual(before)
}, patienceMs)
