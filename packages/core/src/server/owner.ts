/** Ends the process in good order: on a signal, or when nothing is served any more. Only `run()` hands a process over to it. */
import { hostProcess, type HostProcess } from './host.ts'
import type { Logger } from './logger.ts'
import type { Running } from './transport.ts'

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

// npm and npx pass on the Ctrl+C that the terminal has sent already: within this many milliseconds, two signals are one.
const ECHO = 500

const served = new Set<Running>()
let listening = false
let endingSince: number | undefined

export function ownProcess(running: Running, logger: Logger): void {
  const process = hostProcess()
  if (!process) return
  served.add(running)
  if (!listening) listen(process)
  listening = true
  running.closed.then(
    () => end(process, running, 0),
    (error: unknown) => {
      logger.error({ err: error }, 'A close hook failed')
      end(process, running, 1)
    },
  )
}

function listen(process: HostProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (endingSince !== undefined) {
        if (Date.now() - endingSince > ECHO) process.exit(EXIT_CODE[signal])
        return
      }
      endingSince = Date.now()
      for (const running of served) running.close().catch(() => {}) // `closed` rejects with the same reason.
    })
  }
}

/** Timers and sockets of user code may be open for ever, so the process does not wait for them. */
function end(process: HostProcess, running: Running, code: number): void {
  served.delete(running)
  if (served.size === 0) process.exit(code)
}
