/** Connections to a stand-alone server: their number, and what Node.js accepts on each of them before a request is served. */
import { request as send } from 'node:http'
import type { Transport } from '@gangway/core'
import { http, httpApp } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { describe, expect, test } from 'vitest'
import { closing } from '../harness/index.ts'
import { RawClient, rawRequest } from '../harness/raw-http.ts'
import { newServer } from '../harness/server.ts'

const TRANSPORTS: Record<string, (options: { maxConnections?: number }) => Transport> = {
  http: (options) => http({ port: 0, ...options }),
  sse: (options) => sse({ port: 0, ...options }),
}

interface Line extends Record<string, unknown> {
  readonly level: string
}

async function serve(name: string, options: { maxConnections?: number }): Promise<{ url: string; lines: Line[] }> {
  const lines: Line[] = []
  const write = (level: string) => (details: object, message: string) => void lines.push({ ...details, level, message })
  const server = newServer({ logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') } })
  const { url } = await closing(await server.serve((TRANSPORTS[name] as (typeof TRANSPORTS)[string])(options)))
  return { url: url as string, lines }
}

/** The status of a request on a connection of its own, or how the connection failed. */
const statusOf = (url: string): Promise<number | string> =>
  new Promise((resolve) => {
    send(new URL('/livez', url), { agent: false }, (response) => resolve(response.resume().statusCode ?? 0)).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end()
  })

describe.each(Object.keys(TRANSPORTS))('%s', (name) => {
  test('[case 4] stalled connections hold no more places than maxConnections, and the log names the option', async () => {
    const { url, lines } = await serve(name, { maxConnections: 3 })
    const stalled = await Promise.all([1, 2, 3].map(() => RawClient.open(url)))
    for (const client of stalled) client.write('POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 65000\r\n\r\n', 'x'.repeat(64_000))
    await expect.poll(() => statusOf(url)).toBe('ECONNRESET')
    await expect.poll(() => lines).toContainEqual(expect.objectContaining({ level: 'warn', maxConnections: 3, message: expect.stringContaining('maxConnections') }))
    await stalled[0]?.close()
    await expect.poll(() => statusOf(url)).toBe(200)
  })

  test('[case 4] of many dropped connections, few are logged', async () => {
    const { url, lines } = await serve(name, { maxConnections: 1 })
    await RawClient.open(url)
    for (let count = 0; count < 50; count++) await statusOf(url)
    await expect.poll(() => lines.filter(({ maxConnections }) => maxConnections === 1).length).toBeGreaterThan(40)
    expect(lines.filter(({ level }) => level === 'warn').length).toBeLessThan(15)
  })

  test('[case 4] headers of more than 16 KiB get 431', async () => {
    const { url } = await serve(name, {})
    const client = await RawClient.open(url)
    client.write(rawRequest(url, { headers: { 'x-long': 'x'.repeat(20_000) } }))
    expect(await client.until('\r\n\r\n')).toContain('431')
  })
})

test('[case 4] a client has 60 seconds to send a request', () => {
  const { server } = closing(httpApp(newServer()))
  expect([server.headersTimeout, server.requestTimeout]).toEqual([60_000, 60_000])
})
