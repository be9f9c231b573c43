/** The stdio door: the transport over a pair of streams in memory, one a client. */
import { PassThrough } from 'node:stream'
import type { Running } from '@gangway/core'
import { stdio as stdioTransport, type StdioOptions } from '@gangway/transport-stdio'
import type { Door } from './wire.ts'
import { eachLine } from './lines.ts'

export const stdio: Door = async (server) => {
  const processes: Running[] = []
  return {
    url: undefined,
    connect: async (receive) => {
      const { stdin, running } = await openStdio(server, receive)
      processes.push(running)
      return {
        answersInline: false,
        send: async (...texts) => void stdin.write(texts.map((text) => `${text}\n`).join('')),
        close: async () => {
          void running.close()
          await running.close() // Twice: what a test left in flight is not waited for.
        },
      }
    },
    end: async () => {
      for (const running of processes) await running.close()
    },
    close: async () => {},
  }
}

/** For tests that need the streams themselves. */
export async function openStdio(server: Parameters<Door>[0], receive: (text: string) => void, options: StdioOptions = {}) {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  eachLine(stdout, receive)
  const running = await stdioTransport({ stdin, stdout, ...options }).serve(server)
  return { stdin, stdout, running }
}
