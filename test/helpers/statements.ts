/** What a request asks the database, for tests that compare two requests by it. */
import pg from 'pg'
import { vi } from 'vitest'

/** What the request has asked the database, in its order; what the server does by itself all the time is left out. */
export async function statementsOf(request: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  await request()
  const asked = spy.mock.calls.map(([query]: readonly unknown[]) => textOf(query))
  spy.mockRestore()
  return asked.filter((text) => !/event_cursor|"?job"?\.|^(begin|commit|rollback|set |listen)|skip locked/i.test(text))
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : ''
}
