/**
 * Owns one fact: where the project's folder is on disk.
 * Found by walking up to package.json, so it is the same from src/ and from dist/src/.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

function nearestPackage(start: string): string {
  if (existsSync(join(start, 'package.json'))) return start
  const parent = dirname(start)
  if (parent === start) throw new Error('No package.json above the program: start Tegata from its own folder.')
  return nearestPackage(parent)
}

/** Absolute path of the project's folder, the one that holds package.json, migrations/ and views/. */
export const projectRoot: string = nearestPackage(import.meta.dirname)
