/** The log of a tenant in its console, and the home that shows the last of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseMembershipId, parseTenantId } from '../../src/base/ids.ts'
import { noOrigin } from '../../src/base/origin.ts'
import { sentenceOf } from '../../src/console/event-words.ts'
import { endOfDay, startOfDay } from '../../src/console/days.ts'
import { catalogue } from '../../src/events/catalogue.ts'
import { suspendMembership } from '../../src/members/suspend-membership.ts'
import { endGrants } from '../../src/oidc/endings.ts'
import { t } from '../../views/messages.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'
import { castOf, openConsole, type Cast } from './house.ts'

let tegata: Tegata
let cast: Cast
beforeAll(async () => {
  tegata = await startTegata()
  cast = await castOf(tegata)
  const { alice, bob } = cast
  const change = { tenantId: parseTenantId(alice.tenantId), membershipId: parseMembershipId(bob.membershipId), origin: noOrigin }
  const deps = { databases: tegata.databases, grants: { endGrants } }
  await suspendMembership(deps, { ...change, mover: { kind: 'member', accountId: alice.accountId, membershipId: alice.membershipId, permissions: ['tenant:admin'] } })
  await suspendMembership(deps, { ...change, mover: { kind: 'operator', accountId: cast.charlie.accountId } })
})
afterAll(() => tegata.close())

const open = (path: string) => openConsole(tegata, cast.alice, `/t/${cast.alice.subdomain}${path}`)

describe('the log', () => {
  test('says in sentences who did what to whom, and names nobody from outside', async () => {
    const { alice, bob } = cast
    const page = await open('/audit?type=membership')
    const sentences = page.html.querySelectorAll('.event-words').map((words) => words.text.replaceAll(/\s+/g, ' ').trim())
    expect(sentences).toContain(`${alice.email}が${bob.email}を停止しました。`)
    expect(sentences).toContain(`拒否 運営者が${bob.email}を停止しようとしましたが、断られました。理由: すでに停止中です`)
    expect(page.text).not.toContain(cast.charlie.email)
  })

  test('is narrowed to one person’s acts and to one outcome', async () => {
    const rows = async (query: string) => (await open(`/audit?${query}`)).html.querySelectorAll('.event-words').length
    expect(await rows(`type=membership&actor=${cast.alice.accountId}`)).toBe(1)
    expect(await rows('type=membership&outcome=refused')).toBe(1)
    expect(await rows('type=membership&until=2000-01-01')).toBe(0)
    expect(await rows('from=nonsense&cursor=nonsense&request_id=x')).toBe(0)
  })

  test('has nothing for Charlie and nothing for Bob', async () => {
    const path = `/t/${cast.alice.subdomain}/audit`
    expect((await openConsole(tegata, cast.charlie, path)).status).toBe(404)
    expect((await openConsole(tegata, cast.bob, path)).status).toBe(404)
  })
})

describe('the home', () => {
  test('shows figures, what needs a look, first steps and the last acts', async () => {
    const page = await open('')
    expect(page.html.querySelectorAll('.figures b').map((value) => value.text)).toEqual(['1', '0', '1', '1', '0 %'])
    expect(page.html.getElementById('attention_members_without_second_factor')).not.toBeNull()
    expect(page.html.getElementById('step_mfa')).not.toBeNull()
    expect(page.html.querySelector('.log')?.text).toContain('停止しました')
  })

  test('has no first steps once all are done', async () => {
    const { engine } = tegata.databases
    await engine.updateTable('tenant').set({ created_at: new Date('2020-01-01') }).where('id', '=', cast.alice.tenantId).execute()
    expect((await open('')).html.querySelector('.first-steps')).toBeNull()
  })
})

describe('words of events', () => {
  test('are there for every type and outcome in both languages', () => {
    for (const type of Object.keys(catalogue)) {
      for (const outcome of ['success', 'failure', 'refused']) {
        for (const locale of ['ja', 'en'] as const) {
          const sentence = sentenceOf(t(locale), { type, outcome, actor: 'a', actorName: '山田', subjectName: '佐藤' })
          expect(sentence, `${type} ${outcome}`).toMatch(/[。.」a-z]$/)
          expect(sentence).not.toContain('{')
        }
      }
    }
  })

  test('say days as they begin and end where the reader is', () => {
    expect(startOfDay('2026-12-01', 'Asia/Tokyo')?.toISOString()).toBe('2026-11-30T15:00:00.000Z')
    expect(endOfDay('2026-12-31', 'Asia/Tokyo')?.toISOString()).toBe('2026-12-31T15:00:00.000Z')
    expect(startOfDay('2026-03-29', 'Europe/Berlin')?.toISOString()).toBe('2026-03-28T23:00:00.000Z')
    expect(endOfDay('2026-03-29', 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T22:00:00.000Z')
    expect([startOfDay('2026-02-30', 'Asia/Tokyo'), startOfDay('x', 'Asia/Tokyo')]).toEqual([null, null])
  })
})
