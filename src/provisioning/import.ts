/** What every command about an import takes and answers, and how an import is read from its row. */
import type { Databases } from '../base/db.ts'
import type { TenantId } from '../base/ids.ts'
import type { Origin } from '../base/origin.ts'
import type { Mover } from '../members/membership.ts'
import type { Reading } from './line.ts'
import { defaultsShape, mappingShape } from './mapping.ts'
import type { ImportRow } from './queries.ts'

export interface ImportDeps {
  readonly databases: Databases
}

export interface ImportChange {
  readonly tenantId: TenantId
  readonly importId: string
  readonly mover: Mover
  readonly origin: Origin
}

export interface Refused<Reason extends string> {
  readonly ok: false
  readonly reason: Reason
}

export function no<Reason extends string>(reason: Reason): Refused<Reason> {
  return { ok: false, reason }
}

/** A list without headings was made as wide as its first row. */
export function readingOf({ headings, mapping, defaults }: Pick<ImportRow, 'headings' | 'mapping' | 'defaults'>): Reading {
  return { columns: headings.length, mapping: mappingShape.parse(mapping), defaults: defaultsShape.parse(defaults) }
}

/** Whether the mapping speaks of columns that the list has. */
export function fitsColumns(mapping: Readonly<Record<string, unknown>>, columns: number): boolean {
  return Object.keys(mapping).every((column) => Number(column) < columns)
}
