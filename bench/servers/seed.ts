/**
 * Fills Tegata's database before its server starts: one tenant with a unit, people with a password, an api and three apps.
 * It uses the rooms' own verbs where they exist; memberships go in as rows.
 */
import { hash } from 'argon2'
import { createAccountIn } from '../../src/accounts/create-account.ts'
import { registerApi } from '../../src/apps/register-api.ts'
import { registerClient } from '../../src/apps/register-client.ts'
import { readConfig } from '../../src/base/config.ts'
import { generateMasterKey, MasterKey } from '../../src/base/crypto.ts'
import { openDatabases, type Databases, type EngineTrx } from '../../src/base/db.ts'
import { newId, type TenantId } from '../../src/base/ids.ts'
import { createLogger } from '../../src/base/log.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { prepareDatabase } from '../../src/base/prepare-database.ts'
import { ensureKeys } from '../../src/oidc/keyring.ts'
import { createTenantIn } from '../../src/tenants/create-tenant.ts'
import { api, emailOf, password, peopleCount, redirectUri, type Apps, type Credentials } from './world.ts'

/** The cost of src/accounts/hash-worker.ts; the report names it, and the hash limit is measured with it. */
export const hashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
export const hashName = 'argon2id m=19456 t=2 p=1'

export interface Seeded {
  /** For the serving login, which row-level security binds. */
  readonly databaseUrl: string
  readonly masterKey: string
  readonly apps: Apps
}

const by = { actor: null, origin: noOrigin } as const

/** Migrates and fills the database of `adminUrl`; keys are made too, so that the start that is measured is an ordinary one. */
export async function seedTegata(adminUrl: string, dataDir: string): Promise<Seeded> {
  const { databases, databaseUrl, masterKey } = await prepareTegata(adminUrl, dataDir)
  try {
    const phc = await hash(password, hashCost)
    await databases.inEngine((trx) => insertPeople(trx, phc))
    const apps = await registerApps(databases)
    return { databaseUrl, masterKey, apps }
  } finally {
    await databases.close()
  }
}

export interface Prepared {
  readonly databases: Databases
  readonly databaseUrl: string
  readonly masterKey: string
}

/** Migrates and makes keys, nothing else; the caller closes `databases`. */
export async function prepareTegata(adminUrl: string, dataDir: string): Promise<Prepared> {
  const keyText = generateMasterKey('production')
  const masterKey = MasterKey.fromText(keyText)
  const config = readConfig({ NODE_ENV: 'development', DATABASE_URL: adminUrl, MASTER_KEY: keyText, TEGATA_DATA_DIR: dataDir, TEGATA_LOG_LEVEL: 'warn' })
  const urls = await prepareDatabase({ config, databaseUrl: adminUrl, masterKey, onProgress: () => {} })
  const databases = openDatabases(urls, 2, createLogger({ level: config.logLevel, debug: false }))
  await ensureKeys(databases, masterKey)
  return { databases, databaseUrl: urls.engine, masterKey: keyText }
}

async function registerApps(databases: Databases): Promise<Apps> {
  const deps = { databases }
  const known = await registerApi(deps, { identifier: api.identifier, name: 'Bench', scopes: [api.scope] }, by)
  if (!known.ok) throw new Error(`the api was refused: ${known.reason}`)
  const register = async (input: Parameters<typeof registerClient>[1]): Promise<Credentials> => {
    const answer = await registerClient(deps, input, by)
    if (!answer.ok || answer.clientSecret === null) throw new Error(`an app was refused: ${JSON.stringify(answer)}`)
    return { clientId: answer.clientId, clientSecret: answer.clientSecret }
  }
  const web = { type: 'web' as const, firstParty: true, redirectUris: [redirectUri] }
  return {
    machine: await register({ type: 'machine', name: 'Machine', apiScopes: { [api.identifier]: [api.scope] } }),
    sso: await register({ ...web, name: 'Portal', grantTypes: ['authorization_code'] }),
    web: await register({ ...web, name: 'Web', grantTypes: ['authorization_code', 'refresh_token'] }),
  }
}

async function insertPeople(trx: EngineTrx, phc: string): Promise<void> {
  const roleId = newId()
  const units = [{ code: 'main', name: 'Main hospital', kind: 'facility', units: [{ code: 'ward-3', name: 'Ward 3', kind: 'department' }] }] as const
  const insertFirstRoles = async (inside: EngineTrx, tenantId: TenantId) => {
    await inside.query.insertInto('role').values({ tenant_id: tenantId, id: roleId, name: 'STAFF', permissions: [] }).execute()
  }
  const tenant = await createTenantIn(trx, { insertFirstRoles }, { ...by, name: 'Bench Hospital', subdomain: 'bench', kind: 'hospital_group', units })
  if (!tenant.ok) throw new Error(`the tenant was refused: ${tenant.reason}`)
  const { tenantId } = tenant
  const unit = await trx.query.selectFrom('unit').select('id').where('tenant_id', '=', tenantId).where('code', '=', 'ward-3').executeTakeFirstOrThrow()
  for (let worker = 0; worker < peopleCount; worker += 1) {
    const account = await createAccountIn(trx, { ...by, email: emailOf(worker), emailVerified: true, familyName: 'Bench', givenName: `Person ${worker}`, locale: 'ja', phc })
    if (!account.ok) throw new Error(`an account was refused: ${account.reason}`)
    const id = newId()
    await trx.query.insertInto('membership').values({ tenant_id: tenantId, id, account_id: account.accountId, role_id: roleId, status: 'active', joined_at: new Date() }).execute()
    await trx.query.insertInto('membership_unit').values({ tenant_id: tenantId, membership_id: id, unit_id: unit.id, is_primary: true }).execute()
  }
}
