/** `--isolate-stdout`: runs the server in a child process. Its stdout is our stderr, and it writes messages to file descriptor 3, which is our stdout. */
import process from 'node:process'
import { onParentGone } from './parent-process.ts'
import { exitCodeBy, SIGNALS } from './signals.ts'

const MESSAGE_DESCRIPTOR = 3

/** Takes the arguments of this command. Exits with the exit code of the child. */
export function isolate([run = '', ...words]: readonly string[]): void {
  const [, program = ''] = process.argv
  const child = process.getBuiltinModule('node:child_process').spawn(process.execPath, [...process.execArgv, program, run, `--wire=${MESSAGE_DESCRIPTOR}`, ...words], { stdio: ['inherit', 2, 2, 1] })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  onParentGone(() => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => process.exit(signal ? exitCodeBy(signal) : (code ?? 1)))
}
