/**
 * Owns how a command such as `tegata tenant create` is declared, read and answered. A verb is data plus one function; it
 * calls the same commands as the API and decides nothing itself.
 * Invariants: answers go to stdout (with --json as one JSON object), refusals in one line to stderr; exit 0, 1 refused, 2 misused,
 * 3 where the answer itself is that some of many were refused.
 */
import { Command, CommanderError } from 'commander'
import { z } from 'zod'
import { UsageError } from './fail.ts'
import { withPlatform, type Platform } from './platform.ts'

/** What a verb answers: facts for programs and lines for people, or the reason of a refusal. */
export type Answer =
  | { readonly ok: true; readonly facts: Readonly<Record<string, unknown>>; readonly lines: readonly string[]; readonly exitCode?: number }
  | { readonly ok: false; readonly reason: string; readonly detail?: string }

/** A verb without the type of its input, for lists. */
export interface Verb {
  readonly name: string
  readonly meaning: string
  /** A positional argument, such as `<client_id>`; its value is read as `argument`. */
  readonly argument?: string
  /** Flags as commander spells them, with what they mean. */
  readonly options: Readonly<Record<string, string>>
  readonly run: (platform: Platform, given: unknown) => Promise<Answer>
}

interface VerbSpec<Shape extends z.ZodType> extends Omit<Verb, 'run' | 'options'> {
  readonly options?: Readonly<Record<string, string>>
  /** What the options must look like, in camelCase as commander gives them. */
  readonly input: Shape
  readonly run: (platform: Platform, input: z.output<Shape>) => Promise<Answer>
}

/** Declares a verb; its function gets what the schema made of the options. */
export function verb<Shape extends z.ZodType>({ input, options = {}, run, ...rest }: VerbSpec<Shape>): Verb {
  return {
    ...rest,
    options,
    run: (platform, given) => run(platform, readInput(input, given)),
  }
}

/** Names what is wrong with the options in one line. */
export function readInput<Shape extends z.ZodType>(shape: Shape, given: unknown): z.output<Shape> {
  const read = shape.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const name = String(issue?.path[0] ?? 'argument')
  const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new UsageError(`${name === 'argument' ? 'The argument' : option}: ${issue?.message ?? 'does not fit'}.`)
}

export interface Streams {
  out(text: string): void
  error(text: string): void
}

const terminal: Streams = { out: (text) => process.stdout.write(text), error: (text) => process.stderr.write(text) }

export interface GroupOptions {
  readonly name: string
  readonly meaning: string
  readonly verbs: readonly Verb[]
  readonly streams?: Streams
  /** Opens the platform; tests bring their own. */
  readonly open?: (work: (platform: Platform) => Promise<Answer>) => Promise<Answer>
}

/** Runs `tegata <group> <verb> …` and returns the exit code; misuse is thrown as UsageError. */
export async function runGroup(group: GroupOptions, args: readonly string[]): Promise<number> {
  const { streams = terminal, open = withPlatform } = group
  let exitCode = 0
  const program = new Command(`tegata ${group.name}`).description(group.meaning)
  quiet(program, streams)
  for (const one of group.verbs) {
    const command = quiet(program.command(one.name).description(one.meaning), streams)
    if (one.argument !== undefined) command.argument(one.argument)
    for (const [flags, meaning] of Object.entries(one.options)) command.option(flags, meaning)
    command.option('--json', 'answer as one JSON object').action(async () => {
      const options = optionsShape.parse(command.opts())
      const { json, ...given } = { ...options, ...(one.argument === undefined ? {} : { argument: command.args[0] }) }
      const answer = await open((platform) => one.run(platform, given))
      write(answer, json === true, streams)
      exitCode = answer.ok ? (answer.exitCode ?? 0) : 1
    })
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw new UsageError(usageLine(error, group.name))
  }
  return exitCode
}

const optionsShape = z.looseObject({ json: z.boolean().optional() })

/** Commander's own texts are one line each; it must neither print them itself nor end the process. */
function quiet(command: Command, streams: Streams): Command {
  return command.exitOverride().configureOutput({ writeOut: (text) => { streams.out(text) }, writeErr: () => undefined })
}

function usageLine(error: CommanderError, group: string): string {
  const said = error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' ').replace(/^\(outputHelp\)$/, 'a verb is missing')
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}: \`tegata ${group} --help\` shows how to call it.`
}

function write(answer: Answer, json: boolean, streams: Streams): void {
  if (json) streams.out(`${JSON.stringify(answer.ok ? { ok: true, ...answer.facts } : answer)}\n`)
  else if (answer.ok) for (const line of answer.lines) streams.out(`${line}\n`)
  else streams.error(`Refused (${answer.reason})${answer.detail === undefined ? '' : `: ${answer.detail}`}\n`)
}

/** Columns that line up, for lists; an empty list says so. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ['none']
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  return rows.map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join('  ').trimEnd())
}

/** Japanese letters take two columns of a terminal. */
function width(text: string): number {
  const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g
  return text.length + (text.match(wide)?.length ?? 0)
}
