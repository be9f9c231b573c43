/** What the servers of the suite have in common. */
import { McpServer, type Logger, type McpServerOptions } from '@gangway/core'

const ignore = (): void => {}
export const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** A server without anything in it, that keeps its log to itself. */
export const newServer = (options: Partial<McpServerOptions> = {}): McpServer => new McpServer({ name: 'suite', version: '1.0.0', logger: silent, ...options })

/** A logger, and the lines of one level that it was given. */
export function logged(level: keyof Logger): { logger: Logger; lines: unknown[][] } {
  const lines: unknown[][] = []
  return { logger: { ...silent, [level]: (...line: unknown[]) => void lines.push(line) }, lines }
}

/** A promise for a test and a handler to meet at. */
export interface RequestGate<T = void> extends Promise<T> {
  open(value: T): void
}

export function gate<T = void>(): RequestGate<T> {
  let open: (value: T) => void = ignore
  const promise = new Promise<T>((resolve) => (open = resolve))
  return Object.assign(promise, { open: (value: T) => open(value) })
}

/** Resolves with the reason once the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason)
    else signal.addEventListener('abort', () => resolve(signal.reason), { once: true })
  })

/** The text of the first block. */
export const textOf = (result: Record<string, unknown>): unknown => (result.content as { text?: unknown }[])[0]?.text
