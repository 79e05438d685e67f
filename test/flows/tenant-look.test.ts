/** A sign-in wears the look of the tenant it is for: where the request names it, where the person picks it, and behind an invitation; nowhere else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noOrigin } from '../../src/base/origin.ts'
import { parseMembershipId, parseTenantId } from '../../src/base/ids.ts'
import { inviteMember } from '../../src/members/invite-member.ts'
import { invitationPath, invitationToken } from '../../src/members/invitation.ts'
import { changeSubdomain } from '../../src/tenants/change-subdomain.ts'
import { findTenantByLabel } from '../../src/tenants/queries.ts'
import { updateSettings } from '../../src/tenants/update-settings.ts'
import type { Visit } from '../helpers/person.ts'
import type { RelyingParty } from '../helpers/relying-party.ts'
import { demoPassword, startTegata, type Tegata } from '../helpers/tegata.ts'

const by = { actor: null, origin: noOrigin } as const
let tegata: Tegata
let app: RelyingParty
let sakura: ReturnType<typeof parseTenantId>

beforeAll(async () => {
  tegata = await startTegata()
  sakura = parseTenantId((await findTenantByLabel(tegata.databases.engine, 'sakura'))?.id ?? '')
  await updateSettings(tegata, { tenantId: sakura, settings: { accentColor: '#1f6848' }, ...by })
  app = await tegata.app({ name: 'Rota', firstParty: false })
})
afterAll(() => tegata.close())

const lookOf = ({ html }: Visit) => [html.getElementById('brand')?.text.trim(), html.querySelectorAll('link[rel=stylesheet]').map((link) => link.getAttribute('href')).at(-1)]
const start = (tenant?: string) => app.start('openid tenant', tenant === undefined ? {} : { tenant })

test('the sign-in page wears it where the request names the tenant, also by a label that it had', async () => {
  await changeSubdomain(tegata, { tenantId: sakura, subdomain: 'sakura-kai', ...by })
  for (const tenant of ['sakura', 'sakura-kai', sakura]) {
    const page = await tegata.person().open(start(tenant).url)
    expect(lookOf(page)).toEqual([expect.stringContaining('医療法人さくら会'), '/brand/1f6848.css'])
    expect(page.text).toContain('医療法人さくら会 にサインイン')
  }
  await changeSubdomain(tegata, { tenantId: sakura, subdomain: 'sakura', ...by })
  expect(lookOf(await tegata.person().open(start('midori').url))).toEqual([expect.stringContaining('みどり整骨院'), expect.stringContaining('/assets/')])
})

test('nobody’s look is worn where no tenant, or none that is there, is named', async () => {
  for (const tenant of [undefined, 'nobody', '%', 'x'.repeat(300)]) expect(lookOf(await tegata.person().open(start(tenant).url))).toEqual([undefined, expect.stringContaining('/assets/')])
})

test('what comes after the picker wears the look of what was picked', async () => {
  const person = tegata.person()
  const picker = await person.submit(await person.open(start().url), { identifier: 'hanako@example.com', password: demoPassword }, 'sign_in')
  expect(lookOf(picker)[0]).toBeUndefined()
  expect(lookOf(await person.submit(picker, {}, 'tenant-sakura'))).toEqual([expect.stringContaining('医療法人さくら会'), '/brand/1f6848.css'])
})

test('an invitation wears the look of the tenant that invites', async () => {
  const invited = await inviteMember(tegata, { tenantId: sakura, person: { email: 'new@example.com', familyName: null, givenName: null, locale: 'ja' }, role: 'STAFF', mover: { kind: 'operator', accountId: null }, origin: noOrigin })
  if (!invited.ok) throw new Error(invited.reason)
  const token = invitationToken(tegata.masterKey, parseMembershipId(invited.membershipId), 1)
  expect(lookOf(await tegata.person().open(`${tegata.issuer}${invitationPath(token)}`))).toEqual([expect.stringContaining('医療法人さくら会'), '/brand/1f6848.css'])
})
