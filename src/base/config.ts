/**
 * Owns the configuration: the only reader of the environment, and the one table (`environment`) that both the reader
 * and the documentation use. Every problem is found before anything starts, one line each, and no line repeats a
 * secret. What the values mean for a room is that room's business.
 */
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'
import { MasterKey } from './crypto.ts'
import { projectRoot } from './root.ts'

export interface Config {
  readonly mode: 'production' | 'development' | 'test'
  /** No trailing slash, no path. */
  readonly issuer: string
  readonly port: number
  readonly metricsPort: number | null
  /** Null means the embedded PostgreSQL, never in production. */
  readonly databaseUrl: string | null
  readonly tenantDatabaseUrl: string | null
  readonly databasePoolSize: number
  /** Null means a development key kept in dataDir, never in production. */
  readonly masterKey: string | null
  readonly smtpUrl: string | null
  readonly mailFrom: string
  readonly trustedProxies: readonly string[]
  readonly dataDir: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  readonly debug: boolean
  readonly hashWorkers: number
  readonly hashQueueLimit: number
  /** Requests to the API that one caller may send to one process in a minute. */
  readonly apiRateLimit: number
  /** Whether anybody may make an account; a tenant can allow it for itself. */
  readonly registration: 'open' | 'closed'
  /** Relying Party ID of passkeys (WebAuthn §4): the issuer's host or a domain above it; null where that is an IP address, which no passkey can have. */
  readonly rpId: string | null
  /** Seeds and shows the demo: embedded database, loopback issuer, not production. */
  readonly demo: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Thrown by readConfig with all problems at once; each is one line that says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

interface KeyNotes { readonly meaning: string; readonly default: string; readonly secret: boolean }
const notes = z.registry<KeyNotes>()

/** A key whose default is text of the same kind, read through the same schema. */
function withDefault<Schema extends z.ZodType<unknown, string>>(text: string, meaning: string, schema: Schema) {
  const read = z.string().prefault(text).pipe(schema)
  notes.add(read, { meaning, default: text, secret: false })
  return read
}

/** A key that may be absent; `shown` says in the documentation what happens then. */
function optional<Schema extends z.ZodType<unknown, string>>(shown: string, meaning: string, schema: Schema) {
  const read = schema.optional()
  notes.add(read, { meaning, default: shown, secret: false })
  return read
}

/** An optional key that is never shown and may come from a file named by KEY_FILE. */
function secret<Schema extends z.ZodType<unknown, string>>(shown: string, meaning: string, schema: Schema) {
  const read = schema.optional()
  notes.add(read, { meaning, default: shown, secret: true })
  return read
}

function wholeNumber(smallest: number, largest: number) {
  const error = `must be a whole number from ${smallest} to ${largest}.`
  return z.string().regex(/^\d{1,9}$/, error).transform(Number).refine((value) => value >= smallest && value <= largest, error)
}

function urlOf(schemes: readonly string[], example: string) {
  return z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), `must be a URL such as ${example}.`)
}

const postgresUrl = urlOf(['postgres:', 'postgresql:'], 'postgres://name:password@host:5432/tegata')
const howToMakeKey = `make one with: node -p "crypto.randomBytes(32).toString('base64url')"`

const environment = z.object({
  NODE_ENV: withDefault('development', 'How strict to be: production refuses everything that only suits a trial.',
    z.enum(['production', 'development', 'test'], { error: 'must be production, development or test.' })),
  ISSUER: optional('http://localhost:PORT', 'The public address of this server, without a path. It stands in every token: never change it later.',
    z.string().refine(isBareOrigin, 'must be an address such as https://id.example.com, without path, query, fragment or password.')
      .transform((text) => new URL(text).origin)),
  PORT: withDefault('3000', 'The port to listen on; the two example products take the next two.', wholeNumber(1, 65533)),
  METRICS_PORT: optional('none', 'A second port that serves /livez, /readyz and /metrics only.', wholeNumber(1, 65535)),
  DATABASE_URL: secret('an embedded PostgreSQL', 'The PostgreSQL database, under the role that migrates.', postgresUrl),
  TENANT_DATABASE_URL: secret('DATABASE_URL', 'The same database for the role that serves one tenant, where it signs in by itself.', postgresUrl),
  DATABASE_POOL_SIZE: withDefault('10', 'Connections that one process keeps at most for each of the two serving roles.', wholeNumber(4, 1000)),
  MASTER_KEY: secret('a development key in TEGATA_DATA_DIR', `The key that seals stored secrets, 32 bytes in base64url; ${howToMakeKey}`,
    z.string().refine(isMasterKey, `must be 32 bytes in base64url (43 characters); ${howToMakeKey}`)),
  SMTP_URL: secret('none: no mail leaves', 'The mail server: smtp://name:password@host:587 or smtps://…:465; ?requireTLS=true refuses plain text.',
    urlOf(['smtp:', 'smtps:'], 'smtps://name:password@host:465')),
  MAIL_FROM: optional('Tegata <no-reply@HOST OF ISSUER>', 'The sender of all mail.',
    z.string().regex(/^(?:[^<>\r\n]+ <[^<>@\s,;]+@[^<>@\s,;]+>|[^<>@\s,;]+@[^<>@\s,;]+)$/, 'must be an address such as Tegata <no-reply@example.com>.')),
  TRUSTED_PROXIES: optional('none', 'Whose X-Forwarded-For is believed: addresses or networks with commas between, or loopback, linklocal, uniquelocal.',
    z.string().transform(splitList).refine(areNetworks, 'must list addresses or networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal.')),
  TEGATA_DATA_DIR: optional('.data in the project', 'The folder of the embedded database and of the development key.', z.string().transform((path) => resolve(path))),
  TEGATA_LOG_LEVEL: optional('info in production, else warn', 'How much to log.',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], { error: 'must be fatal, error, warn, info, debug or silent.' })),
  TEGATA_DEBUG: withDefault('0', '1 shows stack traces in logs and on the command line.',
    z.enum(['0', '1'], { error: 'must be 1 or 0.' }).transform((text) => text === '1')),
  TEGATA_REGISTRATION: optional('open in the demo, else closed', 'Whether anybody may make an account by themselves; a tenant can allow it for its own members.',
    z.enum(['open', 'closed'], { error: 'must be open or closed.' })),
  TEGATA_RP_ID: optional('the host of ISSUER', 'The domain that passkeys belong to: the host of ISSUER or a domain above it. Changing it makes all passkeys useless.',
    z.string().regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be a domain such as example.com.')),
  API_RATE_LIMIT: withDefault('600', 'Requests to the API that one caller (app and account, else address) may send to one process in a minute; then 429.', wholeNumber(1, 1_000_000)),
  TEGATA_HASH_WORKERS: optional('the number of cores', 'Passwords that are checked at the same time.', wholeNumber(1, 128)),
  TEGATA_HASH_QUEUE: withDefault('64', 'Passwords that may wait to be checked; beyond that sign-in answers 503.', wholeNumber(1, 10_000)),
})

/** Every key the program reads, in the order of the documentation that is generated from it. */
export const configKeys: readonly (KeyNotes & { readonly key: string })[] = Object.entries(environment.shape)
  .flatMap(([key, schema]) => {
    const found = notes.get(schema)
    return found ? [{ key, ...found }] : []
  })

/** Reads and checks the whole configuration; throws ConfigError with every problem, one line each. */
export function readConfig(env: Environment = process.env): Config {
  const { given, problems } = withSecretFiles(env)
  const parsed = environment.safeParse(given)
  const malformed = parsed.error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? []
  const all = [...problems, ...unknownKeys(env), ...malformed, ...conflicts(given), ...(given['NODE_ENV'] === 'production' ? unfitForProduction(given) : [])]
  if (all.length > 0 || !parsed.success) throw new ConfigError(all)
  return configOf(parsed.data)
}

function configOf(read: z.output<typeof environment>): Config {
  const issuer = read.ISSUER ?? `http://localhost:${read.PORT}`
  const production = read.NODE_ENV === 'production'
  const demo = !production && read.DATABASE_URL === undefined && isLoopback(issuer)
  return {
    mode: read.NODE_ENV,
    issuer,
    port: read.PORT,
    metricsPort: read.METRICS_PORT ?? null,
    databaseUrl: read.DATABASE_URL ?? null,
    tenantDatabaseUrl: read.TENANT_DATABASE_URL ?? null,
    databasePoolSize: read.DATABASE_POOL_SIZE,
    masterKey: read.MASTER_KEY ?? null,
    smtpUrl: read.SMTP_URL ?? null,
    mailFrom: read.MAIL_FROM ?? `Tegata <no-reply@${mailHost(issuer)}>`,
    trustedProxies: read.TRUSTED_PROXIES ?? [],
    dataDir: read.TEGATA_DATA_DIR ?? join(projectRoot, '.data'),
    logLevel: read.TEGATA_LOG_LEVEL ?? (production ? 'info' : 'warn'),
    debug: read.TEGATA_DEBUG,
    hashWorkers: read.TEGATA_HASH_WORKERS ?? availableParallelism(),
    hashQueueLimit: read.TEGATA_HASH_QUEUE,
    apiRateLimit: read.API_RATE_LIMIT,
    registration: read.TEGATA_REGISTRATION ?? (demo ? 'open' : 'closed'),
    rpId: rpIdOf(issuer, read.TEGATA_RP_ID),
    demo,
  }
}

/** Drops empty values and puts the contents of KEY_FILE in the place of KEY. */
function withSecretFiles(env: Environment) {
  const given: Record<string, string> = {}
  const problems: string[] = []
  for (const { key, secret: mayBeFile } of configKeys) {
    const value = env[key]
    const path = mayBeFile ? env[`${key}_FILE`] : undefined
    if (value) given[key] = value
    if (!path) continue
    if (value) {
      problems.push(`${key} and ${key}_FILE are both set: keep one of them.`)
      continue
    }
    try {
      const content = readFileSync(path, 'utf8').trim()
      if (content) given[key] = content
      else problems.push(`${key}_FILE names an empty file, ${path}: put the value in it.`)
    } catch {
      problems.push(`${key}_FILE cannot be read at ${path}: check the path and that this process may read it.`)
    }
  }
  return { given, problems }
}

function unknownKeys(env: Environment): string[] {
  const known = configKeys.map(({ key }) => key).filter((key) => key.startsWith('TEGATA_'))
  return Object.keys(env)
    .filter((key) => key.startsWith('TEGATA_') && env[key] && !known.includes(key))
    .map((key) => `${key} is not a setting of Tegata; the settings that start so are ${known.join(', ')}.`)
}

function conflicts(given: Environment): string[] {
  const problems: string[] = []
  if (given['TENANT_DATABASE_URL'] && !given['DATABASE_URL']) problems.push('TENANT_DATABASE_URL needs DATABASE_URL as well: set both or neither.')
  const port = Number(given['PORT'] ?? '3000')
  const metricsPort = Number(given['METRICS_PORT'])
  if (metricsPort >= port && metricsPort <= port + 2) problems.push('METRICS_PORT must not be PORT nor one of the two ports after it: choose another.')
  const { TEGATA_RP_ID: rpId, ISSUER: issuer } = given
  if (rpId && issuer && isBareOrigin(issuer) && rpIdOf(issuer, rpId) === null) problems.push('TEGATA_RP_ID must be the host of ISSUER or a domain above it.')
  return problems
}

function rpIdOf(issuer: string, named: string | undefined): string | null {
  const { hostname } = new URL(issuer)
  if (isIPv4(hostname) || hostname.startsWith('[')) return null
  return named === undefined || named === hostname || hostname.endsWith(`.${named}`) ? (named ?? hostname) : null
}

function unfitForProduction(given: Environment): string[] {
  const problems: string[] = []
  const { ISSUER: issuer, MASTER_KEY: masterKey } = given
  if (!issuer) problems.push('ISSUER must be set in production: the public https address of this server.')
  else if (isBareOrigin(issuer) && new URL(issuer).protocol === 'http:' && !isLoopback(issuer)) problems.push('ISSUER must start with https:// in production.')
  if (!given['DATABASE_URL']) problems.push('DATABASE_URL must be set in production: the embedded PostgreSQL is for trials.')
  if (!masterKey) problems.push(`MASTER_KEY must be set in production; ${howToMakeKey}`)
  else if (masterKey.startsWith('dev-')) problems.push(`MASTER_KEY is a development key and production refuses it; ${howToMakeKey}`)
  return problems
}

function isBareOrigin(text: string): boolean {
  if (!URL.canParse(text) || /[?#@\s]/.test(text)) return false
  const { protocol, pathname } = new URL(text)
  return /^https?:$/.test(protocol) && pathname === '/'
}

function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}

function mailHost(origin: string): string {
  const { hostname } = new URL(origin)
  return isIPv4(hostname) || hostname.startsWith('[') ? 'localhost' : hostname
}

function isMasterKey(text: string): boolean {
  try {
    return MasterKey.fromText(text) instanceof MasterKey
  } catch {
    return false
  }
}

function splitList(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

function areNetworks(list: readonly string[]): boolean {
  try {
    proxyAddr.compile([...list])
    return true
  } catch {
    return false
  }
}
