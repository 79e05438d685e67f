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

test('without policies nothing of another tenant is told or changed', async () => {
  const before = await pictureOf(tegata, sakura.tenantId)
  expectNoLeak(await tryEndpoints(tegata, sakura), sakura, Object.values(sakura.known))
  expectNoLeak(await tryPages(tegata, sakura), sakura, Object.values(sakura.known))
  expect(await replayForms(tegata, sakura)).toBeGreaterThan(0)
  expect(await pictureOf(tegata, sakura.tenantId)).toEqual(before)
})
