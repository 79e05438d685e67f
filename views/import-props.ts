/** Owns the prop types of the console's pages about lists of people, and the fields that a column may hold. */
import type { InvitationState } from './invitation-props.ts'

/** In the order in which a person is asked for. */
export const importFieldNames = [
  'family_name', 'given_name', 'full_name', 'family_name_kana', 'given_name_kana', 'full_name_kana', 'email', 'employee_number', 'role', 'units', 'title', 'valid_from', 'valid_until', 'locale',
] as const
export type ImportFieldName = (typeof importFieldNames)[number]

export type ImportStep = 'columns' | 'rows' | 'waves'

export interface ImportCounts {
  readonly ready: number
  readonly refused: number
  readonly invited: number
}

export interface ImportLine {
  readonly id: string
  readonly name: string
  readonly rows: number
  readonly status: 'checked' | 'running' | 'done'
  /** Null once its lines are forgotten. */
  readonly counts: ImportCounts | null
  readonly created: string
  readonly href: string
}

export interface ColumnLine {
  readonly number: number
  readonly heading: string
  readonly examples: readonly string[]
  readonly field: ImportFieldName | ''
}

export interface PersonLine {
  readonly number: number
  readonly name: string
  readonly email: string | null
  readonly employeeNumber: string | null
  readonly role: string
  readonly units: readonly string[]
  readonly status: 'ready' | 'refused' | 'invited' | 'rolled_back'
  readonly reason: string | null
  /** What was read, where no person could be made of it. */
  readonly raw: string | null
  readonly editUrl: string | null
  readonly memberUrl: string | null
}

export type WaveStatus = 'waiting' | 'running' | 'done' | 'cancelled' | 'stopped' | 'rolling_back' | 'rolled_back'

export interface WaveLine {
  readonly number: number
  readonly status: WaveStatus
  readonly reason: string | null
  readonly people: number
  readonly ready: number
  readonly invited: number
  readonly refused: number
  readonly started: string | null
  readonly answers: Readonly<Record<Extract<InvitationState, 'open' | 'expired' | 'declined' | 'revoked'> | 'joined', number>>
  readonly withoutAddress: number
  readonly peopleUrl: string
  readonly linksUrl: string
  readonly rollBackUrl: string
}

export interface LinkLine {
  readonly number: number
  readonly name: string
  readonly employeeNumber: string | null
  readonly role: string
  readonly url: string
  readonly until: string
}
