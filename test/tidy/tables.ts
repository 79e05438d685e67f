/**
 * SQL and the tables: where statements may stand, and that each table has one room that writes it (others may join it to read).
 */
import ts from 'typescript'
import { roomOf } from './rooms.ts'
import { finding, inFolder, isCode, literalsOf, nodesOf, type Findings, type SourceFile } from './source.ts'

/** The room that writes each table; a new table gets its line here. */
export const writers: Readonly<Record<string, string>> = {
  account: 'accounts',
  account_link: 'accounts',
  attempt: 'accounts',
  device: 'accounts',
  factor_password: 'accounts',
  operator: 'accounts',
  factor_passkey: 'factors',
  factor_recovery_code: 'factors',
  factor_totp: 'factors',
  spent_challenge: 'factors',
  event: 'events',
  event_cursor: 'events',
  break_glass: 'tenants',
  former_subdomain: 'tenants',
  tenant: 'tenants',
  tenant_logo: 'tenants',
  unit: 'tenants',
  invitation: 'members',
  role: 'members',
  membership: 'members',
  membership_unit: 'members',
  api: 'apps',
  client: 'apps',
  client_assignment: 'apps',
  tenant_client: 'apps',
  import_row: 'provisioning',
  import_wave: 'provisioning',
  member_import: 'provisioning',
  idempotency_key: 'http',
  consent: 'oidc',
  oidc_artifact: 'oidc',
  oidc_grant: 'oidc',
  session: 'oidc',
  signing_key: 'oidc',
}

/** Files that write a table of another room, each with its reason. */
export const guestWriters: readonly { readonly path: string; readonly table: string; readonly because: string }[] = [
  { path: 'src/oidc/flush-parts.ts', table: 'event', because: 'the token path writes all it decided in one statement, its events included' },
  { path: 'src/oidc/flush-parts.ts', table: 'membership', because: 'the day on which a member was last seen goes with the statement that lets them act' },
]

/** Places besides queries files where statements belong, each with its reason. */
export const sqlPlaces: Readonly<Record<string, string>> = {
  'src/base/db.ts': 'sets the tenant of a transaction',
  'src/base/embedded-cluster.ts': 'makes the embedded server, before there is a database to query',
  'src/base/migrate.ts': 'runs the migrations',
  'src/base/roles.ts': 'makes and judges the database roles',
  'src/oidc/flush-parts.ts': 'holds the parts of the one statement that queries.ts runs',
}

/** Table names as the generated types list them. */
export function tablesOf(schema: SourceFile): readonly string[] {
  for (const node of nodesOf(schema)) {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'DB') {
      return node.members.flatMap((member) => (member.name !== undefined && ts.isIdentifier(member.name) ? [member.name.text] : []))
    }
  }
  return []
}

interface Write {
  readonly table: string
  readonly node: ts.Node
}

const builders = new Set(['insertInto', 'replaceInto', 'updateTable', 'deleteFrom', 'mergeInto'])
const writing = /\b(?:(?:insert|merge)\s+into|delete\s+from(?:\s+only)?|update(?:\s+only)?(?=\s+"?\w+"?(?:\s+as)?(?:\s+\w+)?\s+set\b)|truncate(?:\s+table)?|copy(?=\s+\w+[^;]*\sfrom\b))\s+(?:public\.)?"?(\w+)"?/gi

/** What a file writes: by plain SQL, by Kysely's builders, or by a library that is told the name of its table. */
export function writesOf(file: SourceFile): readonly Write[] {
  const plain = [...literalsOf(file)].flatMap(({ node, text }) => [...text.matchAll(writing)].map(([, table = '']) => ({ table, node })))
  return [...plain, ...[...nodesOf(file)].flatMap((node) => builtWrite(node) ?? [])]
}

function builtWrite(node: ts.Node): Write | undefined {
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'tableName' && ts.isStringLiteral(node.initializer)) return { table: node.initializer.text, node }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || !builders.has(node.expression.name.text)) return undefined
  const [first] = node.arguments
  return first !== undefined && ts.isStringLiteral(first) ? { table: first.text.split(' ')[0] ?? '', node } : undefined
}

export function oneWriterPerTable(files: readonly SourceFile[], tables: readonly string[]): Findings {
  const unlisted = tables.filter((table) => !Object.hasOwn(writers, table)).map((table) => `the table ${table} has no writer room: name it in test/tidy/tables.ts.`)
  const gone = Object.keys(writers).filter((table) => !tables.includes(table)).map((table) => `test/tidy/tables.ts names the table ${table}, which is not in src/base/schema.ts: take its line out.`)
  const foreign = files.filter((file) => inFolder(file.path, 'src') && isCode(file)).flatMap((file) =>
    writesOf(file).flatMap(({ table, node }) => {
      const owner = writers[table]
      if (owner === undefined || owner === roomOf(file.path) || guestWriters.some((guest) => guest.path === file.path && guest.table === table)) return []
      return [finding(file, node, `writes ${table}, which is the table of ${owner}: call a verb of src/${owner}, or a port of it that app.ts connects.`)]
    }),
  )
  return [...unlisted, ...gone, ...foreign]
}

/** An exception nobody needs any more is taken out, so that the list stays short. */
export function exceptionsAreUsed(files: readonly SourceFile[]): Findings {
  const idleGuests = guestWriters.filter(({ path, table }) => !files.some((file) => file.path === path && writesOf(file).some((write) => write.table === table)))
  const idlePlaces = Object.keys(sqlPlaces).filter((path) => !files.some((file) => file.path === path && statementsOf(file).length > 0))
  return [
    ...idleGuests.map(({ path, table }) => `${path} does not write ${table} any more: take the exception out of test/tidy/tables.ts.`),
    ...idlePlaces.map((path) => `${path} holds no SQL any more: take the exception out of test/tidy/tables.ts.`),
  ]
}

const reading = new Set(['selectFrom', 'selectNoFrom', 'withRecursive'])
const statement = [
  String.raw`select\s+\S`, String.raw`insert\s+into\s`, String.raw`update\s+\S+\s+(?:\S+\s+)?set\s`, String.raw`delete\s+from\s`, String.raw`merge\s+into\s`,
  String.raw`(?:with\s+(?:recursive\s+)?)?\w+\s+as\s+(?:materialized\s+)?\(\s*(?:select|insert|update|delete)\s`, String.raw`(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:unique\s+)?(?:table|role|user|policy|function|index|database|schema|trigger|view|type|sequence|extension)\s`,
  String.raw`grant\s[^.]+\s(?:on|to)\s`, String.raw`revoke\s[^.]+\sfrom\s`, String.raw`truncate\s`, String.raw`set\s+(?:local|role|session)\s`, String.raw`lock\s+table\s`,
].join('|')
// House style is lower case; capitals are caught too, a sentence that begins with a capital letter is not.
const lower = new RegExp(`^\\s*(?:${statement})`)
const upper = /^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|WITH|CREATE|ALTER|DROP|GRANT|REVOKE|TRUNCATE|SET LOCAL)\s/

function statementsOf(file: SourceFile): readonly ts.Node[] {
  const written = [...literalsOf(file)].filter(({ text }) => lower.test(text) || upper.test(text) || writesKnownTable(text)).map(({ node }) => node)
  const built = [...nodesOf(file)].filter((node) => {
    if (ts.isTaggedTemplateExpression(node)) return /^sql(?:\.|<|$)/.test(node.tag.getText())
    return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && (builders.has(node.expression.name.text) || reading.has(node.expression.name.text))
  })
  return [...written, ...built]
}

/** Also in the middle of a statement that begins elsewhere. */
function writesKnownTable(text: string): boolean {
  return [...text.matchAll(writing)].some(([, table = '']) => Object.hasOwn(writers, table))
}

export function sqlStandsInQueries(files: readonly SourceFile[]): Findings {
  return files
    .filter((file) => inFolder(file.path, 'src') && isCode(file) && !/(?:^|[/-])queries\.ts$/.test(file.path) && !Object.hasOwn(sqlPlaces, file.path))
    .flatMap((file) => statementsOf(file).map((node) => finding(file, node, `holds SQL: move the statement into ${queriesOf(file.path)} and call it by a name (find, get, list, insert, update, delete, lock).`)))
}

function queriesOf(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return folder === 'src' ? 'the queries.ts of its room' : `${folder}/queries.ts`
}
