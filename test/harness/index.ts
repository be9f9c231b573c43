/** The table of doors and revisions, and how a test opens one: whatever it opens is closed after it, and was well-formed. */
import type { ServerDefinition } from '@gangway/core'
import { expect } from 'vitest'
import { afterTest } from './cleanup.ts'
import { Client, type ClientOptions } from './client.ts'
import { http } from './http.ts'
import { memory } from './memory.ts'
import { LEGACY, MODERN, NEWEST_LEGACY, type Revision } from './message.ts'
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

type Revisions = Readonly<Record<DoorName, readonly Revision[]>>

const EVERY_REVISION: Revisions = {
  memory: [...LEGACY, MODERN],
  stdio: [...LEGACY, MODERN],
  http: [...LEGACY, MODERN],
  sse: LEGACY,
}

/** What the fast tests run: every revision in memory, and one revision of each era on the other transports. */
const ONE_PER_ERA: Revisions = {
  memory: [...LEGACY, MODERN],
  stdio: [NEWEST_LEGACY, MODERN],
  http: [NEWEST_LEGACY, MODERN],
  sse: [NEWEST_LEGACY],
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

const waysOf = (revisions: Revisions): readonly Way[] => (Object.keys(revisions) as DoorName[]).flatMap((door) => revisions[door].map((revision) => way(door, revision)))

/** Every transport in every revision: for what depends on both, and for a few tests of everything else. */
export const wholeMatrix = waysOf(EVERY_REVISION)
/** For behaviour that does not depend on the transport. `npm run test:all` sets the variable, and runs these tests on the whole matrix. */
export const everywhere = process.env['GANGWAY_TEST_MATRIX'] === 'whole' ? wholeMatrix : waysOf(ONE_PER_ERA)
export const legacyWays: readonly Way[] = everywhere.filter(({ modern }) => !modern)
export const modernWays: readonly Way[] = everywhere.filter(({ modern }) => modern)
/** Those on which one channel carries all messages of a client. */
export const oneWire: readonly Way[] = everywhere.filter(({ door }) => door !== 'http')

export async function serve(door: DoorName, server: ServerDefinition): Promise<Served> {
  return closing(await doors[door](server))
}

/** A client that has said nothing yet. */
export async function connect(served: Served, revision: Revision, options?: ClientOptions): Promise<Client> {
  const client = await Client.connect(served, revision, options)
  afterTest(() => expect(client.faults).toEqual([]))
  return closing(client)
}

/** Has it closed when the test is over. */
export function closing<T extends { close(): Promise<void> }>(resource: T): T {
  afterTest(() => resource.close())
  return resource
}

export { Client } from './client.ts'
