/** Under more sign-ins than there is room for, and over the death of a process: refused with a time to come back, never lost. */
import { afterEach, expect, test } from 'vitest'
import { startServer } from '../../src/app.ts'
import { codeOf } from '../helpers/sign-in.ts'
import { startTegata, type Tegata } from '../helpers/tegata.ts'

let tegata: Tegata
afterEach(() => tegata.close())
const ken = { identifier: 'ken@example.com', password: 'tegata-demo-2026' }

test('a full queue of passwords answers 503 with a time to come back, keeps what was typed, and other requests go on', async () => {
  tegata = await startTegata({ TEGATA_HASH_WORKERS: '1', TEGATA_HASH_QUEUE: '1' })
  const clinic = await tegata.app({ name: 'Clinic' })
  const forms = await Promise.all(Array.from({ length: 8 }, async () => {
    const person = tegata.person()
    return { person, form: await person.open(clinic.start('openid tenant').url) }
  }))
  const answering = Promise.all(forms.map(({ person, form }) => person.submit(form, ken, 'sign_in')))
  expect((await fetch(`${tegata.issuer}/livez`)).status).toBe(200)
  const answers = await answering
  const busy = answers.filter((answer) => answer.status === 503)
  expect(busy.length).toBeGreaterThan(0)
  expect(answers.filter((answer) => answer.url.searchParams.has('code')).length).toBeGreaterThanOrEqual(2)
  for (const answer of busy) {
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.html.getElementById('identifier')?.getAttribute('value')).toBe('ken@example.com')
  }
  const first = busy[0]
  const waiting = forms[answers.indexOf(first ?? answers[0] ?? never())]
  if (first === undefined || waiting === undefined) throw new Error('nobody waited')
  expect(codeOf(await waiting.person.submit(first, ken, 'sign_in'))).toBeTruthy()
})

test('a sign-in goes on when the process was stopped in the middle and another one takes its place', async () => {
  tegata = await startTegata()
  const clinic = await tegata.app({ name: 'Clinic' })
  const person = tegata.person()
  const start = clinic.start('openid tenant')
  const form = await person.open(start.url)
  await tegata.server.stop()
  const next = await startServer(tegata.config, { databaseUrl: tegata.database.adminUrl, demo: true, onProgress: () => undefined })
  try {
    expect((await clinic.redeem(start, codeOf(await person.submit(form, ken, 'sign_in')))).status).toBe(200)
  } finally {
    await next.stop()
  }
})

function never(): never {
  throw new Error('no answers')
}
