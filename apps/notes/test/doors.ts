/** The doors of the server under test: the built command as a child process, and the network transports in this one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { createServer } from '../src/server.ts'

export type Era = 'legacy' | 'modern'

/** Where a server is: a program to start, or an address and how to talk to it. */
export type Place = { readonly stdio: Command } | { readonly http: URL } | { readonly sse: URL }

interface Command {
  command: string
  args: string[]
  env: Record<string, string>
  stderr: 'ignore'
}

export interface Door {
  readonly name: string
  /** The eras that are served here. */
  readonly eras: readonly Era[]
  open(database: string): Promise<{ place: Place; close(): Promise<void> }>
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What a client starts: `gangway run` on the notes of a file. */
export const command = (database: string): Command => ({
  command: process.execPath,
  args: [pathOf('../../../packages/cli/dist/bin.js'), 'run', pathOf('../src/server.ts')],
  env: { NOTES_DB: database },
  stderr: 'ignore',
})

export const doors: readonly Door[] = [
  {
    name: 'stdio',
    eras: ['legacy', 'modern'],
    open: async (database) => ({ place: { stdio: command(database) }, close: async () => {} }), // The client starts the process and ends it.
  },
  {
    name: 'http',
    eras: ['legacy', 'modern'],
    async open(database) {
      const running = await createServer({ database }).run(http({ port: 0 }), { process: 'host' })
      return { place: { http: new URL(`${running.url}`) }, close: () => running.close() }
    },
  },
  {
    name: 'sse',
    eras: ['legacy'],
    async open(database) {
      const running = await createServer({ database }).run(sse({ port: 0 }), { process: 'host' })
      return { place: { sse: new URL(`${running.url}`) }, close: () => running.close() }
    },
  },
]

/** A folder of its own for the notes of a test, made when it is first asked for. */
export function scratch(): { database(): string; remove(): void } {
  let directory: string | undefined
  return {
    database: () => join((directory ??= mkdtempSync(join(tmpdir(), 'gangway-notes-'))), 'notes.db'),
    remove: () => directory && rmSync(directory, { recursive: true }),
  }
}
