/** Stops a child process when its parent exits, even by `kill -9`: a pipe between them, the lifeline, then closes. */
import { Socket } from 'node:net'
import process from 'node:process'

/** Set only for a process that runs instead of another one. That process removes it, so that its own children do not inherit it. */
const VARIABLE = 'GANGWAY_STARTED_BY'

interface StartedBy {
  /** The path of the parent's npm. */
  readonly npm: string | undefined
  /** A file descriptor that closes when the parent exits. */
  readonly lifeline: number
}

let startedBy: StartedBy | undefined

export const variableFor = (value: StartedBy): Record<string, string> => ({ [VARIABLE]: JSON.stringify(value) })

/** Whether this process runs instead of another process of this command. */
export const isStartedByCommand = (): boolean => startedBy !== undefined

export const parentNpm = (): string | undefined => startedBy?.npm

/** Call it first. Shuts this process down gracefully when the parent exits. */
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

/** Arguments for Node.js, with which any program follows its parent. Descriptor 3 must be the pipe. Also removes `folder`. */
export function lifelineArguments(folder: string): readonly string[] {
  const code = `import{rmSync}from'node:fs';import{Socket}from'node:net';new Socket({fd:3,readable:true,writable:false}).on('close',()=>{rmSync(${JSON.stringify(folder)},{recursive:true,force:true});process.kill(process.pid,'SIGTERM')}).on('error',()=>{}).resume().unref()`
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}
