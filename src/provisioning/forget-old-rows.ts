/** Lists of people are kept for 90 days after they were last touched; then their lines go, and only what the log says stays. */
import { deleteOldRows } from './queries.ts'
import type { ImportDeps } from './import.ts'

const keptDays = 90

/** Removes at most `limit` lines; returns how many went. */
export function forgetOldRows({ databases }: ImportDeps, limit: number): Promise<number> {
  return deleteOldRows(databases.engine, { days: keptDays, limit })
}
