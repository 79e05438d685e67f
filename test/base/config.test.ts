// What the environment may say, and what the program answers when it says something else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, configKeys, readConfig } from '../../src/base/config.ts'
import type { Environment } from '../../src/base/config.ts'
import { generateMasterKey } from '../../src/base/crypto.ts'
import { projectRoot } from '../../src/base/root.ts'

const folder = mkdtempSync(join(tmpdir(), 'tegata-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const production = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.com',
  DATABASE_URL: 'postgres://tegata:hush@db.example.com/tegata',
  MASTER_KEY: generateMasterKey('production'),
}

describe('an empty environment', () => {
  it('gives a demo on the embedded database', () => {
    expect(readConfig({})).toMatchObject({
      mode: 'development', issuer: 'http://localhost:3000', port: 3000, metricsPort: null, databaseUrl: null, tenantDatabaseUrl: null,
      databasePoolSize: 10, masterKey: null, smtpUrl: null, mailFrom: 'Tegata <no-reply@localhost>', trustedProxies: [],
      dataDir: join(projectRoot, '.data'), logLevel: 'warn', debug: false, hashQueueLimit: 64, apiRateLimit: 600, demo: true,
    })
  })

  it('lets the issuer follow the port', () => expect(readConfig({ PORT: '4100' }).issuer).toBe('http://localhost:4100'))

  it('is what empty values come to', () => {
    expect(readConfig({ PORT: '', ISSUER: '', MASTER_KEY: '', MASTER_KEY_FILE: '', TEGATA_NO_SUCH: '' })).toEqual(readConfig({}))
  })
})

describe('a good value', () => {
  it.each([
    [{ ISSUER: 'https://id.example.com/' }, { issuer: 'https://id.example.com', mailFrom: 'Tegata <no-reply@id.example.com>', demo: false }],
    [{ ISSUER: 'HTTPS://ID.example.com:443' }, { issuer: 'https://id.example.com' }],
    [{ ISSUER: 'http://[::1]:3000' }, { issuer: 'http://[::1]:3000', mailFrom: 'Tegata <no-reply@localhost>', demo: true }],
    [{ ISSUER: 'http://id.localhost:3000' }, { demo: true }],
    [{ ISSUER: 'http://id.example.com' }, { demo: false }],
    [{ DATABASE_URL: 'postgresql://localhost/tegata' }, { databaseUrl: 'postgresql://localhost/tegata', demo: false }],
    [{ PORT: '65533', METRICS_PORT: '9464' }, { port: 65533, metricsPort: 9464 }],
    [{ TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,2001:db8::/32' }, { trustedProxies: ['loopback', '10.0.0.0/8', '2001:db8::/32'] }],
    [{ MAIL_FROM: 'さくら <id@example.com>' }, { mailFrom: 'さくら <id@example.com>' }],
    [{ SMTP_URL: 'smtps://name:hush@mail.example.com:465' }, { smtpUrl: 'smtps://name:hush@mail.example.com:465' }],
    [{ TEGATA_DEBUG: '1', TEGATA_LOG_LEVEL: 'silent' }, { debug: true, logLevel: 'silent' }],
    [{ TEGATA_HASH_WORKERS: '3', TEGATA_HASH_QUEUE: '7' }, { hashWorkers: 3, hashQueueLimit: 7 }],
    [{ ...production }, { mode: 'production', logLevel: 'info', demo: false }],
    [{ ...production, ISSUER: 'http://127.0.0.9:3000' }, { issuer: 'http://127.0.0.9:3000', demo: false }],
  ])('is taken: %j', (env, expected) => expect(readConfig(env)).toMatchObject(expected))
})

describe('a bad value', () => {
  it.each([
    ['PORT', '0'], ['PORT', '65534'], ['PORT', '3000.5'], ['PORT', 'http'], ['METRICS_PORT', '3001'], ['METRICS_PORT', '65536'],
    ['NODE_ENV', 'staging'], ['ISSUER', 'id.example.com'], ['ISSUER', 'https://id.example.com/auth'], ['ISSUER', 'https://id.example.com/?a=b'],
    ['ISSUER', 'https://id.example.com/#'], ['ISSUER', 'https://me:hush@id.example.com'], ['ISSUER', 'ftp://id.example.com'],
    ['DATABASE_URL', 'mysql://localhost/tegata'], ['DATABASE_URL', 'localhost'], ['TENANT_DATABASE_URL', 'postgres://localhost/tegata'],
    ['SMTP_URL', 'mail.example.com'], ['MASTER_KEY', 'hush'], ['MASTER_KEY', `${generateMasterKey('production')}=`], ['MAIL_FROM', 'Tegata'],
    ['MAIL_FROM', 'a@example.com\nBcc: b@example.com'], ['TRUSTED_PROXIES', 'everyone'], ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TEGATA_DEBUG', 'yes'], ['TEGATA_LOG_LEVEL', 'loud'], ['TEGATA_HASH_WORKERS', '0'], ['TEGATA_HASH_QUEUE', '-1'], ['DATABASE_POOL_SIZE', '0'],
  ])('is refused in one line that names its key: %s=%s', (key, value) => {
    const problems = problemsOf({ [key]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${key} .+\\.?$`))
  })

  it('is reported together with all the others, and no secret is repeated', () => {
    const secret = 'very-hush-value'
    const problems = problemsOf({ PORT: 'x', DATABASE_URL: secret, TENANT_DATABASE_URL: secret, MASTER_KEY: `dev-${secret}`, SMTP_URL: secret, TEGATA_LOGLEVEL: 'warn' })
    expect(problems).toHaveLength(6)
    expect(problems.join('\n')).not.toContain(secret)
    expect(problems.every((line) => !line.includes('\n'))).toBe(true)
  })

  it('gives an unknown TEGATA_ key with the list of the known', () => {
    expect(problemsOf({ TEGATA_LOGLEVEL: 'warn' })).toEqual([expect.stringMatching(/^TEGATA_LOGLEVEL is not a setting .*TEGATA_LOG_LEVEL/)])
  })

  it('does not mind keys of other programs', () => expect(problemsOf({ LANG: 'ja_JP.UTF-8', PATH: 'bin' })).toEqual([]))
})

describe('a secret in a file', () => {
  it('is read without the line break at its end', () => {
    const path = fileWith('master-key', `${production.MASTER_KEY}\n`)
    expect(readConfig({ ...production, MASTER_KEY: '', MASTER_KEY_FILE: path }).masterKey).toBe(production.MASTER_KEY)
  })

  it.each([
    ['is refused beside the value itself', { ...production, MASTER_KEY_FILE: '/nowhere' }, /^MASTER_KEY and MASTER_KEY_FILE are both set/],
    ['is refused when the file is missing', { SMTP_URL_FILE: join(folder, 'missing') }, /^SMTP_URL_FILE cannot be read at .*missing: check/],
    ['is refused when the file is a folder', { DATABASE_URL_FILE: folder }, /^DATABASE_URL_FILE cannot be read/],
    ['is refused when the file is empty', { DATABASE_URL_FILE: fileWith('empty', '\n') }, /^DATABASE_URL_FILE names an empty file/],
    ['is checked like the value', { DATABASE_URL_FILE: fileWith('mysql', 'mysql://hush') }, /^DATABASE_URL must be a URL such as postgres/],
  ])('%s', (_, env, message) => expect(problemsOf(env)).toEqual([expect.stringMatching(message)]))
})

describe('production', () => {
  it.each([
    ['without ISSUER', { ISSUER: '' }, /^ISSUER must be set/],
    ['with a plain http address that is not loopback', { ISSUER: 'http://id.example.com' }, /^ISSUER must start with https/],
    ['with an address that only looks like loopback', { ISSUER: 'http://127.0.0.1.example.com' }, /^ISSUER must start with https/],
    ['without DATABASE_URL', { DATABASE_URL: '' }, /^DATABASE_URL must be set/],
    ['without MASTER_KEY', { MASTER_KEY: '' }, /^MASTER_KEY must be set/],
    ['with a development key', { MASTER_KEY: generateMasterKey('development') }, /^MASTER_KEY is a development key/],
    ['with a short key', { MASTER_KEY: 'hush' }, /^MASTER_KEY must be 32 bytes/],
  ])('does not start %s', (_, change, message) => expect(problemsOf({ ...production, ...change })).toEqual([expect.stringMatching(message)]))

  it('says everything that is missing at once', () => expect(problemsOf({ NODE_ENV: 'production' })).toHaveLength(3))
})

describe('the table of keys', () => {
  it('tells every key once, with a meaning and a default', () => {
    expect(new Set(configKeys.map(({ key }) => key)).size).toBe(configKeys.length)
    for (const { key, meaning, default: shown } of configKeys) {
      expect(key).toMatch(/^[A-Z][A-Z_]+$/)
      expect(meaning).toMatch(/\S/)
      expect(shown).toMatch(/\S/)
    }
  })

  it('marks exactly the secrets', () => {
    expect(configKeys.filter(({ secret }) => secret).map(({ key }) => key)).toEqual(['DATABASE_URL', 'TENANT_DATABASE_URL', 'MASTER_KEY', 'SMTP_URL'])
  })
})
