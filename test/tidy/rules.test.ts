/**
 * Proves that the rules of the house can fail: each is fed files that break it, and files that come close and do not.
 */
import { describe, expect, it } from 'vitest'
import { configKeys } from '../../src/base/config.ts'
import { missingParts, refreshed } from '../../src/cli/docs.ts'
import { catalogue } from '../../src/events/catalogue.ts'
import { permissions } from '../../src/members/permission.ts'
import { formContract } from '../../views/form-contract.ts'
import { compilerIsObeyed, environmentIsReadOnce, markupStandsInViews, nothingIsCommentedOut, testsAllRun } from './code.ts'
import { everyCommandExists, everyDoorIsDocumented, everyLinkLeadsSomewhere, everyRoomIsOnTheMap } from './docs.ts'
import { everyFileIsUsed } from './reach.ts'
import { importsFollowTheLine, noCircles, roomsAreKnown } from './rooms.ts'
import { filesAreShort, functionsAreShort } from './sizes.ts'
import type { Findings, SourceFile } from './source.ts'
import { exceptionsAreUsed, guestWriters, oneWriterPerTable, sqlPlaces, sqlStandsInQueries, tablesOf, writers } from './tables.ts'
import { filesSayWhatTheyOwn, migrationsAreNumbered, nothingIsLeftOver, nothingNamesOneMachine } from './text.ts'

type Rule = (files: readonly SourceFile[]) => Findings

function file(path: string, text = '/** Owns something. */\n'): SourceFile {
  return { path, text }
}

/** How many findings the rule has for one file with this text. */
function count(rule: Rule, path: string, text: string): number {
  return rule([file(path, text)]).length
}

const allTables = (files: readonly SourceFile[]): Findings => oneWriterPerTable(files, Object.keys(writers))
const importing = (specifier: string): string => `import { x } from '${specifier}'\n`
const lines = (count: number): string => 'x()\n'.repeat(count)

describe('the list of rooms', () => {
  it.each([
    'src/payments/pay.ts', 'src/helper.ts', 'src/oidc/utils/text.ts', 'views/common/box.tsx', 'src/members/services/invite.ts', 'src/oidc/index.ts', 'views/parts/index.tsx',
  ])('refuses %s', (path) => expect(roomsAreKnown([file(path)])).toHaveLength(1))

  it.each(['src/oidc/claims.ts', 'src/rp/verify.ts', 'src/app.ts', 'src/main.ts', 'src/bootstrap.mjs', 'views/parts/link.tsx', 'test/helpers/person.ts'])('takes %s', (path) => {
    expect(roomsAreKnown([file(path)])).toEqual([])
  })
})

describe('the line of rooms', () => {
  it.each([
    ['src/base/config.ts', '../http/page.ts'],
    ['src/events/record.ts', '../accounts/account.ts'],
    ['src/accounts/account.ts', '../app.ts'],
    ['src/app.ts', './cli/start.ts'],
    ['src/cli/start.ts', '../main.ts'],
    ['src/oidc/claims.ts', '../rp/verify.ts'],
    ['src/rp/verify.ts', '../base/crypto.ts'],
    ['src/bootstrap.mjs', './base/config.ts'],
    ['src/base/mail.ts', '../../views/render.ts'],
    ['src/oidc/claims.ts', '../../test/helpers/person.ts'],
    ['views/pages/home.tsx', '../../src/base/config.ts'],
    ['views/pages/home.tsx', 'node:fs'],
    ['examples/karte/karte.ts', '../koe/koe.ts'],
    ['examples/karte/karte.ts', '../../src/rp/verify.ts'],
  ])('refuses %s that imports %s', (path, specifier) => expect(count(importsFollowTheLine, path, importing(specifier))).toBe(1))

  it.each([
    ['src/events/record.ts', '../base/db.ts'],
    ['src/oidc/claims.ts', './facts.ts'],
    ['src/interaction/pages.ts', '../../views/pages/home.tsx'],
    ['src/cli/start.ts', '../app.ts'],
    ['src/main.ts', './cli/fail.ts'],
    ['src/oidc/claims.ts', 'oidc-provider'],
    ['views/pages/home.tsx', '../parts/link.tsx'],
    ['test/oidc/claims.test.ts', '../../src/oidc/claims.ts'],
  ])('lets %s import %s', (path, specifier) => expect(count(importsFollowTheLine, path, importing(specifier))).toBe(0))

  it.each([`import type { X } from '../oidc/claims.ts'`, `export * from '../oidc/claims.ts'`, `const x = await import('../oidc/claims.ts')`, `type X = import('../oidc/claims.ts').X`])(
    'sees %s', (text) => expect(count(importsFollowTheLine, 'src/base/config.ts', text)).toBe(1),
  )

  it('finds a circle of three files, and none in a line of three', () => {
    const link = (name: string, next: string): SourceFile => file(`src/oidc/${name}.ts`, importing(`./${next}.ts`))
    expect(noCircles([link('a', 'b'), link('b', 'c'), link('c', 'a')])).toEqual([expect.stringContaining('src/oidc/a.ts → src/oidc/b.ts → src/oidc/c.ts → src/oidc/a.ts')])
    expect(noCircles([link('a', 'b'), link('b', 'c'), file('src/oidc/c.ts')])).toEqual([])
  })
})

describe('the writers of tables', () => {
  it.each([
    'await trx.query.insertInto("account").values(row).execute()',
    `db.updateTable('account as a').set({})`,
    `db.deleteFrom('account')`,
    `db.mergeInto('account')`,
    'const text = `insert into account (id) values ($1)`',
    'const text = `update account a set status = $1`',
    'const text = "DELETE FROM account WHERE id = $1"',
    'sql`with gone as (delete from only account returning 1) select 1`',
    'sql`update ${x} set y = 1; truncate account`',
    `new Limiter({ tableName: 'account' })`,
  ])('refuses %s in another room', (text) => expect(count(allTables, 'src/oidc/queries.ts', text)).toBe(1))

  it.each([
    `db.selectFrom('account')`,
    'const text = `select * from account for update skip locked`',
    'const text = `insert into session (uid) select id from account`',
    'const text = `insert into session (uid) values ($1) on conflict (uid) do update set uid = excluded.uid`',
    'const says = "Update your account and set a password."',
  ])('lets another room read: %s', (text) => expect(count(allTables, 'src/oidc/queries.ts', text)).toBe(0))

  it('lets the owner write', () => expect(count(allTables, 'src/accounts/queries.ts', `db.deleteFrom('account')`)).toBe(0))

  it('lets the flush write events, and nobody else beside the log', () => {
    const text = 'const cte = `told as (insert into event (id) select 1)`'
    expect(guestWriters).toHaveLength(2)
    expect(count(allTables, 'src/oidc/flush-parts.ts', text)).toBe(0)
    expect(count(allTables, 'src/oidc/queries.ts', text)).toBe(1)
  })

  it('wants a writer for each table, and no writer for none', () => {
    expect(oneWriterPerTable([], [...Object.keys(writers), 'invoice'])).toEqual([expect.stringContaining('invoice')])
    expect(oneWriterPerTable([], Object.keys(writers).slice(1))).toHaveLength(1)
  })

  it('reads the tables from the generated types', () => {
    expect(tablesOf(file('src/base/schema.ts', 'export interface Account { id: string }\nexport interface DB { account: Account; oidc_grant: Account }'))).toEqual(['account', 'oidc_grant'])
  })
})

describe('the places of SQL', () => {
  it.each([
    'const found = await pool.query("select 1")',
    'const text = `\n  select id from account`',
    'const text = "SELECT id FROM account"',
    'const part = `gone as (delete from oidc_artifact)`',
    'sql<number>`now()`.execute(db)',
    `db.selectFrom('account').selectAll()`,
    `db.insertInto('account')`,
    'await admin.query(`create role ${name} login`)',
    `const text = "grant select on account to tegata_engine"`,
  ])('refuses %s outside queries', (text) => expect(count(sqlStandsInQueries, 'src/oidc/claims.ts', text)).toBe(1))

  it.each([
    `const says = 'Select a tenant from the list.'`,
    `const reason = 'select_tenant'`,
    `const says = 'the database login may not create roles'`,
    `const select = document.querySelector('select')`,
    `const says = 'Delete from the list what you do not need.'`,
  ])('does not mind %s', (text) => expect(count(sqlStandsInQueries, 'src/oidc/claims.ts', text)).toBe(0))

  it.each(['src/oidc/queries.ts', 'src/oidc/key-queries.ts', ...Object.keys(sqlPlaces)])('lets %s hold statements', (path) => {
    expect(count(sqlStandsInQueries, path, `const text = 'select 1'`)).toBe(0)
  })

  it('wants an exception taken out once nobody needs it', () => {
    expect(exceptionsAreUsed([])).toHaveLength(guestWriters.length + Object.keys(sqlPlaces).length)
  })
})

describe('the environment', () => {
  it.each([
    'const port = process.env.PORT', `const port = process.env['PORT']`, `const port = process['env'].PORT`, 'const { env } = process', 'const { env: all } = process',
    `import { env } from 'node:process'`, 'const mode = import.meta.env.MODE', 'const port = globalThis.process.env.PORT',
  ])('is not read by %s', (text) => expect(count(environmentIsReadOnce, 'src/http/server.ts', text)).toBe(1))

  it.each([['src/base/config.ts'], ['src/bootstrap.mjs'], ['examples/karte/server.ts'], ['test/helpers/postgres.ts']])('is read by %s', (path) => {
    expect(count(environmentIsReadOnce, path, 'const port = process.env.PORT')).toBe(0)
  })

  it('is not meant by another env', () => expect(count(environmentIsReadOnce, 'src/cli/examples.ts', 'spawn(file, { env: app.env })')).toBe(0))
})

describe('markup', () => {
  it.each(['const page = `<p>${name}</p>`', `const page = '<!doctype html>'`, 'const page = `<a href="${url}">back</a>`', `ctx.body = '<form method="post">'`])('is not written as %s', (text) => {
    expect(count(markupStandsInViews, 'src/http/page.ts', text)).toBe(1)
  })

  it('stands in no .tsx of src', () => expect(count(markupStandsInViews, 'src/http/page.tsx', 'export const x = 1')).toBe(1))

  it.each(['const rows: Map<string, Form> = new Map()', `const from = 'Tegata <no-reply@example.com>'`, `const usage = 'tegata <command> [options]'`, `const flag = '--title <title>'`, '// Browsers draw <form> so.'])('is not %s', (text) => {
    expect(count(markupStandsInViews, 'src/http/page.ts', text)).toBe(0)
  })
})

describe('the compiler', () => {
  const ignore = ['@ts', 'ignore'].join('-')

  it.each([
    'const x: any = 1', 'const x = y as string', 'const x = <string>y', 'const x = y!', 'const x = y!.z', 'class A { b!: string }', 'let x!: string',
    `// ${ignore}\nconst x = 1`, `/* ${['eslint', 'disable'].join('-')} no-console */`, `const x = 1 // ${['@ts', 'expect', 'error'].join('-')}`,
  ])('is not evaded by %s', (text) => expect(count(compilerIsObeyed, 'test/oidc/claims.test.ts', text)).toBe(1))

  it.each(['const x = [1] as const', 'const x = { a: 1 } satisfies A', `import { a as b } from './a.ts'`, `import * as a from './a.ts'`, 'const any = !x', 'if (a !== b) run()', `const says = '${ignore}'`])(
    'is not evaded by %s', (text) => expect(count(compilerIsObeyed, 'src/oidc/claims.ts', text)).toBe(0),
  )
})

describe('comments', () => {
  it.each(['// const x = load()', '// return find(id)', '// await record(trx, event)', `// import { x } from './x.ts'`, '// if (x) {', '// }', '// run(a, b);'])('hold no code: %s', (text) => {
    expect(count(nothingIsCommentedOut, 'src/oidc/claims.ts', `${text}\nconst y = 1\n`)).toBe(1)
  })

  it.each(['// A new id at each sign-in (ASVS 7.2.4).', '// return to the policy, never to the next step.', '// if the browser says so', `const url = 'https://example.com'`])('may say %s', (text) => {
    expect(count(nothingIsCommentedOut, 'src/oidc/claims.ts', `${text}\nconst y = 1\n`)).toBe(0)
  })
})

describe('tests', () => {
  it.each(['only', 'skip', 'todo', 'skipIf', 'runIf', 'concurrent.only'])('are not left out by .%s', (word) => {
    expect(count(testsAllRun, 'test/oidc/claims.test.ts', `it.${word}('works', () => {})`)).toBe(1)
  })

  it.each([`xit('works')`, `fdescribe('claims')`])('are not left out by %s', (text) => expect(count(testsAllRun, 'test/a.test.ts', text)).toBe(1))
  it.each([`it('works')`, `it.each([1])('works')`, `db.limit(1).skip(2)`, `exit(1)`])('are not left out by %s', (text) => expect(count(testsAllRun, 'test/a.test.ts', text)).toBe(0))
})

describe('sizes', () => {
  it('stop a file at 400 lines, but for lists', () => {
    expect(count(filesAreShort, 'src/oidc/claims.ts', lines(400))).toBe(0)
    expect(count(filesAreShort, 'src/oidc/claims.ts', lines(401))).toBe(1)
    expect(count(filesAreShort, 'test/oidc/claims.test.ts', lines(401))).toBe(1)
    for (const path of ['src/base/schema.ts', 'views/messages/en.ts', 'views/styles/tegata.css', 'migrations/0001_create_a.sql']) expect(count(filesAreShort, path, lines(401))).toBe(0)
  })

  it.each([
    (body: string) => `function f() {\n${body}}`, (body: string) => `const f = async () => {\n${body}}`, (body: string) => `class A { constructor() {\n${body}} }`,
    (body: string) => `const a = { f() {\n${body}} }`, (body: string) => `class A { get f() {\n${body}} }`,
  ])('stop a function of any kind at 70 lines (%#)', (write) => {
    expect(count(functionsAreShort, 'src/oidc/claims.ts', write(lines(68)))).toBe(0)
    expect(count(functionsAreShort, 'src/oidc/claims.ts', write(lines(69)))).toBe(1)
  })

  it.each(['function f(a, b, c, d) {}', 'const f = (a: A, b: B, c: C, ...d: D[]) => a', 'class A { f(a, b, c, d) {} }'])('stop parameters at three: %s', (text) => {
    expect(count(functionsAreShort, 'src/oidc/claims.ts', text)).toBe(1)
  })

  it.each(['function f(a, b, c) {}', 'function f(this: A, a, b, c) {}', 'class A extends B { override f(a, b, c, d) {} }', 'type F = (a: A, b: B, c: C, d: D) => E'])('let %s be', (text) => {
    expect(count(functionsAreShort, 'src/oidc/claims.ts', text)).toBe(0)
  })
})

describe('the text of every file', () => {
  it('opens with a comment in src and views', () => {
    expect(count(filesSayWhatTheyOwn, 'src/oidc/claims.ts', `import x from 'x'\n// later`)).toBe(1)
    expect(count(filesSayWhatTheyOwn, 'views/styles/a.css', 'body {}')).toBe(1)
    for (const text of ['/** Owns claims. */', '// Owns claims.', '#!/usr/bin/env node\n/** Owns the start. */']) expect(count(filesSayWhatTheyOwn, 'src/oidc/claims.ts', text)).toBe(0)
  })

  it.each(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'])('says no %s', (word) => {
    for (const path of ['src/a.ts', 'docs/a.md', 'migrations/a.sql', 'views/a.css']) expect(count(nothingIsLeftOver, path, `a\n-- ${word}: later`)).toBe(1)
    expect(count(nothingIsLeftOver, 'src/a.ts', `const ${word}S = 1`)).toBe(0)
  })

  it.each([['', 'work', 'main'], ['', 'root'], ['', 'home', 'alice', 'code'], ['', 'Users', 'alice', 'code'], ['', 'tmp', 'n2']])('names no folder of one machine: %s/%s/%s', (...parts) => {
    expect(count(nothingNamesOneMachine, 'docs/a.md', `cd ${parts.join('/')} && ls`)).toBe(1)
  })

  it.each(['import { projectRoot } from "../base/root.ts"', 'GET /roots', 'src/base/root.ts', 'see ./work/a', 'https://example.com/work/a', '/tmp/tegata'])('may say %s', (text) => {
    expect(nothingNamesOneMachine([file('docs/a.md', text)])).toEqual([])
  })

  it.each([['registry', 'example', 'org'], ['artifactory', 'example', 'com'], ['npmjs', 'com']])('names no registry: %s.%s', (...parts) => {
    expect(count(nothingNamesOneMachine, '.npmrc', `x=https://${parts.join('.')}/a`)).toBe(1)
  })
})

describe('migrations', () => {
  const migrations = (...names: readonly string[]): Findings => migrationsAreNumbered(names.map((name) => file(`migrations/${name}`, '-- Why.\n')))

  it('run from 0001 on without gaps and twins', () => {
    expect(migrations('0001_create_accounts.sql', '0002_add_account_phone.sql')).toEqual([])
    expect(migrations('0001_create_accounts.sql', '0003_add_account_phone.sql')).toHaveLength(1)
    expect(migrations('0001_create_accounts.sql', '0001_create_tenants.sql')).toHaveLength(1)
  })

  it.each(['1_create_accounts.sql', '0001-create-accounts.sql', '0001_create.sql', '0001_Create_accounts.sql', '0001_create_accounts.ts', '0001_accounts_stuff.sql'])('are not called %s', (name) => {
    expect(migrations(name)).toHaveLength(1)
  })

  it('open with a comment', () => expect(count(migrationsAreNumbered, 'migrations/0001_create_a.sql', 'create table a ();')).toBe(1))
})

describe('unused files', () => {
  const house = [
    file('package.json', '{ "scripts": { "schema": "node src/cli/schema.ts" } }'),
    file('src/main.ts', `import './app.ts'\nimport('./cli/start.ts')`),
    file('src/app.ts', 'const worker = new URL(`./accounts/hash-worker${extension}`, import.meta.url)'),
    file('src/cli/start.ts'), file('src/cli/schema.ts'), file('src/accounts/hash-worker.ts'),
    file('test/app.test.ts', importing('./helpers/person.ts')), file('test/helpers/person.ts'),
  ]

  it('are none where everything is imported, started or named', () => expect(everyFileIsUsed(house)).toEqual([]))

  it('are reported, also where tests are the only ones to use them', () => {
    expect(everyFileIsUsed([...house, file('src/oidc/old.ts')])).toEqual([expect.stringContaining('src/oidc/old.ts is used by nothing')])
    expect(everyFileIsUsed([...house, file('test/helpers/old.ts')])).toEqual([expect.stringContaining('test/helpers/old.ts is used by nothing')])
    expect(everyFileIsUsed([...house, file('src/oidc/new.ts'), file('test/new.test.ts', importing('../src/oidc/new.ts'))])).toEqual([expect.stringContaining('src/oidc/new.ts is used by tests only')])
  })
})

describe('the documents', () => {
  const endpoints = file('docs/endpoints.md', '| `GET /dev/mail/:id`, `POST /api/v1/members/:id/suspend` |')

  it.each([
    `page({ method: 'GET', path: '/dev/mail/:id', handle })`, `endpoint({ path: '/api/v1/members/:id/suspend', method: 'POST' })`,
    'const mail = "/dev/mail"\npage({ method: "GET", path: `${mail}/:id` })', 'endpoint({ method: "POST", path: `/api/v1/members/:id/${verb}` })',
  ])('name %s', (text) => expect(everyDoorIsDocumented([endpoints, file('src/members/api.ts', text)])).toEqual([]))

  it.each([`page({ method: 'POST', path: '/dev/mail/:id' })`, `publicEndpoint({ method: 'GET', path: '/api/v1/secret' })`, 'endpoint({ method: "GET", path: `/api/v1/${x}/suspend` })'])('miss %s', (text) => {
    expect(everyDoorIsDocumented([endpoints, file('src/members/api.ts', text)])).toHaveLength(1)
  })

  it('name commands that are there', () => {
    const scripts = file('package.json', '{ "scripts": { "docs": "x" } }')
    expect(everyCommandExists([scripts, file('README.md', 'Run `npm run docs`.')])).toEqual([])
    expect(everyCommandExists([scripts, file('README.md', 'Run `npm run document`.')])).toEqual([expect.stringContaining('README.md:1 says npm run document')])
  })

  it('link to files that are there', () => {
    const page = (target: string): SourceFile => file('docs/a.md', `See [this](${target}).`)
    for (const target of ['b.md', 'b.md#part', '../README.md', 'decisions/', 'https://example.com', '#part']) expect(everyLinkLeadsSomewhere([file('docs/b.md'), file('README.md'), file('docs/decisions/0001.md'), page(target)])).toEqual([])
    for (const target of ['c.md', 'README.md', '../docs/c.md#part']) expect(everyLinkLeadsSomewhere([file('docs/b.md'), page(target)])).toHaveLength(1)
  })

  it('show the rooms that are there, in order', () => {
    const readme = (...rooms: readonly string[]): SourceFile => file('README.md', rooms.map((room) => `  ${room}   what it is\n`).join(''))
    const house = [file('src/base/db.ts'), file('src/oidc/claims.ts'), file('src/app.ts')]
    expect(everyRoomIsOnTheMap([...house, readme('base/', 'oidc/', 'app.ts')], ['base', 'http', 'oidc', 'app.ts'])).toEqual([])
    expect(everyRoomIsOnTheMap([...house, readme('oidc/', 'base/', 'app.ts')], ['base', 'http', 'oidc', 'app.ts'])).toHaveLength(1)
    expect(everyRoomIsOnTheMap([...house, readme('base/', 'app.ts')], ['base', 'http', 'oidc', 'app.ts'])).toHaveLength(1)
  })
})

describe('generated parts', () => {
  it('are written anew between their marks, and nothing else is', () => {
    const page = { path: 'docs/a.md', text: 'Before.\n<!-- generated: claims -->\nold\n<!-- end of generated -->\nAfter.\n' }
    const text = refreshed(page)
    expect(text).toMatch(/^Before\.\n<!-- generated: claims -->\n\n\| scope \| claims \|\n[\s\S]*\n\n<!-- end of generated -->\nAfter\.\n$/)
    expect(text).toContain('`membership_id`')
    expect(refreshed({ ...page, text })).toBe(text)
  })

  it('are refused when nobody makes them, and missed when nobody shows them', () => {
    expect(() => refreshed({ path: 'docs/a.md', text: '<!-- generated: prices -->\n<!-- end of generated -->' })).toThrow(/prices/)
    expect(missingParts([])).toContain('events')
    expect(missingParts([{ path: 'docs/a.md', text: '<!-- generated: events -->' }])).not.toContain('events')
  })

  it('name every event, setting, form element and permission', () => {
    const all = missingParts([]).map((name) => refreshed({ path: 'docs/a.md', text: `<!-- generated: ${name} -->\n<!-- end of generated -->` })).join('\n')
    const ids = Object.values(formContract).flatMap(({ elements }) => Object.values(elements).map(({ id }) => id))
    for (const name of [...Object.keys(catalogue), ...configKeys.map(({ key }) => key), ...Object.keys(permissions), ...Object.keys(formContract), ...ids]) expect(all).toContain(`\`${name}\``)
  })
})
