/** The predicates of our statements are down: the policies of the database keep the tenants apart. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as Db from '../../src/base/db.ts'
import { furnishSakura, type Neighbour } from '../helpers/neighbours.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { WithoutPredicates } from '../helpers/wall.ts'
import { expectNoLeak, pictureOf, replayForms, tryEndpoints, tryPages } from './trespass.ts'

const mutation = vi.hoisted((): { plugin: WithoutPredicates | undefined } => ({ plugin: undefined }))
// The mutation itself: every transaction inside a tenant forgets to name it.
vi.mock('../../src/base/db.ts', async () => {
  const real = await vi.importActual<typeof Db>('../../src/base/db.ts')
  const openDatabases: typeof real.openDatabases = (...input) => {
    const opened = real.openDatabases(...input)
    return {
      ...opened,
      inTenant: (tenantId, fn) => opened.inTenant(tenantId, (trx) => fn(mutation.plugin === undefined ? trx : new real.TenantTrx(trx.query.withPlugin(mutation.plugin), tenantId))),
    }
  }
  return { ...real, openDatabases }
})

let tegata: Tegata
let sakura: Neighbour
beforeAll(async () => {
  tegata = await startTegata()
  sakura = await furnishSakura(tegata)
  mutation.plugin = new WithoutPredicates()
})
afterAll(() => tegata.close())

// Each walks through every door there is.
const patienceMs = 120_000

test('without predicates no endpoint tells or changes anything of another tenant', async () => {
  const before = await pictureOf(tegata, sakura.tenantId)
  expectNoLeak(await tryEndpoints(tegata, sakura), sakura, Object.values(sakura.known))
  expect(await pictureOf(tegata, sakura.tenantId)).toEqual(before)
  expect(mutation.plugin?.removed).toBeGreaterThan(30)
}, patienceMs)

test('without predicates no page shows anything of another tenant', async () => {
  expectNoLeak(await tryPages(tegata, sakura), sakura, Object.values(sakura.known))
}, patienceMs)

test('without predicates no form of another tenant does anything in a stranger’s hand', async () => {
  const before = await pictureOf(tegata, sakura.tenantId)
  expect(await replayForms(tegata, sakura)).toBeGreaterThan(0)
  expect(await pictureOf(tegata, sakura.tenantId)).toEqual(before)
}, patienceMs)
