/** What this command does on a signal, and when its parent process exits. Servers that are running handle both themselves. */
import { constants } from 'node:os'
import process from 'node:process'

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The shell convention: 128 plus the number of the signal. */
export const exitCodeBy = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/** Milliseconds within which a repeated signal is ignored, as in core: npm, npx and `timeout` send signals twice. */
const ECHO: Readonly<Record<string, number>> = { SIGINT: 500, SIGTERM: 100, SIGHUP: 500 }

export interface SignalOptions {
  /** A graceful shutdown, which a second signal interrupts. Without it, the process exits at once. */
  readonly stop?: () => Promise<unknown>
  /** The exit code after `stop`. By default that of the signal. */
  readonly code?: number
  /** Whether to ignore the signal, because other code handles it. */
  readonly unless?: (signal: NodeJS.Signals) => boolean
}

export interface SignalHandler {
  /** Whether a signal has started the shutdown. */
  readonly isStopping: () => boolean
  /** Removes the handler. */
  readonly off: () => void
}

/** Exits on a signal. Child processes of `startChild` and of client transports are killed with this process. */
export function exitOnSignal({ stop, code, unless = () => false }: SignalOptions = {}): SignalHandler {
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    if (unless(signal)) return
    if (first?.signal === signal && Date.now() - first.at <= (ECHO[signal] ?? 0)) return
    if (first || !stop) process.exit(exitCodeBy(signal))
    first = { signal, at: Date.now() }
    void stop().finally(() => process.exit(code ?? exitCodeBy(signal)))
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    isStopping: () => first !== undefined,
    off: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}

/** Aborts `work` on a signal, and exits when it has cleaned up. In that case, never settles. */
export async function abortOnSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const aborter = new AbortController()
  const running = work(aborter.signal)
  const { isStopping, off } = exitOnSignal({
    stop: () => {
      aborter.abort()
      return running.catch(() => {})
    },
  })
  try {
    return await running
  } finally {
    if (isStopping()) await new Promise(() => {})
    off()
  }
}

/** Milliseconds between checks. */
const WATCH = 500

/** Calls back once, without keeping the process alive. No event reports this, so the parent's id is polled. Returns a function that stops watching. */
export function onParentGone(then: () => void): () => void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    then()
  }, WATCH).unref()
  return () => clearInterval(watch)
}
