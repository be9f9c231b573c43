/** What a log holds of a request that cannot be read: not its bytes, for a token may be among them. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Logger } from '@gangway/core'
import { expect, test } from 'vitest'
import { newServer } from '../harness/server.ts'
import { believe } from './callers.ts'
import { HTTP_HOSTS, SSE_HOSTS } from './hosts.ts'

const TOKEN = 'opaque-and-secret'

test.each([['http()', HTTP_HOSTS['http()']], ['sse()', SSE_HOSTS['sse()']]])('%s logs the reason, and not the token', async (_, host) => {
  const lines: unknown[] = []
  const keep = (...line: unknown[]): void => void lines.push(line)
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep }
  const url = new URL((await host?.(newServer({ logger }), believe)) ?? '')
  const socket = connect(Number(url.port), url.hostname)
  socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer\r\n ${TOKEN}\r\n\r\n`) // A line that is folded.
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)

  // Whatever becomes of bytes in a log: as numbers, they are there all the same.
  const logged = JSON.stringify(lines, (_key, value: unknown) => (value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value))
  expect(logged).toContain('HPE_')
  expect(logged).not.toContain(TOKEN)
  expect(logged).not.toContain([...Buffer.from(TOKEN)].join())
})
