/** The JSON doors to the waves of an import. What takes long is begun and answered with 202; the import itself tells how far it is. */
import { z } from 'zod'
import { endpoint, type EndpointDoor } from '../http/endpoint.ts'
import { numberField } from '../http/fields.ts'
import { inTenantOf, moverOf } from '../members/api.ts'
import { answerImport, byImport, importShape, refuse, writeAccess, type ImportApiDeps } from './api.ts'
import { cancelWave } from './cancel-wave.ts'
import type { ImportDeps, Refused } from './import.ts'
import { listWaveLinks } from './list-wave-links.ts'
import { planWaves } from './plan-waves.ts'
import { rollBackWave } from './roll-back-wave.ts'
import { startWave, type WaveChange } from './start-wave.ts'

const byWave = byImport.extend({ number: numberField(1) })
const linkShape = z.object({
  number: z.int(), membership_id: z.uuid(), name: z.string(), employee_number: z.string().nullable(), role: z.string(), link: z.url(), expires_at: z.iso.datetime(),
})

export function waveEndpoints(deps: ImportApiDeps): EndpointDoor[] {
  return [
    endpoint({
      method: 'POST', path: '/api/v1/imports/:import_id/waves', access: writeAccess, status: 201, idempotent: true, params: byImport, response: importShape,
      body: z.strictObject({ sizes: z.array(z.int().min(1).max(10_000)).max(50).default([]) }),
      summary: 'Divides the people who wait into waves of these sizes, the rest in a last one; all in one without sizes.',
      handle: ({ caller, params, body, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await planWaves(deps, { tenantId, importId: params.import_id, sizes: body.sizes, ...moverOf(caller), origin })
        return result.ok ? answerImport(deps, { tenantId, importId: params.import_id, status: 201 }) : refuse(result.reason)
      }),
    }),
    waveEndpoint(deps, { verb: 'start', command: startWave, status: 202, summary: 'Begins to invite the people of a wave, or goes on where it stopped.' }),
    waveEndpoint(deps, { verb: 'cancel', command: cancelWave, status: 200, summary: 'Stops a wave: who was invited stays so, the others wait.' }),
    waveEndpoint(deps, { verb: 'roll-back', command: rollBackWave, status: 202, summary: 'Begins to take back every invitation of a wave that is still open; who has accepted stays.' }),
    endpoint({
      method: 'POST', path: '/api/v1/imports/:import_id/waves/:number/links', access: writeAccess, params: byWave, summary: 'Shows the links of the people of a wave who have no address, to hand them over.',
      response: z.object({ links: z.array(linkShape) }),
      handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
        const result = await listWaveLinks(deps, { tenantId, importId: params.import_id, wave: params.number, ...moverOf(caller), origin })
        if (!result.ok) return refuse(result.reason)
        const links = result.links.map(({ number, membershipId, name, employeeNumber, role, path, expiresAt }) => ({
          number, membership_id: membershipId, name, employee_number: employeeNumber, role, link: `${deps.issuer}${path}`, expires_at: expiresAt.toISOString(),
        }))
        return { status: 200, body: { links } }
      }),
    }),
  ]
}

interface WaveDoor {
  readonly verb: string
  readonly command: (deps: ImportDeps, change: WaveChange) => Promise<{ readonly ok: true } | Refused<string>>
  readonly status: 200 | 202
  readonly summary: string
}

function waveEndpoint(deps: ImportApiDeps, { verb, command, status, summary }: WaveDoor): EndpointDoor {
  return endpoint({
    method: 'POST', path: `/api/v1/imports/:import_id/waves/:number/${verb}`, access: writeAccess, status, ...(status === 202 ? { idempotent: true } : {}), params: byWave, response: importShape, summary,
    handle: ({ caller, params, origin }) => inTenantOf(caller, async (tenantId) => {
      const result = await command(deps, { tenantId, importId: params.import_id, wave: params.number, clientId: caller.clientId, ...moverOf(caller), origin })
      return result.ok ? answerImport(deps, { tenantId, importId: params.import_id, status }) : refuse(result.reason)
    }),
  })
}
