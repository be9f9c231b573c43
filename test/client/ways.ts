/** Every way from our client to a server of ours: each transport, in each revision that it carries. */
import { fileURLToPath } from 'node:url'
import type { Revision } from '@gangway/core'
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import { connect, type Client, type ClientOptions, type ClientTransport } from '@gangway/core/client'
import { memory } from '@gangway/core/testing'
import { http as httpServer } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { sse as sseServer } from '@gangway/transport-sse'
import { sseClient } from '@gangway/transport-sse/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { afterTest } from '../harness/cleanup.ts'
import { newShop } from '../programs/shop.mjs'

const PROGRAM = fileURLToPath(new URL('../programs/shop.mjs', import.meta.url))

const TRANSPORTS: Readonly<Record<string, () => Promise<ClientTransport>>> = {
  memory: async () => memory(newShop()),
  stdio: async () => stdioClient({ command: process.execPath, args: [PROGRAM] }),
  http: async () => {
    const running = await httpServer({ port: 0 }).serve(newShop())
    afterTest(async () => (void running.close(), running.close()))
    return httpClient(running.url ?? '')
  },
  sse: async () => {
    const running = await sseServer({ port: 0 }).serve(newShop())
    afterTest(async () => (void running.close(), running.close()))
    return sseClient(running.url ?? '')
  },
}

/** A client that is closed when the test is over. */
export async function opened(transport: ClientTransport, options: ClientOptions = {}): Promise<Client> {
  const client = await connect(transport, { timeout: 20_000, ...options })
  afterTest(() => client.close())
  return client
}

export interface Way {
  readonly name: string
  readonly revision: Revision
  readonly open: (options?: ClientOptions) => Promise<Client>
}

const REVISIONS: Readonly<Record<string, readonly Revision[]>> = {
  memory: [...LEGACY_REVISIONS, ...MODERN_REVISIONS],
  stdio: ['2025-11-25', '2026-07-28'], // As in memory, but for the processes.
  http: ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'],
  sse: ['2024-11-05', '2025-11-25'],
}

export const WAYS: readonly Way[] = Object.entries(REVISIONS).flatMap(([name, revisions]) =>
  revisions.map((revision) => ({ name: `${name} ${revision}`, revision, open: async (options) => opened(await TRANSPORTS[name]!(), { revision, ...options }) })),
)
