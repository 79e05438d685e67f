/** A row is found by the value or by a reference that only this deployment can make. */
import { expect, test } from 'vitest'
import { generateMasterKey, MasterKey, sha256 } from '../../src/base/crypto.ts'
import { createReferences } from '../../src/oidc/references.ts'

const references = createReferences(MasterKey.fromText(generateMasterKey('development')))

test('a value is keyed by its hash, and a reference by the key it names', () => {
  expect(references.key('value')).toBe(sha256('value'))
  expect(references.key(references.refer(sha256('value')))).toBe(sha256('value'))
})

test('a forged reference finds no row', () => {
  const forged = [`ref.${sha256('value')}`, `ref.${sha256('value')}.`, `ref.${sha256('value')}.${sha256('guess')}`, createReferences(MasterKey.fromText(generateMasterKey('development'))).refer(sha256('value'))]
  for (const id of forged) expect(references.key(id)).not.toBe(sha256('value'))
})
