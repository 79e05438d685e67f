/**
 * The entry: one line per command, each in its own file of cli/ and loaded only when it is called.
 * Invariant: whatever goes wrong ends in one line and an exit code.
 */
import { readConfig } from './base/config.ts'
import { fail, UsageError } from './cli/fail.ts'

interface Command {
  readonly meaning: string
  readonly load: () => Promise<{ readonly run: (args: string[]) => Promise<number> }>
}

const commands: Readonly<Record<string, Command>> = {
  start: { meaning: 'everything for development: database, platform, example products', load: () => import('./cli/start.ts') },
  serve: { meaning: 'the platform alone, for production; needs DATABASE_URL', load: () => import('./cli/serve.ts') },
  migrate: { meaning: 'brings the database of DATABASE_URL up to date', load: () => import('./cli/migrate.ts') },
  tenant: { meaning: 'create, list, update, suspend, close tenants, set their sign-in rules', load: () => import('./cli/tenant.ts') },
  operator: { meaning: 'appoint and remove operators, let one into a tenant', load: () => import('./cli/operator.ts') },
  account: { meaning: 'create, list, suspend, resume accounts', load: () => import('./cli/account.ts') },
  membership: { meaning: 'add, list, suspend, resume, end memberships', load: () => import('./cli/membership.ts') },
  member: { meaning: 'invite people, resend and revoke invitations, change a member’s role', load: () => import('./cli/member.ts') },
  app: { meaning: 'who in a tenant may use which app: list, access, assign, unassign', load: () => import('./cli/app.ts') },
  import: { meaning: 'lists of people that were taken in, and the waves in which they are invited', load: () => import('./cli/import.ts') },
  role: { meaning: 'create, list, change, delete roles of a tenant', load: () => import('./cli/role.ts') },
  unit: { meaning: 'create, list, move, merge, delete units of a tenant', load: () => import('./cli/unit.ts') },
  client: { meaning: 'create, list, change, suspend, delete apps; new secrets, claims of their own', load: () => import('./cli/client.ts') },
  api: { meaning: 'create APIs that accept our tokens', load: () => import('./cli/api.ts') },
  key: { meaning: 'list and rotate signing keys', load: () => import('./cli/key.ts') },
  docs: { meaning: 'writes the generated parts of the documents', load: () => import('./cli/docs.ts') },
  schema: { meaning: 'writes the types of the tables from the migrations', load: () => import('./cli/schema.ts') },
}

async function main([name = 'start', ...args]: string[]): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new UsageError(`Node 24 or newer is needed, this is ${process.versions.node}: run \`npm start\`, which brings its own.`)
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new UsageError(`There is no command ${name}: \`tegata --help\` lists them.`)
  const { run } = await command.load()
  return run(args)
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { meaning }]) => `  ${name.padEnd(10)} ${meaning}`)
  return ['tegata <command> [options]', '', ...lines, ''].join('\n')
}

function isDebug(): boolean {
  try {
    return readConfig().debug
  } catch {
    return false
  }
}

function end(error: unknown): never {
  process.exit(fail(error, isDebug()))
}

process.on('uncaughtException', end)
process.on('unhandledRejection', end)
main(process.argv.slice(2)).then((code) => process.exit(code), end)
