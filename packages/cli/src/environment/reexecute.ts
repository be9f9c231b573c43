/** Runs this same command again under another Node, which gets this process's standard streams, signals and last word. */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { codeOf, messageOf } from '../errors.ts'
import { SIGNALS } from '../signals.ts'
import { variableFor } from './lifeline.ts'

/** Whatever somebody may mean for it. */
const RELAYED = [...SIGNALS, 'SIGQUIT', 'SIGUSR2'] as const
const LIFELINE = 3

/** Does not return: this process ends as the other one does. Throws `GANGWAY_E_NODE` if it cannot be started. */
export async function reexecute(node: string, npm: string | undefined): Promise<never> {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, ...variableFor({ npm, lifeline: LIFELINE }) },
  })
  for (const signal of RELAYED) process.on(signal, () => relay(signal))
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject).once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }))
  }).catch((cause: unknown) => {
    throw new GangwayError('GANGWAY_E_NODE', `${node} cannot be run (${String(codeOf(cause) ?? messageOf(cause))}): choose another --node, or leave it out`, { cause })
  })
  if (signal === null) process.exit(code ?? 1)
  for (const name of RELAYED) process.removeAllListeners(name)
  process.kill(process.pid, signal)
  return process.exit(1) // Of a signal that did not end this one, such as its own SIGKILL elsewhere.

  function relay(name: NodeJS.Signals): void {
    // On Windows a console sends Ctrl+C to both by itself, and to pass it on would be to kill.
    if (process.platform !== 'win32') child.kill(name)
  }
}
