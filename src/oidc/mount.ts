/**
 * The running provider: one Provider at a time, exchanged as a whole when keys change, behind one mount point.
 * Invariant: every process notices a change of keys, apps or apis within `pollMilliseconds`; requests under way end on the
 * Provider they began with.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Databases } from '../base/db.ts'
import type { Logger } from '../base/log.ts'
import type { ClientStore } from './client-store.ts'
import { loadKeyRing, type KeyRing } from './keyring.ts'
import { buildProvider, type ProviderDeps } from './provider.ts'
import { findRevision } from './queries.ts'
import { createStaticDocuments, type StaticDocuments } from './static-documents.ts'

const pollMilliseconds = 2000

export interface ProviderMount {
  readonly provider: Provider
  readonly keyRing: KeyRing
  /** Answers discovery and JWKS from memory; false when the request is for something else. */
  serveDocument(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Looks for changes now instead of at the next poll. */
  refresh(): Promise<void>
  stop(): void
}

export interface MountDeps extends ProviderDeps {
  readonly databases: Databases
  readonly clients: ClientStore
  readonly log: Logger
}

interface Running {
  readonly revision: string
  readonly keyRing: KeyRing
  readonly provider: Provider
  readonly handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  readonly documents: StaticDocuments
}

/** Loads the keys, builds the first Provider and begins to watch for changes. */
export async function mountProvider(deps: MountDeps): Promise<ProviderMount> {
  let running = await build(deps)
  const refresh = async (): Promise<void> => {
    if ((await findRevision(deps.pool)) === running.revision) return
    deps.clients.drop()
    running = await build(deps)
  }
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => deps.log.warn({ err: error }, 'could not look for changed keys and apps'))
  }, pollMilliseconds)
  timer.unref()
  return {
    get provider() { return running.provider },
    get keyRing() { return running.keyRing },
    serveDocument: (req, res) => running.documents.serve(req, res),
    handle: (req, res) => running.handle(req, res),
    refresh,
    stop: () => clearInterval(timer),
  }
}

async function build(deps: MountDeps): Promise<Running> {
  // Read before the keys: a change in between is seen at the next poll instead of being missed.
  const revision = await findRevision(deps.pool)
  const keyRing = await loadKeyRing(deps.databases, deps.masterKey)
  const provider = buildProvider(deps, keyRing)
  provider.on('server_error', (ctx, error) => deps.log.error({ err: error, path: ctx.path }, 'the provider failed'))
  const callback = provider.callback()
  return { revision, keyRing, provider, handle: callback, documents: createStaticDocuments(deps.issuer, callback) }
}
