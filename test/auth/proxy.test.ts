/** A proxy that asks for tokens: they are for it, and the server behind it does not see them. */
import { createServer } from 'node:http'
import { bearer } from '@gangway/auth'
import { connect } from '@gangway/core/client'
import { proxy } from '@gangway/core/proxy'
import type { McpServer } from '@gangway/core'
import { httpClient as client } from '@gangway/transport-http/client'
import { nodeHandler } from '@gangway/transport-http/node'
import { expect, test } from 'vitest'
import { closing } from '../harness/index.ts'
import { newServer, silent } from '../harness/server.ts'
import { HTTP_HOSTS, listen } from './hosts.ts'
import { AUDIENCE, ISSUER, newIssuer } from './issuer.ts'

test.each(['2025-11-25', '2026-07-28'] as const)("%s: a proxy does not pass the caller's token to its upstream [A5]", async (revision) => {
  const issuer = await newIssuer()
  const seen: (string | undefined)[] = []
  const handler = nodeHandler(newServer().tool('who', {}, (_, { auth }) => auth?.subject ?? 'nobody'))
  const behind = await listen(createServer((request, response) => {
    seen.push(request.headers.authorization)
    void handler(request, response)
  }), handler.close)
  const url = await HTTP_HOSTS['http()']?.(proxy(client(behind), { revision, logger: silent }) as unknown as McpServer, bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks }))

  const caller = closing(await connect(client(url ?? '', { token: () => issuer.token() }), { revision }))
  expect(await caller.callTool('who')).toMatchObject({ content: [{ text: 'nobody' }] })
  expect(seen.length).toBeGreaterThan(0)
  expect(new Set(seen)).toEqual(new Set([undefined]))
})

test.each(['2025-11-25', '2026-07-28'] as const)("[case A15] %s: a proxy that connects for each caller passes only that caller's token", async (revision) => {
  const issuer = await newIssuer()
  const handler = nodeHandler(newServer().tool('who', {}, (_, { auth }) => auth?.subject ?? 'nobody'), { authenticate: bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks }) })
  const behind = await listen(createServer((request, response) => void handler(request, response)), handler.close)
  const server = proxy((caller) => client(behind, { token: () => caller.auth?.token }), { logger: silent })
  const url = await HTTP_HOSTS['http()']?.(server as unknown as McpServer, bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks, keepToken: true }))
  const asked = ['ann', 'bob', 'ann'].map(async (sub) => {
    const caller = closing(await connect(client(url ?? '', { token: () => issuer.token({ sub }) }), { revision }))
    return (await caller.callTool('who')).content
  })
  expect(await Promise.all(asked)).toMatchObject(['ann', 'bob', 'ann'].map((text) => [{ text }]))
})
