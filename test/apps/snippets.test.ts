/** What developers copy: for each type of app what fits it, filled in, and never a secret. */
import { expect, test } from 'vitest'
import { snippetsFor } from '../../src/apps/snippets.ts'

const app = { issuer: 'https://id.example', clientId: 'karte', redirectUri: 'https://karte.example/callback', hasSecret: true } as const

test.each([
  ['web', ['openid_client', 'express', 'next', 'spring_boot', 'authlib', 'go']],
  ['spa', ['openid_client']],
  ['native', ['openid_client']],
  ['machine', ['curl']],
] as const)('%s', (type, ids) => {
  const snippets = snippetsFor({ ...app, type, hasSecret: type === 'web' || type === 'machine', api: { identifier: 'https://api.example', scopes: ['read'] } })
  expect(snippets.map(({ id }) => id)).toEqual(ids)
  for (const { code } of snippets) {
    expect(code).toContain('https://id.example')
    expect(code).toContain('karte')
    expect(code.includes('CLIENT_SECRET')).toBe(type === 'web' || type === 'machine')
  }
})
