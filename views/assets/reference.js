/**
 * Draws the reference of the API with Swagger UI in the colours of the reader's system, and readies its sign-in.
 * The description is shortened for reading: what all doors have in common is left out, a refusal is its reasons, and of the ways to a
 * token those stand there that a person can go here. It is told in the words of OpenAPI 3.0, which Swagger UI draws six times as fast.
 */
const place = document.getElementById('reference')
const { clientId, returnUrl, resource, description: address } = place.dataset
const dark = matchMedia('(prefers-color-scheme: dark)')
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
paint()
dark.addEventListener('change', paint)

const commonStatuses = ['408', '413', '414', '415', '429', '500', '503']
const commonHeaders = ['X-Request-Id', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']

function without(things, names) {
  return Object.fromEntries(Object.entries(things).filter(([name]) => !names.includes(name)))
}

function shorten({ components, paths, ...description }) {
  const { authorizationCode } = components.securitySchemes.oauth.flows
  const token = { type: 'http', scheme: 'bearer', description: 'A token that you have already.' }
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    operation.security = operation.security.flatMap(({ oauth }) => (oauth === undefined ? [] : [{ oauth }, { token: [] }]))
    operation.responses = without(operation.responses, commonStatuses)
    for (const answer of Object.values(operation.responses)) if (answer.headers !== undefined) answer.headers = without(answer.headers, commonHeaders)
  }
  const responses = Object.entries(components.responses).map(([name, answer]) => {
    const reasons = Object.keys(answer.content['application/problem+json'].examples ?? {})
    return [name, { description: [answer.description, ...reasons.map((reason) => `\`${reason}\``)].join(' ') }]
  })
  const kept = { ...components, securitySchemes: { oauth: { type: 'oauth2', flows: { authorizationCode } }, token }, responses: Object.fromEntries(responses) }
  return { ...plainly({ ...description, paths, components: kept }), openapi: '3.0.4' }
}

/** Schemas as OpenAPI 3.0 says them: what may be null is `nullable`, one value is a list of one, a bound says apart that it is none itself. */
function plainly(value) {
  if (Array.isArray(value)) return value.map(plainly)
  if (typeof value !== 'object' || value === null) return value
  const said = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainly(inner)]))
  if (Array.isArray(said.type)) Object.assign(said, { type: said.type.find((type) => type !== 'null'), nullable: true })
  if (Array.isArray(said.anyOf) && said.anyOf.some(({ type }) => type === 'null')) Object.assign(said, { anyOf: said.anyOf.filter(({ type }) => type !== 'null'), nullable: true })
  if ('const' in said && typeof said.const !== 'object') said.enum = [said.const]
  if (typeof said.exclusiveMinimum === 'number') Object.assign(said, { minimum: said.exclusiveMinimum, exclusiveMinimum: true })
  return said
}

async function draw() {
  const answer = await fetch(address)
  const ui = SwaggerUIBundle({
    spec: shorten(await answer.json()),
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: -1,
    filter: true,
    // Its colours are too faint to read.
    syntaxHighlight: { activated: false },
    // Else it would send the description to somebody who checks it.
    validatorUrl: 'none',
    oauth2RedirectUrl: returnUrl,
  })
  ui.initOAuth({ clientId, usePkceWithAuthorizationCodeGrant: true, additionalQueryStringParams: { resource } })
}

draw()
