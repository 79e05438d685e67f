/** The description of the JSON doors is made from the doors themselves. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint, type EndpointDoor } from '../../src/http/endpoint.ts'
import { openApiDoor, openApiPath } from '../../src/http/openapi.ts'
import { issuer, start } from './harness.ts'

const invite = endpoint({
  method: 'POST', path: '/api/v1/members/:membership_id/notes', access: { scope: 'members:write', permission: 'member:update' }, status: 201, summary: 'Writes a note.',
  params: z.object({ membership_id: z.string() }), body: z.object({ text: z.string().max(10) }), response: z.object({ note_id: z.string() }),
  handle: () => ({ status: 201, body: { note_id: 'n' } }),
})
const remove = endpoint({
  method: 'DELETE', path: '/api/v1/me/passkeys/:passkey_id', access: { scope: 'account:write', fresh: true }, summary: 'Removes.',
  params: z.object({ passkey_id: z.string() }), response: z.undefined(), handle: () => ({ status: 204, body: undefined }),
})

it('names every door with what goes in, what comes out and what it needs', async () => {
  const doors: EndpointDoor[] = [invite, remove]
  doors.push(openApiDoor({ issuer, authorizationPath: '/oauth2/authorize', tokenPath: '/oauth2/token' }, () => doors))
  const { send } = await start({ doors })
  const answer = await send(openApiPath)
  expect(answer.status).toBe(200)
  const document: unknown = JSON.parse(answer.body)
  expect(document).toMatchObject({
    openapi: '3.1.0', servers: [{ url: issuer }],
    paths: {
      '/api/v1/members/{membership_id}/notes': {
        post: {
          description: 'Needs scope `members:write`, permission `member:update`.', security: [{ openid: ['members:write'] }, { oauth: ['members:write'] }], operationId: 'postMemberNotes', tags: ['members'],
          parameters: [{ name: 'membership_id', in: 'path', required: true }, { name: 'X-Tenant-ID', in: 'header' }],
          requestBody: { content: { 'application/json': { schema: { properties: { text: { type: 'string', maxLength: 10 } } } } } },
          responses: { 201: { content: { 'application/json': {} }, headers: { Location: {}, 'RateLimit-Remaining': {} } }, 400: {}, 401: {}, 403: {}, 404: {}, 409: {}, 413: {}, 415: {}, 429: {}, 500: {}, 503: {} },
        },
      },
      '/api/v1/me/passkeys/{passkey_id}': { delete: { responses: { 204: {} }, description: expect.stringContaining('RFC 9470') } },
      [openApiPath]: { get: { security: [] } },
    },
    components: { securitySchemes: { openid: { type: 'openIdConnect' }, oauth: { flows: { authorizationCode: { scopes: { 'members:write': 'Changes members.' } }, clientCredentials: { tokenUrl: `${issuer}/oauth2/token` } } } }, schemas: { Problem: { properties: { reason: {} } } } },
  })
})
