/** The table of doors and revisions, and how a test opens one: whatever it opens is closed after it, and was well-formed. */
import type { ServerDefinition } from '@gangway/core'
import { afterEach, expect } from 'vitest'
import { Client, type ClientOptions } from './client.ts'
import { http } from './http.ts'
import { memory } from './memory.ts'
import { LEGACY, MODERN, type Revision } from './message.ts'
import { sse } from './sse.ts'
import { stdio } from './stdio.ts'
import type { Served } from './wire.ts'

export const doors = { memory, stdio, http, sse }
export type DoorName = keyof typeof doors

/** A door, and a revision that is spoken through it. */
export interface Way {
  readonly name: string
  readonly door: DoorName
  readonly revision: Revision
  readonly modern: boolean
  /** Serves the server and connects one client, after its handshake. */
  readonly open: (server: ServerDefinition, options?: ClientOptions) => Promise<Client>
}

const REVISIONS: Readonly<Record<DoorName, readonly Revision[]>> = {
  memory: [...LEGACY, MODERN],
  stdio: [...LEGACY, MODERN],
  http: [...LEGACY, MODERN],
  sse: LEGACY,
}

const way = (door: DoorName, revision: Revision): Way => ({
  name: `${door} ${revision}`,
  door,
  revision,
  modern: revision === MODERN,
  open: async (server, options) => {
    const client = await connect(await serve(door, server), revision, options)
    await client.handshake()
    return client
  },
})

export const everywhere: readonly Way[] = (Object.keys(REVISIONS) as DoorName[]).flatMap((door) => REVISIONS[door].map((revision) => way(door, revision)))
export const legacyWays: readonly Way[] = everywhere.filter(({ modern }) => !modern)
export const modernWays: readonly Way[] = everywhere.filter(({ modern }) => modern)
/** Those on which one channel carries all messages of a client. */
export const oneWire: readonly Way[] = everywhere.filter(({ door }) => door !== 'http')

const opened: { close(): Promise<void> }[] = []
const clients: Client[] = []

export async function serve(door: DoorName, server: ServerDefinition): Promise<Served> {
  return closing(await doors[door](server))
}

/** A client that has said nothing yet. */
export async function connect(served: Served, revision: Revision, options?: ClientOptions): Promise<Client> {
  const client = closing(await Client.connect(served, revision, options))
  clients.push(client)
  return client
}

/** Has it closed when the test is over. */
export function closing<T extends { close(): Promise<void> }>(resource: T): T {
  opened.push(resource)
  return resource
}

afterEach(async () => {
  for (const resource of opened.splice(0).toReversed()) await resource.close()
  expect(clients.splice(0).flatMap(({ faults }) => faults)).toEqual([])
})

export { Client } from './client.ts'
