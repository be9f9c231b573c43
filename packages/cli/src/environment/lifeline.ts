/** What a process that was started under another Node knows of the one that started it. */
import { Socket } from 'node:net'
import process from 'node:process'

/** Names this process to itself, once: what the server starts in its turn is no child of the command. */
const VARIABLE = 'GANGWAY_STARTED_BY'

interface StartedBy {
  /** Where that Node has its npm. */
  readonly npm: string | undefined
  /** The number of a file that closes when the other process ends. */
  readonly lifeline: number
}

let startedBy: StartedBy | undefined

export const variableFor = (value: StartedBy): Record<string, string> => ({ [VARIABLE]: JSON.stringify(value) })

export const isStartedByCommand = (): boolean => startedBy !== undefined

export const parentNpm = (): string | undefined => startedBy?.npm

/** To be called first of all. Ends this process in good order when the one that started it is gone, even by `kill -9`. */
export function followParent(): void {
  const text = process.env[VARIABLE]
  if (text === undefined) return
  delete process.env[VARIABLE]
  try {
    const value = JSON.parse(text) as StartedBy
    const lifeline = new Socket({ fd: value.lifeline, readable: true, writable: false })
    lifeline.on('close', () => process.kill(process.pid, 'SIGTERM')).on('error', () => {})
    lifeline.resume().unref()
    startedBy = value
  } catch {
    // It was not set by this command.
  }
}
