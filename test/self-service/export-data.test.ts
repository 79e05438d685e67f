/** The copy of everything that is kept about a person: whole, theirs alone, and without anything that opens anything. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/base/ids.ts'
import { confirmTotp, startTotp } from '../../src/factors/enrol-totp.ts'
import { exportData, exportShape } from '../../src/self-service/export-data.ts'
import { admin, knownIn, newcomer, signedIn, somewhere } from '../accounts/links-house.ts'
import { must } from '../accounts/house.ts'
import { scan } from '../factors/totp-app.ts'
import { buildDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => { desk = await buildDesk() })
afterAll(() => desk.close())

const origin = somewhere()

describe('a copy of a person’s data', () => {
  it('holds account, factors, browsers, memberships, apps, sessions and log', async () => {
    const { bob } = desk.house
    await signedIn(desk.house, bob.accountId, 'bobs-session')
    await knownIn(desk.house, bob.accountId, 'hash-of-bobs-browser')
    const offer = await startTotp(desk.deps.factors, { accountId: bob.accountId, account: 'bob@example.com', tenantName: null })
    const { recoveryCodes } = await must(confirmTotp(desk.deps.factors, { accountId: bob.accountId, enrolment: offer.enrolment, code: scan(offer.uri).codeAt(new Date()), actor: bob.accountId, origin }))
    const { data } = await must(exportData(desk.deps, { accountId: bob.accountId, origin }))
    expect(exportShape.parse(data)).toMatchObject({
      account: { account_id: bob.accountId, email: 'bob@example.com', display_name: '試験 bob' },
      second_factors: { totp: { created_at: expect.any(String) }, recovery_codes_left: 10 },
      devices: [{ trusted_until: expect.any(String) }],
      memberships: [{ membership_id: bob.membershipId, role: 'STAFF' }],
      apps: [{ client_id: 'karte' }],
      sessions: [{ session_uid: 'bobs-session' }],
      events_complete: true,
    })
    expect(data.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['account.created', 'totp.enrolled', 'recovery_codes.generated', 'data.exported']))
    const [secrets] = await admin(desk.house, `select f.sealed_secret, p.phc, (select code_hash from factor_recovery_code where account_id = $1 limit 1) as code_hash
      from factor_totp f join factor_password p using (account_id) where account_id = $1`, [bob.accountId])
    const text = JSON.stringify(data)
    for (const secret of [...Object.values(secrets ?? {}), offer.secret, 'hash-of-bobs-browser', ...(recoveryCodes ?? [])]) expect(text).not.toContain(String(secret))
  })

  it('holds nothing of anybody else', async () => {
    const { alice, bob, charlie, sakura } = desk.house
    const { data } = await must(exportData(desk.deps, { accountId: charlie.accountId, origin }))
    for (const theirs of [alice.accountId, bob.accountId, sakura, 'alice@example.com', 'さくら']) expect(JSON.stringify(data)).not.toContain(theirs)
  })

  it('is an event, and there is none for nobody', async () => {
    const { accountId } = await newcomer(desk.house)
    await exportData(desk.deps, { accountId, origin })
    expect(await admin(desk.house, `select actor, host(ip) as ip from event where type = 'data.exported' and subject = $1`, [accountId])).toEqual([{ actor: accountId, ip: origin.ip }])
    expect(await exportData(desk.deps, { accountId: newId(), origin })).toEqual({ ok: false, reason: 'not_found' })
  })

  it('says where the log holds more than fits', async () => {
    const { accountId } = await newcomer(desk.house)
    await admin(desk.house, `insert into event (id, type, outcome, subject) select gen_random_uuid(), 'sign_in.failed', 'failure', $1 from generate_series(1, 10500)`, [accountId])
    const { data } = await must(exportData(desk.deps, { accountId, origin }))
    expect([data.events.length, data.events_complete]).toEqual([10_000, false])
  })
})
