/** An HTTP door of a process of its own: the built packages, real sockets, signals and an exit code. */
import { spawn, type ChildProcess } from 'node:child_process'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { closing } from './index.ts'

const PROGRAM = fileURLToPath(new URL('../programs/http-server.mjs', import.meta.url))

export type ChildDoor = 'http' | 'plugin' | 'node' | 'fetch' | 'sse'
export const CHILD_DOORS: readonly ChildDoor[] = ['http', 'plugin', 'node', 'fetch', 'sse']

export interface HttpChild {
  readonly url: string
  readonly process: ChildProcess
  /** Resolves with how it ended: an exit code, or the name of a signal. */
  readonly ended: Promise<number | string | null>
  /** All that it wrote to stderr, once it has ended. */
  readonly stderr: Promise<string>
  /** What the program can be asked. */
  ask<T>(question: string, about?: unknown): Promise<T>
  /** Kills it. */
  close(): Promise<void>
}

/** Killed when the test is over, if it still runs. Options are those of the door, with `folder` for its `fileSessions`. */
export const startHttp = async (door: ChildDoor, options: object = {}, nodeOptions: readonly string[] = []): Promise<HttpChild> => closing(await spawnHttp(door, options, nodeOptions))

/** For several tests; whoever starts it closes it. `nodeOptions` are for the process, such as the size of its heap. */
export async function spawnHttp(door: ChildDoor, options: object = {}, nodeOptions: readonly string[] = []): Promise<HttpChild> {
  const child = spawn(process.execPath, ['--expose-gc', ...nodeOptions, PROGRAM, door, JSON.stringify(options)], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
  const close = async (): Promise<void> => void (child.kill('SIGKILL'), await ended)
  const stderr = text(child.stderr ?? Readable.from([]))
  const answers = new Map<number, (answer: never) => void>()
  let sequence = 0
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', ({ url: told, id, answer }: { url?: string; id?: number; answer?: never }) => {
      if (told !== undefined) resolve(told)
      if (id !== undefined) answers.get(id)?.(answer as never)
    })
    void ended.then(async (how) => reject(new Error(`The server ended with ${how}: ${await stderr}`)))
  })
  const ask = <T>(question: string, about?: unknown): Promise<T> =>
    new Promise((resolve) => {
      const id = ++sequence
      answers.set(id, resolve)
      child.send({ id, question, about })
    })
  return { url, process: child, ended, stderr, ask, close }
}
