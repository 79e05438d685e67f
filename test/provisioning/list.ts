/** Lists of people for tests, through the same commands that the doors call. */
import { createImport, type CreateImportInput } from '../../src/provisioning/create-import.ts'
import { defaultsShape } from '../../src/provisioning/mapping.ts'
import { planWaves } from '../../src/provisioning/plan-waves.ts'
import { showImport, showRows, type ShownImport, type ShownRow } from '../../src/provisioning/show-import.ts'
import type { Mover } from '../../src/members/membership.ts'
import { allPermissions } from '../../src/members/permission.ts'
import { by, must, type House, type Person } from '../accounts/house.ts'

export const asMember = (person: Person, permissions: readonly string[] = allPermissions): Mover => ({ kind: 'member', accountId: person.accountId, membershipId: person.membershipId, permissions })

export interface Lists {
  take(text: string, more?: Partial<CreateImportInput>): Promise<string>
  /** The same with so many people, in waves of these sizes. */
  many(count: number, sizes?: readonly number[], more?: Partial<CreateImportInput>): Promise<string>
  change(importId: string, more?: { readonly mover?: Mover }): { readonly tenantId: House['sakura']; readonly importId: string; readonly mover: Mover; readonly origin: typeof by.origin }
  shown(importId: string): Promise<ShownImport>
  rows(importId: string): Promise<readonly ShownRow[]>
  /** What is wrong with each line, null for nothing. */
  reasons(importId: string): Promise<readonly (string | null)[]>
}

export function listsOf(house: () => House): Lists {
  let made = 0
  const take: Lists['take'] = async (text, more = {}) => {
    const { test: { databases }, sakura, alice } = house()
    const input = { tenantId: sakura, name: '12月の入職者', source: 'csv', bytes: Buffer.from(text), defaults: defaultsShape.parse({ role: 'STAFF' }), mover: asMember(alice), origin: by.origin } as const
    return (await must(createImport({ databases }, { ...input, ...more }))).importId
  }
  const change: Lists['change'] = (importId, { mover = asMember(house().alice) } = {}) => ({ tenantId: house().sakura, importId, mover, origin: by.origin })
  const rows: Lists['rows'] = async (importId) => (await house().test.databases.inTenant(house().sakura, (trx) => showRows(trx, importId, { after: 0, limit: 20_000 }))) ?? []
  return {
    take, change, rows,
    async many(count, sizes = [], more = {}) {
      made += 1
      const lines = Array.from({ length: count }, (_, place) => `山田 花${place},new-${made}-${place}@example.com`)
      const importId = await take(['氏名,メール', ...lines].join('\n'), more)
      await must(planWaves({ databases: house().test.databases }, { ...change(importId), sizes }))
      return importId
    },
    async shown(importId) {
      const shown = await house().test.databases.inTenant(house().sakura, (trx) => showImport(trx, importId))
      if (shown === undefined) throw new Error('no such import')
      return shown
    },
    reasons: async (importId) => (await rows(importId)).map(({ reason }) => reason),
  }
}
