/**
 * `tegata docs`: writes the generated parts of README.md and docs/ from the code that is the truth; `--check` only compares.
 * A part stands between `<!-- generated: name -->` and `<!-- end of generated -->`; everything outside is written by hand and left alone.
 * Invariant: every part has at least one place, so no table can be forgotten.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configKeys } from '../base/config.ts'
import { projectRoot } from '../base/root.ts'
import { catalogue } from '../events/catalogue.ts'
import { genericProblems } from '../http/problem.ts'
import { permissions } from '../members/permission.ts'
import { claimsByScope } from '../oidc/claims.ts'
import { lifetimes } from '../oidc/configuration.ts'
import { routes } from '../oidc/routes.ts'
import { formContract, type PageContract } from '../../views/form-contract.ts'
import { UsageError } from './fail.ts'

export interface Page {
  /** From the project's folder. */
  readonly path: string
  readonly text: string
}

const parts = {
  configuration: () => table(['key', 'default', 'meaning'], configKeys.map(({ key, default: value, meaning, secret }) => [
    code(key) + (secret ? ` or ${code(`${key}_FILE`)}` : ''), plain(value), plain(meaning),
  ])),
  events: () => table(['type', 'subject', 'meaning'], Object.entries(catalogue).map(([type, { subject, says }]) => [code(type), subject, says])),
  forms: () => Object.entries(formContract).map(([name, page]) => formOf(name, page)).join('\n\n'),
  claims: () => table(['scope', 'claims'], Object.entries(claimsByScope).map(([scope, claims]) => [code(scope), claims.map(code).join(', ')])),
  routes: () => table(['endpoint', 'path', 'standard'], Object.entries(routes).map(([name, path]) => [name.replaceAll('_', ' '), code(path), standardOf(name)])),
  lifetimes: () => table(['thing', 'lives'], Object.entries(lifetimes).map(([name, seconds]) => [spaced(name), duration(seconds)])),
  permissions: () => table(['permission', 'meaning'], Object.entries(permissions).map(([name, meaning]) => [code(name), meaning])),
  problems: () => table(['reason', 'status', 'meaning'], Object.entries(genericProblems).map(([reason, { status, detail }]) => [code(reason), String(status), detail])),
} as const satisfies Readonly<Record<string, () => string>>

/** A new route does not compile before its standard is named here. */
const standards: Readonly<Record<keyof typeof routes, string>> = {
  authorization: 'OpenID Connect Core §3.1.2, RFC 6749 §3.1',
  token: 'OpenID Connect Core §3.1.3, RFC 6749 §3.2',
  pushed_authorization_request: 'RFC 9126',
  userinfo: 'OpenID Connect Core §5.3',
  introspection: 'RFC 7662',
  revocation: 'RFC 7009',
  jwks: 'RFC 7517 §5',
  end_session: 'OpenID Connect RP-Initiated Logout',
}

function formOf(name: string, page: PageContract): string {
  const heading = `### ${code(name)}\n\n${page.meaning} ${page.action === null ? 'No form.' : `Posts to ${code(page.action)}.`}`
  const rows = Object.values(page.elements).map((element) => [
    code(element.id),
    'type' in element ? `${element.element}, ${element.type}` : element.element,
    'name' in element ? code(element.name) : '',
    'value' in element ? code(element.value) : 'required' in element && element.required ? '(required)' : '',
    element.meaning,
  ])
  return rows.length === 0 ? heading : `${heading}\n\n${table(['id', 'element', 'name', 'value', 'meaning'], rows)}`
}

function standardOf(name: string): string {
  return Object.entries(standards).find(([known]) => known === name)?.[1] ?? ''
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

/** Text that would be read as a tag is shown as it is. */
function plain(text: string): string {
  return text.replaceAll('<', '\\<')
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('id token', 'ID token')
}

/** 5400 seconds are "90 minutes": the largest unit without a remainder. */
function duration(seconds: number): string {
  const units = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? units[3]
  return `${seconds / size} ${unit}${seconds === size ? '' : 's'}`
}

const opening = /<!-- generated: (.*?) -->/
const closing = '<!-- end of generated -->'
const place = new RegExp(`${opening.source}[\\s\\S]*?${closing}`, 'g')

/** The page with its generated parts as the code has them now; throws for a part that nobody makes. */
export function refreshed({ path, text }: Page): string {
  return text.replace(place, (found) => {
    const name = opening.exec(found)?.[1] ?? ''
    const make = Object.entries(parts).find(([known]) => known === name)?.[1]
    if (make === undefined) throw new UsageError(`${path} asks for a generated part called ${name}; there are ${Object.keys(parts).join(', ')}.`)
    return `<!-- generated: ${name} -->\n\n${make()}\n\n${closing}`
  })
}

/** Parts that none of the pages shows. */
export function missingParts(pages: readonly Page[]): readonly string[] {
  return Object.keys(parts).filter((name) => !pages.some(({ text }) => text.includes(`<!-- generated: ${name} -->`)))
}

/** README.md and every page of docs/, folders below it included. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).toSorted()
  return ['README.md', ...inDocs.map((name) => join('docs', name))].map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }))
}

/** Writes the pages, or with `--check` compares them: exit code 1 and one line when one is not what the code says. */
export function run(args: readonly string[]): Promise<number> {
  const [option, ...rest] = args
  if (rest.length > 0 || (option !== undefined && option !== '--check')) throw new UsageError('`tegata docs` takes one option at most: --check.')
  const pages = readPages()
  const stale = pages.filter((page) => refreshed(page) !== page.text)
  const missing = missingParts(pages)
  if (missing.length > 0) throw new UsageError(`No page of docs/ shows ${missing.join(', ')}: give it a place, <!-- generated: ${missing[0] ?? ''} -->.`)
  if (option === undefined) {
    for (const page of stale) writeFileSync(join(projectRoot, page.path), refreshed(page))
    return Promise.resolve(0)
  }
  if (stale.length > 0) process.stderr.write(`${stale.map(({ path }) => path).join(', ')} is not what the code says: run \`npm run docs\` and commit the result.\n`)
  return Promise.resolve(stale.length === 0 ? 0 : 1)
}
