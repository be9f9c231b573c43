/** Shuts the process down gracefully: on a signal, when its parent exits, or when the last transport stops. Used only by `run()`. */
import { isGangwayError } from '../gangway-error.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { installCrashHandlers } from './crash-handlers.ts'
import { hostProcess, type HostProcess, type Signal } from './host-process.ts'
import type { Logger } from '../logging/logger.ts'
import type { Running, Transport } from './server-transport.ts'

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

// A second signal within this many milliseconds is a duplicate: npm and npx forward signals that the terminal already sent to all processes,
// and `timeout` signals the process and then its group.
const ECHO = { SIGINT: 500, SIGTERM: 100, SIGHUP: 500 } as const

/** The interval at which the parent process is checked, in milliseconds. */
const WATCH = 500

/** How long a transport may take to finish starting after a signal, in milliseconds. */
const START_GRACE = 2000

const served = new Set<Running>()
const lastSteps: (() => Promise<void>)[] = []
/** The parent's process id at startup. If the parent exits, the operating system assigns another parent. */
const parent = hostProcess()?.ppid
let starting = 0
let exitCode = 0
let heeding = false
let outliving = false
let watching = false
let first: { readonly signal: Signal; readonly at: number } | undefined

/** Serves, and exits the process when serving ends. Signals are handled from the beginning, because a start may hang. */
export async function serveOwned(transport: Transport, server: ServerDefinition): Promise<Running> {
  const process = hostProcess()
  if (!process) return transport.serve(server)
  onSignals(process)
  if (transport.ownProcess) lastSteps.push(transport.ownProcess())
  starting++
  try {
    const running = await transport.serve(server)
    own(process, running, server.logger)
    return running
  } catch (error) {
    if (isGangwayError(error) && error.code === 'GANGWAY_E_START') await failStartup(process, server.logger, error)
    throw error
  } finally {
    starting--
  }
}

function own(process: HostProcess, running: Running, logger: Logger): void {
  served.add(running)
  if (!outliving) installCrashHandlers(process, logger)
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

function onSignals(process: HostProcess): void {
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
      if (starting === 0) process.exit(EXIT_CODE[signal]) // Nothing is being served or started.
      setTimeout(() => served.size === 0 && process.exit(EXIT_CODE[signal]), START_GRACE)
    })
  }
}

const close = (running: Running): void => void running.close().catch(() => {}) // `closed` rejects with the same error, which is handled there.

/** Polls the parent process. stdin usually ends when the parent exits, but not while another process holds the other end of the pipe. */
function watchParent(process: HostProcess, logger: Logger): void {
  if (watching) return
  watching = true
  const timer: { unref?(): void } & ReturnType<typeof setInterval> = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    logger.debug({ parent }, 'The parent process has exited')
    for (const running of served) running.parentGone?.()
  }, WATCH)
  timer.unref?.()
}

/** Exits without waiting for timers and sockets of user code, which may stay open forever. */
async function end(process: HostProcess, running: Running, code: number): Promise<void> {
  served.delete(running)
  exitCode = Math.max(exitCode, code)
  if (served.size > 0) return
  for (const step of lastSteps) await step()
  process.exit(exitCode)
}

/** Exits, because otherwise the caller of `run()` could ignore the error, and open resources would keep a process alive that serves nothing. */
async function failStartup(process: HostProcess, logger: Logger, { code, message }: { readonly code: string; readonly message: string }): Promise<void> {
  logger.error({ code }, message)
  if (served.size > 0) return
  for (const step of lastSteps) await step()
  process.exit(1)
}
