/** Waves: everybody is invited once, whatever is killed, cancelled or started twice; by the rights of the moment; and can be taken back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/base/log.ts'
import { startJobs } from '../../src/events/jobs.ts'
import { startRelay } from '../../src/events/relay.ts'
import { acceptAsNewcomer } from '../../src/members/accept-as-newcomer.ts'
import { changeRole } from '../../src/members/change-role.ts'
import { createRole } from '../../src/members/create-role.ts'
import { invitationToken } from '../../src/members/invitation.ts'
import { cancelWave } from '../../src/provisioning/cancel-wave.ts'
import { deleteImport } from '../../src/provisioning/delete-import.ts'
import { listWaveLinks } from '../../src/provisioning/list-wave-links.ts'
import { endsOf, planWaves } from '../../src/provisioning/plan-waves.ts'
import { rollBackWave } from '../../src/provisioning/roll-back-wave.ts'
import { runRollBack } from '../../src/provisioning/run-roll-back.ts'
import { runWave, type WaveRun } from '../../src/provisioning/run-wave.ts'
import { startWave } from '../../src/provisioning/start-wave.ts'
import { runWaveTask, waveSubscriber } from '../../src/provisioning/wave-jobs.ts'
import { parseMembershipId } from '../../src/base/ids.ts'
import { buildHouse, by, eventsAbout, must, passwords, type House } from '../accounts/house.ts'
import { asSuperuser, openAgain } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { asMember, listsOf } from './list.ts'

let house: House
beforeAll(async () => { house = await buildHouse() })
afterAll(() => house.close())

const lists = listsOf(() => house)
const deps = () => ({ databases: house.test.databases, masterKey: house.test.masterKey })
const run = (importId: string, wave = 1, more: Partial<WaveRun> = {}) => runWave(deps(), { tenantId: house.sakura, importId, wave, ...more })
const of = (importId: string, wave = 1) => ({ ...lists.change(importId), wave })
const start = (importId: string, wave = 1) => must(startWave(deps(), of(importId, wave)))
const admin = (statement: string, values: readonly unknown[] = []) => asSuperuser(house.test.adminUrl, async (client) => (await client.query<Record<string, unknown>>(statement, [...values])).rows)
const typesOf = async (importId: string) => (await eventsAbout(house.test, importId)).map(({ type, outcome, reason }) => [type, outcome === 'success' ? [] : outcome, reason ?? []].flat().join(' '))

/** How often somebody of the list was invited: each address must have one membership, one invitation and one event. */
async function inviteCounts(importId: string) {
  return (await admin(`select count(*)::int as rows, count(distinct m.account_id)::int as people, coalesce(max(i.generation), 0)::int as generation,
      (select count(*)::int from event e where e.type = 'membership.invited' and e.outcome = 'success' and e.subject in (select membership_id::text from import_row where import_id = $1)) as events
    from import_row r join membership m on m.id = r.membership_id join invitation i on i.membership_id = m.id where r.import_id = $1 and r.status = 'invited'`, [importId]))[0]
}

describe('a wave', () => {
  it('has the sizes that were asked for, the rest in the last one', () => {
    expect(endsOf([10, 50], 100)).toEqual([10, 60, 100])
    expect([endsOf([], 7), endsOf([10], 7), endsOf([3, 4], 7), endsOf([3, 4, 5], 7)]).toEqual([[7], [7], [3, 7], [3, 7]])
  })

  it('invites its people and nobody else, and says how it went', async () => {
    const importId = await lists.many(5, [2, 2])
    await start(importId)
    await run(importId)
    expect(await lists.shown(importId)).toMatchObject({
      row: { status: 'checked' }, counts: { ready: 3, invited: 2 },
      waves: [{ number: 1, status: 'done', invited: 2, ready: 0 }, { number: 2, status: 'waiting', ready: 2 }, { number: 3, status: 'waiting', ready: 1 }],
    })
    expect(await admin('select source, invited_by from membership where id = (select membership_id from import_row where import_id = $1 and number = 1)', [importId])).toEqual([{ source: 'csv', invited_by: house.alice.membershipId }])
    expect((await eventsAbout(house.test, importId)).at(-1)).toMatchObject({ type: 'import.wave_finished', after: { wave: 1, invited: 2, refused: 0, ready: 0, started_by: house.alice.membershipId } })
    expect(await startWave(deps(), of(importId))).toEqual({ ok: false, reason: 'nobody_waits' })
    expect(await startWave(deps(), of(importId, 9))).toEqual({ ok: false, reason: 'not_found' })
  })

  it('is started once, also when two do so at the same moment, and one of a list at a time', async () => {
    const importId = await lists.many(4, [2])
    const both = await Promise.all([1, 2, 1, 2].map((wave) => startWave(deps(), of(importId, wave))))
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    expect(both.filter(({ ok }) => !ok)).toEqual(Array.from({ length: 3 }, () => ({ ok: false, reason: 'wave_under_way' })))
    expect(await planWaves(deps(), { ...lists.change(importId), sizes: [] })).toEqual({ ok: false, reason: 'wave_under_way' })
    expect(await deleteImport(deps(), lists.change(importId))).toEqual({ ok: false, reason: 'wave_under_way' })
  })

  it('goes on where it was killed, and invites nobody twice', async () => {
    const importId = await lists.many(12)
    await start(importId)
    await using killed = { databases: openAgain(house.test.urls), [Symbol.asyncDispose]: () => killed.databases.close() }
    const application = await killed.databases.enginePool.query<{ pid: number }>('select pg_backend_pid() as pid')
    let done = 0
    const dying = runWave({ ...deps(), databases: killed.databases }, {
      tenantId: house.sakura, importId, wave: 1, together: 5,
      // Its connections die while the next five are being invited.
      onProgress: () => { done += 1; if (done === 5) void admin('select pg_terminate_backend($1)', [application.rows[0]?.pid]) },
    })
    await expect(dying).rejects.toThrow()
    expect(await lists.shown(importId)).toMatchObject({ row: { status: 'running' } })
    await run(importId)
    expect(await lists.shown(importId)).toMatchObject({ counts: { invited: 12, ready: 0 }, waves: [{ status: 'done' }] })
    expect(await inviteCounts(importId)).toEqual({ rows: 12, people: 12, generation: 1, events: 12 })
  })

  it('may be run by two processes, which share the work', async () => {
    const importId = await lists.many(20)
    await start(importId)
    await Promise.all([run(importId, 1, { together: 3 }), run(importId, 1, { together: 3 })])
    expect(await inviteCounts(importId)).toEqual({ rows: 20, people: 20, generation: 1, events: 20 })
    expect((await typesOf(importId)).filter((type) => type === 'import.wave_finished')).toHaveLength(1)
  })

  it('is cancelled within a person or two, and goes on when it is started again', async () => {
    const importId = await lists.many(30)
    await start(importId)
    const cancelled = Promise.withResolvers<unknown>()
    let seen = 0
    await run(importId, 1, { together: 1, onProgress: () => { seen += 1; if (seen === 3) cancelWave(deps(), of(importId)).then(cancelled.resolve, cancelled.reject) } })
    expect(await cancelled.promise).toEqual({ ok: true })
    const { counts, waves } = await lists.shown(importId)
    expect(waves).toMatchObject([{ status: 'cancelled' }])
    expect(counts.invited).toBe(seen)
    expect(counts.invited).toBeLessThan(30)
    expect(await cancelWave(deps(), of(importId))).toEqual({ ok: false, reason: 'not_running' })
    await start(importId)
    await run(importId)
    expect(await inviteCounts(importId)).toEqual({ rows: 30, people: 30, generation: 1, events: 30 })
  })

  it('is taken back: open invitations end and are remembered, who has accepted stays', async () => {
    const importId = await lists.many(4)
    await start(importId)
    await run(importId)
    const [first] = await lists.rows(importId)
    const membershipId = parseMembershipId(first?.membershipId ?? '')
    const names = { familyName: '山田', givenName: '花', familyNameKana: null, givenNameKana: null, password: 'plum-harbour-lantern-27', locale: 'ja' } as const
    await must(acceptAsNewcomer({ databases: house.test.databases, hashes: house.hashes, passwords }, { token: invitationToken(house.test.masterKey, membershipId, 1), ...names, origin: by.origin }))
    await must(rollBackWave(deps(), of(importId)))
    await runRollBack(deps(), { tenantId: house.sakura, importId, wave: 1 })
    expect(await lists.shown(importId)).toMatchObject({ row: { status: 'done' }, counts: { invited: 1, rolled_back: 3 }, waves: [{ status: 'rolled_back' }] })
    const [, second] = await lists.rows(importId)
    expect(await admin('select status from membership where id = any($1)', [[membershipId, second?.membershipId]])).toEqual(expect.arrayContaining([{ status: 'active' }, { status: 'ended' }]))
    expect((await eventsAbout(house.test, second?.membershipId ?? '')).at(-1)).toMatchObject({ type: 'invitation.revoked', outcome: 'success', reason: 'rolled_back' })
    expect((await eventsAbout(house.test, importId)).at(-1)).toMatchObject({ type: 'import.wave_rolled_back', after: { wave: 1, rolled_back: 3, kept: 1 } })
    const again = await lists.take(['氏名,メール', ...(await lists.rows(importId)).map(({ fields }) => fields.join(','))].join('\n'))
    expect(await lists.reasons(again)).toEqual(['already_member', 'was_removed', 'was_removed', 'was_removed'])
  })

  it('stops when whoever started it may not invite any more', async () => {
    const importId = await lists.many(12)
    await must(createRole(deps(), { tenantId: house.sakura, name: 'INVITER', permissions: ['member:invite'], usesSeat: true, mover: asMember(house.alice), origin: by.origin }))
    const role = (name: string) => must(changeRole(deps(), { tenantId: house.sakura, membershipId: house.bob.membershipId, role: name, mover: asMember(house.alice), origin: by.origin }))
    await role('INVITER')
    await must(startWave(deps(), { ...of(importId), mover: asMember(house.bob, ['member:invite']) }))
    const demoted = Promise.withResolvers<unknown>()
    let seen = 0
    await run(importId, 1, { together: 1, onProgress: () => { seen += 1; if (seen === 2) role('STAFF').then(demoted.resolve, demoted.reject) } })
    await demoted.promise
    await run(importId)
    expect(await lists.shown(importId)).toMatchObject({ row: { status: 'checked' }, waves: [{ status: 'stopped', reason: 'permission_missing' }] })
    expect((await lists.shown(importId)).counts.ready).toBeGreaterThan(0)
  })

  it('stops neatly when every seat is taken, and is tried again when there are more', async () => {
    const importId = await lists.many(3)
    await admin('update tenant set seat_limit = 1 where id = $1', [house.sakura])
    await start(importId)
    await run(importId)
    expect(await lists.shown(importId)).toMatchObject({ counts: { refused: 3, ready: 0 }, reasons: [{ reason: 'seat_limit_reached', rows: 3 }], waves: [{ status: 'stopped', reason: 'seat_limit_reached' }] })
    expect((await admin(`select count(*)::int as n from event where type = 'tenant.seat_limit_reached'`))[0]).toEqual({ n: 1 })
    await admin('update tenant set seat_limit = null where id = $1', [house.sakura])
    await start(importId)
    await run(importId)
    expect(await lists.shown(importId)).toMatchObject({ counts: { invited: 3 }, waves: [{ status: 'done', reason: null }] })
  })

  it('that stops for want of seats remembers whom it invited beside, in a role that takes none', async () => {
    await must(createRole(deps(), { tenantId: house.sakura, name: 'Guest of a wave', permissions: [], usesSeat: false, mover: asMember(house.alice), origin: by.origin }))
    await admin('update tenant set seat_limit = 1 where id = $1', [house.sakura])
    const importId = await lists.take('氏名,メール,ロール\n山田 一,seat-1@example.com,STAFF\n山田 二,seat-2@example.com,Guest of a wave\n山田 三,seat-3@example.com,STAFF')
    await must(planWaves(deps(), { ...lists.change(importId), sizes: [] }))
    await start(importId)
    await run(importId)
    await admin('update tenant set seat_limit = null where id = $1', [house.sakura])
    expect(await lists.reasons(importId)).toEqual(['seat_limit_reached', null, 'seat_limit_reached'])
    expect(await inviteCounts(importId)).toMatchObject({ rows: 1, people: 1, events: 1 })
    expect(await admin(`select count(*)::int as n from account where email like 'seat-_@example.com'`)).toEqual([{ n: 1 }])
  })

  it('shows the links of people without an address on one sheet', async () => {
    const importId = await lists.take('氏名,メール,職員番号\n山田 花,,L-001\n佐藤 健,ken-l@example.com,L-002\n')
    await must(planWaves(deps(), { ...lists.change(importId), sizes: [] }))
    await start(importId)
    await run(importId)
    const { links } = await must(listWaveLinks(deps(), of(importId)))
    expect(links).toMatchObject([{ number: 1, name: '山田 花', employeeNumber: 'L-001', role: 'STAFF', path: expect.stringMatching(/^\/invitations\/[\w-]{43}$/) }])
    expect((await eventsAbout(house.test, importId)).at(-1)).toMatchObject({ type: 'import.links_shown', after: { wave: 1, links: 1 } })
  })

  it('is nothing that Charlie can start, stop, take back or look at', async () => {
    const importId = await lists.many(2)
    const foreign = { ...of(importId), tenantId: house.midori, mover: asMember(house.charlie) }
    for (const command of [startWave, cancelWave, rollBackWave]) expect(await command(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    expect(await listWaveLinks(deps(), foreign)).toEqual({ ok: false, reason: 'not_found' })
    expect(await planWaves(deps(), { ...foreign, sizes: [] })).toEqual({ ok: false, reason: 'not_found' })
    await run(importId, 1, { tenantId: house.midori })
    expect(await lists.shown(importId)).toMatchObject({ counts: { ready: 2 }, waves: [{ status: 'waiting' }] })
  })

  it('is carried out by the job that its event becomes', async () => {
    const importId = await lists.many(3)
    const log = createLogger({ level: 'silent', debug: false })
    const relay = startRelay({ databases: house.test.databases, subscribers: [waveSubscriber], log, pollMs: null })
    await relay.runOnce()
    await start(importId)
    const jobs = await startJobs({ databases: house.test.databases, log, concurrency: 1, tasks: { run_import_wave: runWaveTask(deps()) } })
    await eventually(async () => { await relay.runOnce(); return (await lists.shown(importId)).waves[0]?.status }).toBe('done')
    await must(rollBackWave(deps(), of(importId)))
    await eventually(async () => { await relay.runOnce(); return (await lists.shown(importId)).waves[0]?.status }).toBe('rolled_back')
    await Promise.all([relay.stop(), jobs.stop()])
    expect(await typesOf(importId)).toEqual(['import.created', 'import.waves_planned', 'import.wave_started', 'import.wave_finished', 'import.wave_roll_back_started', 'import.wave_rolled_back'])
  })
})
