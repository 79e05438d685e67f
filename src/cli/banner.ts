/**
 * Owns what a person sees in the terminal when everything is ready. Text in, text out; printing it is start.ts's.
 */
import { demoPassword, demoPeople, type DemoPerson } from '../operations/demo.ts'

export interface BannerFacts {
  readonly issuer: string
  readonly examples: readonly { readonly name: string; readonly port: number; readonly ready: boolean }[]
  readonly demo: boolean
  /** Null when the database is not ours. */
  readonly dataDir: string | null
  readonly seconds: number
}

const exampleMeaning: Readonly<Record<string, string>> = { Karte: 'clinic records', Koe: 'staff voice' }

/** The lines between "ready" and the first request, with a line break at the end. */
export function banner(facts: BannerFacts): string {
  const lines = [
    '',
    `  Tegata is ready (${facts.seconds.toFixed(1)} s)`,
    '',
    row('Platform', facts.issuer),
    ...facts.examples.map(({ name, port, ready }) =>
      ready ? row(name, `http://localhost:${port}`, exampleMeaning[name]) : row(name, 'did not start, see the lines above'),
    ),
    ...(facts.demo ? [row('Sakura', `${facts.issuer}/t/sakura`, 'console of a tenant'), row('Operators', `${facts.issuer}/admin`, 'console of the platform')] : []),
    ...(facts.demo ? [row('Mails', `${facts.issuer}/dev/mail`), '', ...accounts()] : []),
    '',
    ...(facts.dataDir === null ? [] : [`  Data is kept in ${facts.dataDir}; delete that folder for a fresh start.`]),
    '  Ctrl-C stops everything.',
    '',
  ]
  return `${lines.join('\n')}\n`
}

function accounts(): string[] {
  return [`  Sign in with the password ${demoPassword} as`, ...demoPeople.map((person) => `    ${person.email.padEnd(22)} ${roleOf(person)}`)]
}

function roleOf({ memberships, operator }: DemoPerson): string {
  const roles = memberships.map(({ tenant, role }) => `${role} in ${tenant}`)
  return [...(operator ? ['operator of the platform'] : []), ...roles].join(', ')
}

function row(name: string, address: string, meaning?: string): string {
  return `  ${name.padEnd(10)} ${meaning === undefined ? address : `${address.padEnd(30)} ${meaning}`}`
}
