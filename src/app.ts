/**
 * The composition root: builds what rooms need, connects what lower rooms declare with what upper rooms ask for, mounts every
 * door, and takes it all down again in the reverse order. Nothing is decided here.
 */
import type { AccountDeps } from './accounts/account-deps.ts'
import { createAttempts } from './accounts/attempts.ts'
import { checkPassword } from './accounts/check-password.ts'
import { eraseDueAccounts, type DeletionDeps } from './accounts/delete-account.ts'
import { deleteStaleDevices } from './accounts/device-queries.ts'
import { isTrustedDevice } from './accounts/devices.ts'
import { createHashPool, type HashPool } from './accounts/hash-pool.ts'
import { deleteExpiredLinks } from './accounts/link-queries.ts'
import { linkPages, type LinkPageDeps } from './accounts/link-pages.ts'
import { createPasswordRules } from './accounts/password-rules.ts'
import { recoverPages } from './accounts/recover-pages.ts'
import { apiEndpoints } from './apps/api-api.ts'
import { clientEndpoints } from './apps/client-api.ts'
import { clientActEndpoints } from './apps/client-acts-api.ts'
import { machineEndpoints } from './apps/machine-api.ts'
import { tenantAppEndpoints } from './apps/tenant-api.ts'
import { moveUnitAssignments } from './apps/tenant-queries.ts'
import { systemClock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import type { MasterKey } from './base/crypto.ts'
import { openDatabases, type Databases } from './base/db.ts'
import type { DemoMailbox } from './base/demo-mailbox.ts'
import { createLogger, type Logger } from './base/log.ts'
import type { Origin } from './base/origin.ts'
import { createMailer } from './base/mail.ts'
import { loadMasterKey } from './base/master-key.ts'
import { prepareDatabase } from './base/prepare-database.ts'
import { pendingMigrations } from './base/migrate.ts'
import type { ConsoleDeps } from './console/deps.ts'
import { consoleDoors } from './console/doors.ts'
import { operatorVisits } from './console/find-operator-visit.ts'
import { logoutTokenSubscriber, logoutTokenTask } from './delivery/logout-tokens.ts'
import { mailSubscriber, sendMailTask } from './delivery/send-mail.ts'
import { deleteSpentChallenges } from './factors/queries.ts'
import { eraseFactors } from './factors/reset-factors.ts'
import { eventEndpoints } from './events/api.ts'
import { startJobs } from './events/jobs.ts'
import { createCursors } from './events/queries.ts'
import { record } from './events/record.ts'
import { startRelay } from './events/relay.ts'
import { createAssets, type ReferenceAssets, type Scripts } from './http/assets.ts'
import { createCookieJar, type CookieJar } from './http/cookies.ts'
import { createCsrf } from './http/csrf.ts'
import { directListener } from './http/direct.ts'
import { createFrame } from './http/frame.ts'
import { createHealth, type Health, type HealthCheck } from './http/health.ts'
import { createIdempotency } from './http/idempotency.ts'
import { createMetrics } from './http/metrics.ts'
import { createHttpApp, createRouter, mountDoors, requestListener, type Door } from './http/mount.ts'
import { deleteStaleKeys } from './http/queries.ts'
import { createRateLimits } from './http/rate-limit.ts'
import { listen } from './http/server.ts'
import { openApiDoor } from './http/openapi.ts'
import { deviceOf } from './interaction/device.ts'
import { interactionPages } from './interaction/pages.ts'
import { memberDoors } from './members/doors.ts'
import { invitationPages } from './members/invitation-pages.ts'
import { createJoinTenant } from './members/join-tenant.ts'
import { tellExpired } from './members/tell-expired.ts'
import { endAllOf, tenantsWithoutOtherAdmin } from './members/leave-tenant.ts'
import { ensureAccountClient } from './oidc/account-client.ts'
import { createAuthenticate, ownApiIdentifier } from './oidc/authenticate.ts'
import { createClientStore, startUrlOf, type ClientStore } from './oidc/client-store.ts'
import { createHandOver, machineDoors, pagesOfProvider } from './oidc/hand-over.ts'
import { endGrants, endGrantsOfApp, endGrantsOfClient, endGrantsWithoutAccess, endOtherSessions, endSessions } from './oidc/endings.ts'
import { startHousekeeping } from './oidc/housekeeping.ts'
import { createEnterTenant } from './oidc/enter-tenant.ts'
import { ensureKeys } from './oidc/keyring.ts'
import { memberSessions } from './oidc/member-sessions.ts'
import { mountProvider, type ProviderMount } from './oidc/mount.ts'
import { askDatabase } from './oidc/queries.ts'
import { createProviderPages } from './oidc/provider-pages.ts'
import { createReferences, type References } from './oidc/references.ts'
import { createAppBook, createSessionBook } from './oidc/session-book.ts'
import type { TrustedDevice } from './oidc/assurance.ts'
import { createRaiseSession, createSessionDesk, ownDoors } from './oidc/session-desk.ts'
import { createTenantDesk } from './oidc/tenant-desk.ts'
import { adminDoors } from './operations/admin-doors.ts'
import type { AdminDeps } from './operations/deps.ts'
import { routes } from './oidc/routes.ts'
import { operationsPages } from './operations/pages.ts'
import { referencePages } from './operations/pages-reference.ts'
import { ensureReferenceClient } from './operations/reference-client.ts'
import { importEndpoints } from './provisioning/api.ts'
import { forgetOldRows } from './provisioning/forget-old-rows.ts'
import { waveEndpoints } from './provisioning/wave-api.ts'
import { runWaveTask, waveSubscriber } from './provisioning/wave-jobs.ts'
import { selfServiceDoors } from './self-service/doors.ts'
import { brandPages } from './tenants/brand-pages.ts'
import { purgeClosedTenants } from './tenants/purge-closed-tenants.ts'
import { findSubdomainSince } from './tenants/queries.ts'
import { breakGlassEndpoints } from './operations/break-glass-api.ts'
import { tenantOperationEndpoints } from './operations/tenant-api.ts'
import { ensureOwnApi, seedDemo } from './operations/seed-demo.ts'

const appGrants = { endGrantsOfApp, endGrantsOfClient, endGrantsWithoutAccess }
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
    await ensureAccountClient({ databases }, config)
    await ensureReferenceClient({ databases }, config)
    const mailbox = options.demo ? await startDemo({ config, databases, masterKey, hashes, onProgress: options.onProgress }) : null
    if (mailbox !== null) endings.push(() => mailbox.close())
    const edge = await buildEdge({ config, log, masterKey, databases, hashes, mailbox })
    endings.push(() => edge.mount.stop())
    const readers = await startReaders({ config, log, databases, masterKey, mount: edge.mount, mailbox, personal: edge.personal })
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

/** What commands of people's own accounts and factors work with. */
function personalDeps(parts: Parts & { masterKey: MasterKey; hashes: HashPool }) {
  const { config, databases, masterKey, hashes } = parts
  const attempts = createAttempts({ databases, masterKey })
  const accounts: AccountDeps = { databases, masterKey, hashes, attempts, passwords: createPasswordRules(), sessions: { endSessions, endOtherSessions } }
  const factors = { databases, masterKey, attempts, issuer: config.issuer, rpId: config.rpId, clock: systemClock }
  const grants = { endGrants }
  const memberships = {
    tenantsWithoutOtherAdmin: (accountId: string) => tenantsWithoutOtherAdmin({ databases }, accountId),
    endAllOf: (accountId: string, origin: Origin) => endAllOf({ databases, grants }, { accountId, origin }),
  }
  const deletion: DeletionDeps = { ...accounts, memberships, factors: { erase: eraseFactors } }
  return { accounts, factors, deletion, grants }
}

type Personal = ReturnType<typeof personalDeps>

async function buildEdge(parts: Parts & { masterKey: MasterKey; hashes: HashPool }) {
  const { config, log, masterKey, databases, hashes, mailbox } = parts
  const pool = databases.enginePool
  const cookies = createCookieJar(config.issuer)
  const assets = createAssets()
  const frame = createFrame(assets.urls)
  const clients = createClientStore(pool)
  const references = createReferences(masterKey)
  const pages = createProviderPages({ frame, cookies, clients, references, log, submitScriptUrl: assets.scripts.submit })
  const trustedDevice: TrustedDevice = async ({ req }, accountId) => {
    const deviceId = deviceOf(req, cookies)
    return deviceId !== null && isTrustedDevice(databases.engine, { accountId, deviceId })
  }
  const mount = await mountProvider({
    issuer: config.issuer, pool, masterKey, clients, references, pages, databases, log, trustedDevice,
  })
  const personal = personalDeps(parts)
  const metrics = createMetrics({ hashQueueDepth: () => hashes.depth })
  const health = createHealth({ checks: healthChecks(databases, mount), metrics, log })
  const doors = allDoors({ ...parts, personal, clients, references, cookies, mount, trustedDevice, scripts: assets.scripts, reference: assets.reference })
  const edge = { issuer: config.issuer, trustedProxies: config.trustedProxies, cookies, log, frame, observe: metrics.observe }
  const app = createHttpApp(edge)
  app.use(health.serve(config.metricsPort === null ? 'this_machine' : 'nobody'))
  app.use(assets.serve)
  const rateLimits = createRateLimits({ perMinute: config.apiRateLimit })
  app.use(rateLimits.otherwise)
  const router = createRouter()
  mountDoors(router, doors, {
    csrf: createCsrf({ masterKey, issuer: config.issuer, cookies }), frame, demo: mailbox !== null,
    sessions: createSessionDesk({ issuer: config.issuer, pool, masterKey, provider: () => mount.provider, trustedDevice }),
    authenticate: createAuthenticate({ pool, references, issuer: config.issuer }), rateLimits, idempotency: createIdempotency({ databases, masterKey }), enterTenant: createEnterTenant({ pool, clients, api: ownApiIdentifier(config.issuer) }),
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
  return { listener, metricsApp, health, mount, doors, personal } satisfies { health: Health } & Record<string, unknown>
}

interface DoorParts extends Parts {
  readonly masterKey: MasterKey
  readonly hashes: HashPool
  readonly personal: Personal
  readonly clients: ClientStore
  readonly references: References
  readonly cookies: CookieJar
  readonly mount: ProviderMount
  readonly trustedDevice: TrustedDevice
  readonly scripts: Scripts
  readonly reference: ReferenceAssets
}

/** Every door that is ours; the provider's own stand behind them. */
function allDoors(parts: DoorParts): readonly Door[] {
  const { config, databases, masterKey, hashes, mailbox, personal, clients, references, cookies, mount, scripts } = parts
  const { accounts, factors, deletion, grants } = personal
  const joinTenant = createJoinTenant({ databases })
  const links: LinkPageDeps = { accounts, scripts, joinTenant, wayBack: (clientId) => wayBack(clients, clientId) }
  const doors: readonly Door[] = [
    ...operationsPages({ config, mailbox }),
    ...referencePages({ issuer: config.issuer, assets: parts.reference }),
    ...brandPages({ databases }),
    ...recoverPages(links),
    ...linkPages(links),
    ...invitationPages(links),
    ...interactionPages({
      databases, clients, references, cookies, provider: () => mount.provider, accounts, factors, scripts,
      registration: config.registration, joinTenant,
      checkPassword: (input) => checkPassword({ databases, hashes, attempts: accounts.attempts, clock: systemClock }, input),
    }),
    ...ownDoors({ issuer: config.issuer, masterKey }),
    ...selfServiceDoors({
      databases, cookies, accounts, deletion, factors, members: { databases, grants }, sessions: createSessionBook({ databases }), apps: createAppBook({ databases }),
      raiseSession: createRaiseSession({ issuer: config.issuer, pool: databases.enginePool, provider: () => mount.provider }),
      deviceOf: ({ req }) => deviceOf(req, cookies), scripts,
    }),
    ...consoleDoors(consoleDeps(parts)),
    ...adminDoors(adminDeps(parts)),
    ...memberDoors({ databases, masterKey, issuer: config.issuer, grants, accounts, memberSessions, apps: { moveUnitAssignments } }),
    ...eventEndpoints({ databases }),
    ...importEndpoints({ databases, masterKey, issuer: config.issuer }),
    ...waveEndpoints({ databases, masterKey, issuer: config.issuer }),
    ...tenantAppEndpoints({ databases, grants: appGrants }),
    ...machineEndpoints({ databases, ownApi: ownApiIdentifier(config.issuer) }),
    ...clientEndpoints({ databases }),
    ...clientActEndpoints({ databases, grants: appGrants }),
    ...apiEndpoints({ databases }),
    ...[tenantOperationEndpoints, breakGlassEndpoints].flatMap((endpointsOf) => endpointsOf({ databases, masterKey })),
    openApiDoor({ issuer: config.issuer, authorizationPath: routes.authorization, tokenPath: routes.token }, () => doors.filter((door) => door.kind === 'endpoint')),
  ]
  return doors
}

/** What a tenant's console works with; who is turned away there is an event as at the JSON doors. */
function consoleDeps({ config, databases, masterKey, personal, cookies, trustedDevice, scripts }: DoorParts): ConsoleDeps {
  return {
    databases, masterKey, cookies, scripts, issuer: config.issuer, grants: personal.grants, appGrants, accounts: personal.accounts, memberSessions,
    desk: createTenantDesk({ pool: databases.enginePool, trustedDevice }),
    findOperatorVisit: operatorVisits(databases),
    findFormerSubdomain: (subdomain) => findSubdomainSince(databases.engine, subdomain),
    onTurnedAway: recordTurnedAway(databases),
  }
}

/** What the operators' console works with. */
function adminDeps({ config, databases, masterKey, personal, cookies, scripts }: DoorParts): AdminDeps {
  const { accounts, factors } = personal
  return {
    databases, masterKey, cookies, scripts, accounts, factors, issuer: config.issuer, sessions: createSessionBook({ databases }),
    askSelf: (path, init) => fetch(`http://127.0.0.1:${config.port}${path}`, init),
    onTurnedAway: recordTurnedAway(databases),
  }
}

function recordTurnedAway(databases: Databases): ConsoleDeps['onTurnedAway'] {
  return ({ ctx, path, accountId, tenantId, reason }) => databases.inEngine((trx) => record(trx, {
    type: 'access.refused', outcome: 'refused', reason, subject: `${ctx.method} ${path}`, actor: accountId, tenantId, origin: ctx.state.origin,
  }))
}

/** The app that a person came from, where it says itself that people start; nothing of a request is believed. */
async function wayBack(clients: ClientStore, clientId: string | null): Promise<{ name: string; url: string } | null> {
  const client = clientId === null ? undefined : await clients.find(clientId)
  const url = client === undefined ? undefined : startUrlOf(client)
  return client === undefined || url === undefined ? null : { name: client.name, url }
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

async function startReaders(parts: Parts & { masterKey: MasterKey; mount: ProviderMount; personal: Personal }) {
  const { config, databases, log, masterKey, mount, mailbox, personal } = parts
  const mailer = createMailer({ smtpUrl: mailbox?.smtpUrl ?? config.smtpUrl, mailFrom: config.mailFrom })
  const jobs = await startJobs({
    databases, log, concurrency: 4,
    tasks: {
      send_mail: sendMailTask({ databases, mailer, masterKey, config, log }),
      send_logout_token: logoutTokenTask({ databases, config, log, sign: (payload, options) => mount.keyRing.sign(payload, options) }),
    },
  })
  // Beside the others: a long list of people holds up nobody's mail.
  const imports = await startJobs({ databases, log, concurrency: 2, tasks: { run_import_wave: runWaveTask({ databases, masterKey }) } })
  const subscribers = [mailSubscriber, logoutTokenSubscriber, waveSubscriber]
  // Before the first request: an event that comes before its reader has a place in the log is never read.
  await createCursors(databases.engine, subscribers.map(({ name }) => name))
  const relay = startRelay({ databases, log, pollMs: 300, subscribers })
  const housekeeping = startHousekeeping({
    databases, log,
    more: [
      (limit) => deleteExpiredLinks(databases.engine, limit), (limit) => deleteSpentChallenges(databases.engine, limit),
      (limit) => deleteStaleDevices(databases.engine, limit), (limit) => forgetOldRows({ databases }, limit), () => eraseDueAccounts(personal.deletion), () => purgeClosedTenants({ databases }),
      (limit) => tellExpired({ databases }, limit), (limit) => deleteStaleKeys(databases.engine, limit),
    ],
  })
  return {
    async stop() {
      await relay.stop()
      await Promise.all([jobs.stop(), imports.stop()])
      await housekeeping.stop()
      mailer.close()
    },
  }
}
