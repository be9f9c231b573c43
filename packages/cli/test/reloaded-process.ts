/** A server under `gangway run --reload` in a project that a test edits, and a client of it that stays. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'vitest'
import { connect, type Client } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { sseClient } from '@gangway/transport-sse/client'
import { stdioClient } from '@gangway/transport-stdio/client'
import { bin, project } from './gangway.ts'

export const OURS = ['core', 'transport-stdio', 'transport-http', 'transport-sse']

interface Way {
  readonly transport: 'stdio' | 'http' | 'sse'
  readonly revision: '2024-11-05' | '2025-11-25' | '2026-07-28'
}

interface Options extends Partial<Way> {
  /** The command's, after the name of the file. */
  readonly args?: readonly string[]
  readonly server?: string | readonly string[]
  /** Runs before the command starts. */
  readonly prepare?: (folder: string) => void
}

export interface Edited {
  readonly client: Client
  readonly folder: string
  /** Of an HTTP server. */
  readonly url: URL | undefined
  readonly log: Log
  edit(name: string, text: string): void
  /** What the tool `say` says. */
  says(): Promise<string>
  /** Calls without pause until it says that. */
  untilSays(text: string): Promise<void>
  /** Resolves with how the command ended, once it has. */
  readonly ended: Promise<number | null> | undefined
}

/** What the command writes to stderr. */
export class Log {
  text = ''
  readonly #waiting = new Set<() => void>()

  write(text: string): void {
    this.text += text
    for (const look of this.#waiting) look()
  }

  /** Resolves with the first match in what is written after `from`, a position in the text. */
  until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text.slice(from))
        if (!match) return
        this.#waiting.delete(look)
        resolve(match)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** What each reload was for. */
  get reloads(): string[][] {
    return Array.from(this.text.matchAll(/"Reloaded [^"]*","changed":(\[[^\]]*\])/g), ([, changed = '[]']) => JSON.parse(changed) as string[])
  }
}

/** A server whose tool `say` answers with this expression. */
export const saying = (expression: string, { head = '', chain = '', tail = '' } = {}): string =>
  `import { McpServer } from '@gangway/core'\n${head}\nexport const server = new McpServer({ name: 'edited', version: '1.0.0' }).tool('say', {}, () => ${expression})${chain}\n${tail}\n`

type Finished = TestContext['onTestFinished']

/** `files` holds the server, `server.mjs` unless another one is named. All is ended with the test. */
export async function edited(onTestFinished: Finished, files: Readonly<Record<string, string>>, { transport = 'stdio', revision = '2025-11-25', args = [], server = 'server.mjs', prepare }: Options = {}): Promise<Edited> {
  const folder = project(files, OURS)
  prepare?.(folder)
  const log = new Log()
  const command = [bin, 'run', ...[server].flat(), '--reload', ...args]
  const served = transport === 'stdio' ? undefined : await listening([...command, '-t', transport, '-p', '0'], folder, log, onTestFinished)
  const way = served ? (transport === 'http' ? httpClient : sseClient)(served.url) : stdioClient({ command: process.execPath, args: command, cwd: folder, onStderr: (text) => log.write(text) })
  const client = await connect(way, { revision })
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(log.text)
    await client.close()
  })
  const says = async (): Promise<string> => {
    const { content } = await client.callTool('say')
    return (content[0] as { text: string }).text
  }
  return {
    client,
    folder,
    url: served?.url,
    log,
    ended: served?.ended,
    says,
    edit: (name, text) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    },
    untilSays: async (text) => {
      while ((await says()) !== text);
    },
  }
}

async function listening(command: readonly string[], cwd: string, log: Log, onTestFinished: Finished): Promise<{ url: URL; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.write(text))
  const [address] = await log.until(/http:\/\/[^"\s]+/)
  return { url: new URL(address), ended }
}
