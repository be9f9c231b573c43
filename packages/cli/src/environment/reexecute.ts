/** Restarts this command under another Node.js version. The new process inherits the streams and receives the signals of this one. */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { codeOf, messageOf } from '../errors.ts'
import { SIGNALS } from '../signals.ts'
import { variableFor } from './parent-link.ts'

/** Signals to forward. */
const RELAYED = [...SIGNALS, 'SIGQUIT', 'SIGUSR2'] as const
const LIFELINE = 3

/** Does not return: this process exits with the child's exit code or signal. Throws `GANGWAY_E_NODE` if the child cannot be started. */
export async function reexecute(node: string, npm: string | undefined): Promise<never> {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...variableFor({ npm, lifeline: LIFELINE }) },
  })
  for (const signal of RELAYED) process.on(signal, () => relay(signal))
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject).once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }))
  }).catch((cause: unknown) => {
    throw new GangwayError('GANGWAY_E_NODE', `Cannot start ${node} (${String(codeOf(cause) ?? messageOf(cause))}). Choose another --node, or remove it`, { cause })
  })
  if (signal === null) process.exit(code ?? 1)
  for (const name of RELAYED) process.removeAllListeners(name)
  process.kill(process.pid, signal)
  return process.exit(1) // Reached only if the signal did not terminate this process.

  function relay(name: NodeJS.Signals): void {
    // On Windows the console sends Ctrl+C to both processes, and child.kill() would terminate the child at once.
    if (process.platform !== 'win32') child.kill(name)
  }
}
