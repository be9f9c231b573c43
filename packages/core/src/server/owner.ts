/** Ends the process in good order: on a signal, with its parent, or when nothing is served any more. Only `run()` hands a process over to it. */
import { isGangwayError } from '../gangway-error.ts'
import type { ServerDefinition } from './definition.ts'
import { outliveFaults } from './faults.ts'
import { hostProcess, type HostProcess, type Signal } from './host.ts'
import type { Logger } from './logger.ts'
import type { Running, Transport } from './transport.ts'

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

// npm and npx pass on what the terminal has sent already, and `timeout` signals a process and then its group: within so many milliseconds, two are one.
const ECHO = { SIGINT: 500, SIGTERM: 100, SIGHUP: 500 } as const

/** Milliseconds between two looks at who the parent is. */
const WATCH = 500

/** Milliseconds that a start gets to finish after a signal. */
const START_GRACE = 2000

const served = new Set<Running>()
const lastSteps: (() => Promise<void>)[] = []
/** At the start: one that is gone has been replaced by another. */
const parent = hostProcess()?.ppid
let starting = 0
let exitCode = 0
let heeding = false
let outliving = false
let watching = false
let first: { readonly signal: Signal; readonly at: number } | undefined

/** Serves, and ends the process when that ends. What comes before it serves ends it as well: a start may hang. */
export async function serveOwned(transport: Transport, server: ServerDefinition): Promise<Running> {
  const process = hostProcess()
  if (!process) return transport.serve(server)
  heed(process)
  if (transport.ownProcess) lastSteps.push(transport.ownProcess())
  starting++
  try {
    const running = await transport.serve(server)
    own(process, running, server.logger)
    return running
  } catch (error) {
    if (isGangwayError(error) && error.code === 'GANGWAY_E_START') await abandon(process, server.logger, error)
    throw error
  } finally {
    starting--
  }
}

function own(process: HostProcess, running: Running, logger: Logger): void {
  served.add(running)
  if (!outliving) outliveFaults(process, logger)
  outliving = true
  if (running.parentGone) watchParent(process, logger)
  running.closed.then(
    () => end(process, running, 0),
    (error: unknown) => {
      if (isGangwayError(error)) logger.error({ code: error.code }, error.message)
      else logger.error({ err: error }, 'A close hook failed')
      return end(process, running, 1)
    },
  )
  if (first) close(running)
}

function heed(process: HostProcess): void {
  if (heeding) return
  heeding = true
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first) {
        const isEcho = first.signal === signal && Date.now() - first.at <= ECHO[signal]
        if (!isEcho) process.exit(EXIT_CODE[signal])
        return
      }
      first = { signal, at: Date.now() }
      for (const running of served) close(running)
      if (served.size > 0) return
      if (starting === 0) process.exit(EXIT_CODE[signal]) // Nothing could be started.
      setTimeout(() => served.size === 0 && process.exit(EXIT_CODE[signal]), START_GRACE)
    })
  }
}

const close = (running: Running): void => void running.close().catch(() => {}) // `closed` rejects with the same reason.

/** The end of stdin tells of the parent's, unless somebody else holds its other end. */
function watchParent(process: HostProcess, logger: Logger): void {
  if (watching) return
  watching = true
  const timer: { unref?(): void } & ReturnType<typeof setInterval> = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    logger.debug({ parent }, 'The process that started this one is gone')
    for (const running of served) running.parentGone?.()
  }, WATCH)
  timer.unref?.()
}

/** Timers and sockets of user code may be open for ever, so the process does not wait for them. */
async function end(process: HostProcess, running: Running, code: number): Promise<void> {
  served.delete(running)
  exitCode = Math.max(exitCode, code)
  if (served.size > 0) return
  for (const step of lastSteps) await step()
  process.exit(exitCode)
}

/** Whoever called `run()` may go on without it, and the process with whatever the start has opened. */
async function abandon(process: HostProcess, logger: Logger, { code, message }: { readonly code: string; readonly message: string }): Promise<void> {
  logger.error({ code }, message)
  if (served.size > 0) return
  for (const step of lastSteps) await step()
  process.exit(1)
}
