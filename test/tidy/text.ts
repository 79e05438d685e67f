/** What no file of the project may hold, and how a file begins. These rules read text, whatever language it is in. */
import { inFolder, isCode, matches, type Findings, type SourceFile } from './source.ts'

// Put together here, so that this file is not its own first finding.
const markers = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK', 'WI' + 'P'].join('|')})\\b|\\b${'debug' + 'ger'}\\b(?=\\s*;?\\s*$)`, 'm')

export function nothingIsLeftOver(files: readonly SourceFile[]): Findings {
  return files.flatMap((file) => matches(file, markers, (found) => `says ${found}: do it now, or open an issue and take the marker out.`))
}

const machinePath = /(?<![\w.~/:@-])\/(?:work|root)(?![\w-])(?:\/|(?=[\s'"`,;)]|$))|(?<![\w.])\/(?:home|Users)\/[a-z][\w.-]*\/|(?<![\w.])\/tmp\/n\d+|\b[A-Z]:\\(?:Users|work)\\/
const registryHost = /\bregistry\.[a-z0-9-]+\.[a-z]+|\bnpm[a-z]*\.(?:com|org|io)\b|https?:\/\/[\w.-]*(?:registry|artifactory|mirror)[\w.-]*/i

/** A path of one machine or the address of one registry works for one person only. */
export function nothingNamesOneMachine(files: readonly SourceFile[]): Findings {
  return files.flatMap((file) => [
    ...matches(file, machinePath, (found) => `names a folder of one machine (${found}): use a path inside the project.`),
    ...matches(file, registryHost, (found) => `names a package registry (${found}): leave the choice to npm's own settings.`),
  ])
}

export function filesSayWhatTheyOwn(files: readonly SourceFile[]): Findings {
  return files
    .filter((file) => inFolder(file.path, 'src', 'views') && (isCode(file) || file.path.endsWith('.css')))
    .filter(({ text }) => !/^(?:#![^\n]*\n)?\/(?:\*|\/)/.test(text))
    .map(({ path }) => `${path}:1 opens without a comment: say in one to five lines what it owns, what always holds, and what it leaves to others.`)
}

const verbs = ['create', 'add', 'change', 'rename', 'move', 'split', 'fill', 'drop', 'grant', 'revoke']

/** NNNN_verb_object.sql from 0001 on, so that order and purpose are read off the name; each opens with a comment. */
export function migrationsAreNumbered(files: readonly SourceFile[]): Findings {
  const found = files.filter(({ path }) => inFolder(path, 'migrations'))
  return found.flatMap(({ path, text }, place) => {
    const name = path.slice('migrations/'.length)
    const [, number, verb = ''] = /^(\d{4})_([a-z]+)_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/.exec(name) ?? []
    if (number === undefined) return [`${path} must be called NNNN_verb_object.sql, say 0007_add_account_phone.sql.`]
    const wanted = String(place + 1).padStart(4, '0')
    return [
      ...(number === wanted ? [] : [`${path} should carry the number ${wanted}: migrations run in order, without gaps and without twins.`]),
      ...(verbs.includes(verb) ? [] : [`${path} begins with ${verb}: use one of ${verbs.join(', ')}.`]),
      ...(text.startsWith('--') ? [] : [`${path}:1 opens without a comment: say what it brings and why.`]),
    ]
  })
}
