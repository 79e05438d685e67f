/**
 * The composition root: builds what rooms need, connects what lower rooms declare with what upper rooms ask for, mounts every
 * door, and takes it all down again in the reverse order. Nothing is decided here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createAttempts } from './accounts/attempts.ts'
import { checkPassword } from './accounts/check-password.ts'
import { createHashPool, type HashPool } from './accounts/hash-pool.ts'
import { systemClock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import type { MasterKey } from './base/crypto.ts'
import { openDatabases, type Databases } from './base/db.ts'
import type { DemoMailbox } from './base/demo-mailbox.ts'
import { createLogger, type Logger } from './base/log.ts'
import { createMailer } from './base/mail.ts'
import { loadMasterKey } from './base/master-key.ts'
import { prepareDatabase } from './base/prepare-database.ts'
import { pendingMigrations } from './base/migrate.ts'
import { logoutTokenSubscriber, logoutTokenTask } from './delivery/logout-tokens.ts'
import { mailSubscriber, sendMailTask } from './delivery/send-mail.ts'
import { startJobs } from './events/jobs.ts'
import { record } from './events/record.ts'
import { startRelay } from './events/relay.ts'
import { createAssets } from './http/assets.ts'
import { createCookieJar } from './http/cookies.ts'
import { createCsrf } from './http/csrf.ts'
import type { AppMiddleware } from './http/context.ts'
import { directListener } from './http/direct.ts'
import { createFrame } from './http/frame.ts'
import { contentSecurityPolicy } from './http/headers.ts'
import { createHealth, type Health, type HealthCheck } from './http/health.ts'
import { createMetrics } from './http/metrics.ts'
import { createHttpApp, createRouter, mountDoors, requestListener, type Door } from './http/mount.ts'
import { listen } from './http/server.ts'
import { interactionPages } from './interaction/pages.ts'
import { memberEndpoints } from './members/api.ts'
import { createAuthenticate } from './oidc/authenticate.ts'
import { createClientStore } from './oidc/client-store.ts'
import { routes } from './oidc/routes.ts'
import { endGrants } from './oidc/endings.ts'
import { startHousekeeping } from './oidc/housekeeping.ts'
import { ensureKeys } from './oidc/keyring.ts'
import { mountProvider, type ProviderMount } from './oidc/mount.ts'
import { askDatabase } from './oidc/queries.ts'
import { createProviderPages } from './oidc/provider-pages.ts'
import { createReferences } from './oidc/references.ts'
import { documentPaths } from './oidc/static-documents.ts'
import { operationsPages } from './operations/pages.ts'
import { ensureOwnApi, seedDemo } from './operations/seed-demo.ts'

const stopGraceMilliseconds = 10_000

export interface StartOptions {
  readonly databaseUrl: string
  readonly demo: boolean
  readonly onProgress: (line: string) => void
}

export interface RunningServer {
  readonly issuer: string
  readonly port: number
  readonly doors: readonly Door[]
  readonly mount: ProviderMount
  stop(): Promise<void>
}

/** Prepares the database, loads the keys, serves. Throws with one clear line when it must not or cannot. */
export async function startServer(config: Config, options: StartOptions): Promise<RunningServer> {
  const log = createLogger({ level: config.logLevel, debug: config.debug })
  const masterKey = loadMasterKey(config)
  const urls = await prepareDatabase({ config, databaseUrl: options.databaseUrl, masterKey, onProgress: options.onProgress })
  const endings: (() => Promise<void> | void)[] = []
  const stop = async (): Promise<void> => {
    while (endings.length > 0) await endings.pop()?.()
  }
  try {
    const databases = openDatabases(urls, config.databasePoolSize, log)
    endings.push(() => databases.close())
    const hashes = createHashPool({ workers: config.hashWorkers, queueLimit: config.hashQueueLimit, log })
    endings.push(() => hashes.close())
    await ensureKeys(databases, masterKey)
    await ensureOwnApi({ databases }, config)
    const mailbox = options.demo ? await startDemo({ config, databases, masterKey, hashes, onProgress: options.onProgress }) : null
    if (mailbox !== null) endings.push(() => mailbox.close())
    const edge = await buildEdge({ config, log, masterKey, databases, hashes, mailbox })
    endings.push(() => edge.mount.stop())
    const readers = await startReaders({ config, log, databases, mount: edge.mount, mailbox })
    endings.push(() => readers.stop())
    if (config.metricsPort !== null) {
      const metrics = await listen(requestListener(edge.metricsApp), config.metricsPort)
      endings.push(() => metrics.stop(1000))
    }
    const server = await listen(edge.listener, config.port)
    endings.push(async () => {
      edge.health.drain()
      await server.stop(stopGraceMilliseconds)
    })
    return { issuer: config.issuer, port: server.port, doors: edge.doors, mount: edge.mount, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  readonly config: Config
  readonly databases: Databases
  readonly mailbox: DemoMailbox | null
  readonly log: Logger
}

async function startDemo(parts: { config: Config; databases: Databases; masterKey: MasterKey; hashes: HashPool; onProgress: (line: string) => void }): Promise<DemoMailbox> {
  await seedDemo(parts, parts.config)
  // Loaded in the demo only: a server in production needs no mail server in its memory.
  const { startDemoMailbox } = await import('./base/demo-mailbox.ts')
  return startDemoMailbox()
}

async function buildEdge(parts: Parts & { masterKey: MasterKey; hashes: HashPool }) {
  const { config, log, masterKey, databases, hashes, mailbox } = parts
  const pool = databases.enginePool
  const cookies = createCookieJar(config.issuer)
  const assets = createAssets()
  const frame = createFrame(assets.urls)
  const clients = createClientStore(pool)
  const references = createReferences(masterKey)
  const pages = createProviderPages({ frame, cookies, clients, references, log, submitScriptUrl: assets.submitScriptUrl })
  const mount = await mountProvider({ issuer: config.issuer, pool, masterKey, clients, references, pages, databases, log })
  const attempts = createAttempts({ databases, masterKey })
  const metrics = createMetrics({ hashQueueDepth: () => hashes.depth })
  const health = createHealth({ checks: healthChecks(databases, mount), metrics, log })
  const doors: readonly Door[] = [
    ...operationsPages({ config, mailbox }),
    ...interactionPages({
      databases, clients, references, cookies, provider: () => mount.provider,
      checkPassword: (input) => checkPassword({ databases, hashes, attempts, clock: systemClock }, input),
    }),
    ...memberEndpoints({ databases, grants: { endGrants } }),
  ]
  const edge = { issuer: config.issuer, trustedProxies: config.trustedProxies, cookies, log, frame, observe: metrics.observe }
  const app = createHttpApp(edge)
  app.use(health.serve(config.metricsPort === null ? 'this_machine' : 'nobody'))
  app.use(assets.serve)
  const router = createRouter()
  mountDoors(router, doors, {
    csrf: createCsrf({ masterKey, issuer: config.issuer, cookies }), frame, demo: mailbox !== null,
    authenticate: createAuthenticate({ pool, references, issuer: config.issuer }),
    onRefused: ({ ctx, door, caller, reason }) => databases.inEngine((trx) => record(trx, {
      type: 'access.refused', outcome: 'refused', reason, subject: `${door.method} ${door.path}`, actor: caller?.accountId ?? caller?.clientId ?? null,
      clientId: caller?.clientId ?? null, tenantId: caller?.tenantId ?? null, origin: ctx.state.origin,
    })),
  })
  app.use(router.routes())
  const toProvider = createHandOver(config.issuer, mount)
  app.use(pagesOfProvider(toProvider))
  const listener = directListener({
    ...edge, metrics, paths: machineDoors, answer: toProvider, otherwise: requestListener(app),
  })
  const metricsApp = createHttpApp(edge)
  metricsApp.use(health.serve('everybody'))
  return { listener, metricsApp, health, mount, doors } satisfies { health: Health } & Record<string, unknown>
}

type HandOver = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Hands a request to the provider, which builds its links from what the edge says: ISSUER, never the request. */
function createHandOver(issuer: string, mount: ProviderMount): HandOver {
  const { host, protocol } = new URL(issuer)
  const scheme = protocol.slice(0, -1)
  return async (req, res) => {
    Object.assign(req.headers, { host, 'x-forwarded-host': host, 'x-forwarded-proto': scheme })
    if (!(await mount.serveDocument(req, res))) await mount.handle(req, res)
  }
}

/** Endpoints that only programs call. */
const machineDoors: ReadonlySet<string> = new Set([
  routes.token, routes.userinfo, routes.introspection, routes.revocation, routes.pushed_authorization_request, ...documentPaths,
])

/** What no door of ours took and people see: authorize, resume, logout. */
function pagesOfProvider(toProvider: HandOver): AppMiddleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/oauth2/')) {
      await next()
      return
    }
    ctx.respond = false
    ctx.state.door = providerDoor(ctx.path)
    ctx.res.statusCode = 200
    // The library answers some requests with a form that submits itself, to the app where response_mode=form_post asks for it.
    ctx.set('Content-Security-Policy', contentSecurityPolicy({ formAction: 'any' }))
    await toProvider(ctx.req, ctx.res)
  }
}

/** The path as metrics may count it: the resume address carries a value of its own. */
function providerDoor(path: string): string {
  if (path.startsWith(`${routes.authorization}/`)) return `${routes.authorization}/:uid`
  return path === routes.authorization || /^\/oauth2\/logout(?:\/(?:confirm|success))?$/.test(path) ? path : '/oauth2/other'
}

function healthChecks(databases: Databases, mount: ProviderMount): readonly HealthCheck[] {
  return [
    { name: 'database', check: () => askDatabase(databases.enginePool).then(() => null) },
    {
      name: 'migrations',
      check: async () => {
        const pending = await pendingMigrations(databases.engine)
        return pending.length === 0 ? null : `run tegata migrate: ${pending.join(', ')}`
      },
    },
    { name: 'keys', check: () => Promise.resolve(mount.keyRing.jwks.length > 0 ? null : 'no signing keys') },
  ]
}

async function startReaders(parts: Parts & { mount: ProviderMount }) {
  const { config, databases, log, mount, mailbox } = parts
  const mailer = createMailer({ smtpUrl: mailbox?.smtpUrl ?? config.smtpUrl, mailFrom: config.mailFrom })
  const jobs = await startJobs({
    databases, log, concurrency: 4,
    tasks: {
      send_mail: sendMailTask({ databases, mailer, config, log }),
      send_logout_token: logoutTokenTask({ databases, config, log, sign: (payload, options) => mount.keyRing.sign(payload, options) }),
    },
  })
  const relay = startRelay({ databases, log, pollMs: 300, subscribers: [mailSubscriber, logoutTokenSubscriber] })
  const housekeeping = startHousekeeping({ databases, log })
  return {
    async stop() {
      await relay.stop()
      await jobs.stop()
      await housekeeping.stop()
      mailer.close()
    },
  }
}
