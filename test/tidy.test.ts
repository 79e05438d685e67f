/**
 * Keeps the house as README.md describes it. Each test names one rule; what it prints says where and what to do instead.
 * The rules themselves are pure functions in test/tidy/, and rules.test.ts there feeds each of them a bad file.
 */
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../src/base/root.ts'
import { missingParts, readPages, refreshed } from '../src/cli/docs.ts'
import { compilerIsObeyed, environmentIsReadOnce, markupStandsInViews, nothingIsCommentedOut, testsAllRun } from './tidy/code.ts'
import { everyCommandExists, everyDoorIsDocumented, everyLinkLeadsSomewhere, everyRoomIsOnTheMap } from './tidy/docs.ts'
import { everyFileIsUsed } from './tidy/reach.ts'
import { importsFollowTheLine, line, noCircles, roomsAreKnown } from './tidy/rooms.ts'
import { filesAreShort, functionsAreShort } from './tidy/sizes.ts'
import { readProject, type Findings, type SourceFile } from './tidy/source.ts'
import { exceptionsAreUsed, oneWriterPerTable, sqlStandsInQueries, tablesOf } from './tidy/tables.ts'
import { filesSayWhatTheyOwn, migrationsAreNumbered, nothingIsLeftOver, nothingNamesOneMachine } from './tidy/text.ts'

const files = readProject(projectRoot)

describe('the house', () => {
  it.each<[string, (files: readonly SourceFile[]) => Findings]>([
    ['has no rooms but those of the line, no drawers and no index files', roomsAreKnown],
    ['imports along the line of rooms only', importsFollowTheLine],
    ['has no circles between files', noCircles],
    ['keeps SQL in queries files', sqlStandsInQueries],
    ['keeps no exception that nobody needs', exceptionsAreUsed],
    ['reads the environment in base/config.ts only', environmentIsReadOnce],
    ['writes markup in views only', markupStandsInViews],
    ['goes no way around the compiler', compilerIsObeyed],
    ['comments no code out', nothingIsCommentedOut],
    ['leaves no test out', testsAllRun],
    ['keeps files short', filesAreShort],
    ['keeps functions short, and their parameters few', functionsAreShort],
    ['opens every file with what it owns', filesSayWhatTheyOwn],
    ['numbers its migrations', migrationsAreNumbered],
    ['leaves nothing for later', nothingIsLeftOver],
    ['names no machine and no registry', nothingNamesOneMachine],
    ['has no file that nothing uses', everyFileIsUsed],
    ['has every room on the map in README.md', (all) => everyRoomIsOnTheMap(all, line)],
    ['has every door in docs/endpoints.md', everyDoorIsDocumented],
    ['names no command that is not there', everyCommandExists],
    ['links to nothing that is not there', everyLinkLeadsSomewhere],
  ])('%s', (_rule, find) => {
    expect(find(files)).toEqual([])
  })

  it('has one writer room for each table', () => {
    const schema = files.find(({ path }) => path === 'src/base/schema.ts') ?? { path: '', text: '' }
    const tables = tablesOf(schema)
    expect(tables.length).toBeGreaterThan(10)
    expect(oneWriterPerTable(files, tables)).toEqual([])
  })
})

describe('the documents', () => {
  const pages = readPages()

  it.each(pages.map((page) => [page.path, page] as const))('%s says what the code says (else: npm run docs)', (_path, page) => {
    expect(page.text).toBe(refreshed(page))
  })

  it('show every generated part', () => {
    expect(missingParts(pages)).toEqual([])
  })
})
