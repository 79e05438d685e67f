/**
 * Owns what the demo consists of (design §8): people, tenants, and the two example products with their settings.
 * Data only; putting it into the database is seed-demo.ts's. None of it exists outside the demo, its password least of all.
 */
import { extname, join } from 'node:path'
import { loadMasterKey } from '../base/master-key.ts'
import type { Config } from '../base/config.ts'
import type { MasterKey } from '../base/crypto.ts'
import type { ClientInput } from '../apps/client.ts'
import type { TenantKind } from '../tenants/tenant.ts'
import type { UnitTree } from '../tenants/unit.ts'

export const demoPassword = 'tegata-demo-2026'

interface DemoTenant {
  readonly name: string
  readonly kind: TenantKind
  readonly units: readonly UnitTree[]
}

export const demoTenants = {
  sakura: {
    name: '医療法人さくら会',
    kind: 'hospital_group',
    units: [
      {
        code: 'sakura-chuo', name: 'さくら中央病院', kind: 'facility',
        units: [
          {
            code: 'nursing', name: '看護部門', kind: 'department',
            units: [{ code: 'ward-3-east', name: '3階東病棟', kind: 'team' }, { code: 'ward-4-west', name: '4階西病棟', kind: 'team' }],
          },
          { code: 'rehabilitation', name: 'リハビリテーション部門', kind: 'department' },
          { code: 'administration', name: '事務部門', kind: 'department' },
        ],
      },
      { code: 'sakura-kita', name: 'さくら北クリニック', kind: 'facility' },
    ],
  },
  midori: {
    name: 'みどり整骨院',
    kind: 'clinic',
    units: [{ code: 'midori-honten', name: 'みどり整骨院 本院', kind: 'facility' }],
  },
} as const satisfies Record<string, DemoTenant>

export interface DemoMembership {
  readonly tenant: keyof typeof demoTenants
  readonly role: string
  readonly units: readonly string[]
  readonly employeeNumber: string
  readonly title: string
}

export interface DemoPerson {
  readonly email: string
  readonly familyName: string
  readonly givenName: string
  readonly familyNameKana: string
  readonly givenNameKana: string
  readonly operator: boolean
  readonly memberships: readonly DemoMembership[]
}

export const demoPeople: readonly DemoPerson[] = [
  {
    email: 'misaki@example.com', familyName: '高橋', givenName: '美咲', familyNameKana: 'タカハシ', givenNameKana: 'ミサキ', operator: false,
    memberships: [{ tenant: 'sakura', role: 'Admin', units: ['administration'], employeeNumber: 'S-0001', title: '情報システム室長' }],
  },
  {
    email: 'hanako@example.com', familyName: '佐藤', givenName: '花子', familyNameKana: 'サトウ', givenNameKana: 'ハナコ', operator: false,
    memberships: [
      { tenant: 'sakura', role: 'DEPARTMENT_HEAD', units: ['nursing'], employeeNumber: 'S-0142', title: '看護部長' },
      { tenant: 'midori', role: 'therapist', units: ['midori-honten'], employeeNumber: 'M-007', title: '柔道整復師' },
    ],
  },
  {
    email: 'ken@example.com', familyName: '鈴木', givenName: '健', familyNameKana: 'スズキ', givenNameKana: 'ケン', operator: false,
    memberships: [{ tenant: 'sakura', role: 'STAFF', units: ['ward-3-east'], employeeNumber: 'S-0388', title: '看護師' }],
  },
  {
    email: 'minoru@example.com', familyName: '田中', givenName: '実', familyNameKana: 'タナカ', givenNameKana: 'ミノル', operator: false,
    memberships: [{ tenant: 'midori', role: 'clinic_admin', units: ['midori-honten'], employeeNumber: 'M-001', title: '院長' }],
  },
  {
    email: 'operator@example.com', familyName: '手形', givenName: '守', familyNameKana: 'テガタ', givenNameKana: 'マモル', operator: true,
    memberships: [],
  },
]

/** Karte knows its API by the same identifier where nobody tells it another. */
export const demoApi = { identifier: 'https://karte.example.com/api', name: 'Karte API', scopes: ['records:read', 'records:write', 'prescriptions:sign'] }

interface DemoProduct {
  readonly clientId: string
  readonly name: string
  readonly portAfter: number
}

const products: readonly DemoProduct[] = [
  { clientId: 'karte', name: 'Karte', portAfter: 1 },
  { clientId: 'koe', name: 'Koe', portAfter: 2 },
]

export interface DemoApp {
  readonly name: string
  readonly clientId: string
  /** Absolute path of the program. */
  readonly entry: string
  readonly port: number
  /** Everything the program gets to know. */
  readonly env: Readonly<Record<string, string>>
}

/** The example products as programs to start; they hold the same secrets at every start because those come from the master key. */
export function demoApps(config: Config): readonly DemoApp[] {
  const masterKey = loadMasterKey(config)
  return products.map(({ clientId, name, portAfter }) => {
    const port = config.port + portAfter
    const env = { ISSUER: config.issuer, PORT: String(port), BASE_URL: baseUrlOf(port), CLIENT_ID: clientId, CLIENT_SECRET: demoSecret(masterKey, clientId) }
    return { name, clientId, port, entry: join(import.meta.dirname, `../../examples/${clientId}/server${extname(import.meta.filename)}`), env }
  })
}

/** The same products as the platform registers them. */
export function demoClients(config: Pick<Config, 'port'>, masterKey: MasterKey): readonly { readonly input: ClientInput; readonly secret: string }[] {
  return products.map(({ clientId, name, portAfter }) => {
    const base = baseUrlOf(config.port + portAfter)
    const input: ClientInput = {
      type: 'web',
      clientId,
      name,
      firstParty: true,
      redirectUris: [`${base}/callback`],
      postLogoutRedirectUris: [`${base}/`],
      backchannelLogoutUri: `${base}/backchannel-logout`,
      initiateLoginUri: `${base}/login`,
      clientUri: base,
      apiScopes: { [demoApi.identifier]: demoApi.scopes },
    }
    return { input, secret: demoSecret(masterKey, clientId) }
  })
}

function demoSecret(masterKey: MasterKey, clientId: string): string {
  return masterKey.derive(`demo client ${clientId}`).toString('base64url')
}

function baseUrlOf(port: number): string {
  return `http://localhost:${port}`
}
