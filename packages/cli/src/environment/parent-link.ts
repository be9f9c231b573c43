/** Links a process that was restarted under another Node.js version to its parent. */
import { Socket } from 'node:net'
import process from 'node:process'

/** Set only for the restarted process, which removes it so that its own children do not inherit it. */
const VARIABLE = 'GANGWAY_STARTED_BY'

interface StartedBy {
  /** The path of the parent's npm. */
  readonly npm: string | undefined
  /** A file descriptor that closes when the parent exits. */
  readonly lifeline: number
}

let startedBy: StartedBy | undefined

export const variableFor = (value: StartedBy): Record<string, string> => ({ [VARIABLE]: JSON.stringify(value) })

export const isStartedByCommand = (): boolean => startedBy !== undefined

export const parentNpm = (): string | undefined => startedBy?.npm

/** Call it first. Shuts this process down gracefully when the parent exits, even by `kill -9`. */
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
    // Not set by this command.
  }
}
