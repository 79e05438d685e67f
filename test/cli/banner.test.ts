/** What a newcomer sees when everything is ready. */
import { expect, it } from 'vitest'
import { banner } from '../../src/cli/banner.ts'

const facts = {
  issuer: 'http://localhost:3000',
  examples: [{ name: 'Karte', port: 3001, ready: true }, { name: 'Koe', port: 3002, ready: false }],
  demo: true,
  dataDir: '.data',
  seconds: 1.234,
}

it('shows addresses, accounts with their password, where mails are, where data is, and how to stop', () => {
  const text = banner(facts)
  for (const part of [
    'ready (1.2 s)', 'http://localhost:3000\n', 'http://localhost:3001 ', 'misaki@example.com', 'tegata-demo-2026',
    'http://localhost:3000/dev/mail', '.data', 'Ctrl-C',
  ]) expect(text).toContain(part)
})

it('says which example did not start', () => {
  expect(banner(facts)).toMatch(/Koe +did not start/)
})

it('shows no accounts and no mail page where there is no demo', () => {
  const text = banner({ ...facts, demo: false, examples: [], dataDir: null })
  expect(text).not.toMatch(/example\.com|dev\/mail|demo-2026|Data is kept/)
})

it('fits a terminal of 80 columns', () => {
  expect(Math.max(...banner(facts).split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})
