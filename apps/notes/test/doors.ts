/** Starts the server under test: the built command in a child process, and the network transports in this process. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { createServer } from '../src/server.ts'

export type Era = 'legacy' | 'modern'

/** How to reach a server: a program to start, or a URL and its transport. */
export type Place = { readonly stdio: Command } | { readonly http: URL } | { readonly sse: URL }

interface Command {
  command: string
  args: string[]
  env: Record<string, string>
  stderr: 'ignore'
}

export interface Door {
  readonly name: string
  /** The eras that the transport serves. */
  readonly eras: readonly Era[]
  open(database: string): Promise<{ place: Place; close(): Promise<void> }>
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The program that a client starts: `gangway run` with a database file. */
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
    open: async (database) => ({ place: { stdio: command(database) }, close: async () => {} }), // The client starts and stops the process.
  },
  {
    name: 'http',
    eras: ['legacy', 'modern'],
    async open(database) {
      const running = await createServer({ database }).serve(http({ port: 0 }))
      return { place: { http: new URL(`${running.url}`) }, close: () => running.close() }
    },
  },
  {
    name: 'sse',
    eras: ['legacy'],
    async open(database) {
      const running = await createServer({ database }).serve(sse({ port: 0 }))
      return { place: { sse: new URL(`${running.url}`) }, close: () => running.close() }
    },
  },
]

/** A temporary folder for the notes of a test, created on first use. */
export function scratch(): { database(): string; remove(): void } {
  let directory: string | undefined
  return {
    database: () => join((directory ??= mkdtempSync(join(tmpdir(), 'gangway-notes-'))), 'notes.db'),
    remove: () => directory && rmSync(directory, { recursive: true }),
  }
}
