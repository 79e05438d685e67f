/** `tegata <group> <verb> …` on a test's own database, with what it says on each stream. */
import { readConfig } from '../../src/base/config.ts'
import { verbs as accountVerbs } from '../../src/cli/account.ts'
import { verbs as apiVerbs } from '../../src/cli/api.ts'
import { verbs as appVerbs } from '../../src/cli/app.ts'
import { verbs as clientVerbs } from '../../src/cli/client.ts'
import { verbs as importVerbs } from '../../src/cli/import.ts'
import { verbs as keyVerbs } from '../../src/cli/key.ts'
import { verbs as memberVerbs } from '../../src/cli/member.ts'
import { verbs as membershipVerbs } from '../../src/cli/membership.ts'
import { verbs as operatorVerbs } from '../../src/cli/operator.ts'
import { platformOf } from '../../src/cli/platform.ts'
import { verbs as roleVerbs } from '../../src/cli/role.ts'
import { verbs as tenantVerbs } from '../../src/cli/tenant.ts'
import { verbs as unitVerbs } from '../../src/cli/unit.ts'
import { runGroup, type Verb } from '../../src/cli/verbs.ts'
import type { House } from '../accounts/house.ts'

const groups: Readonly<Record<string, readonly Verb[]>> = { account: accountVerbs, api: apiVerbs, app: appVerbs, client: clientVerbs, import: importVerbs, key: keyVerbs, member: memberVerbs, membership: membershipVerbs, operator: operatorVerbs, role: roleVerbs, tenant: tenantVerbs, unit: unitVerbs }

export interface Said {
  readonly code: number
  readonly out: string
  readonly error: string
}

export async function runTegata(house: House, [name, ...args]: readonly [string, ...string[]]): Promise<Said> {
  const said = { out: '', error: '' }
  const { masterKey, databases } = house.test
  const platform = platformOf({ config: readConfig({}), masterKey, databases, hashes: house.hashes })
  const code = await runGroup({
    name, meaning: name, verbs: groups[name] ?? [], open: (work) => work(platform),
    streams: { out: (text) => { said.out += text }, error: (text) => { said.error += text } },
  }, args)
  return { code, ...said }
}

/** The answer of the same with --json. */
export async function answerOf(house: House, line: readonly [string, ...string[]]): Promise<unknown> {
  return JSON.parse((await runTegata(house, [...line, '--json'])).out)
}
