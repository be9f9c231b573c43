/** What the log gets of requests that cannot be authenticated. */
import { expect, test } from 'vitest'
import { McpServer } from '../src/mcp-server.ts'
import { RequestGate } from '../src/web/request-gate.ts'

const ignore = (): void => {}

test('an authenticate function that throws for every request cannot flood the log', async () => {
  const counts = { warn: 0, debug: 0 }
  const logger = { info: ignore, error: ignore, warn: () => void counts.warn++, debug: () => void counts.debug++ }
  const gate = new RequestGate({ authenticate: () => { throw new Error('unreadable') } }, new McpServer({ name: 'suite', version: '1.0.0', logger }))
  for (let index = 0; index < 1000; index++) {
    await expect(gate.identify({ method: 'POST', url: '/mcp', header: () => undefined })).rejects.toMatchObject({ status: 401 })
  }
  expect(counts.warn).toBeGreaterThanOrEqual(10)
  expect(counts.warn).toBeLessThan(200)
  expect(counts.warn + counts.debug).toBe(1000)
})
