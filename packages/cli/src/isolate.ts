/** `--isolate-stdout`: the server in a child of this command whose descriptor 1 is our stderr, and whose descriptor 3 is the wire. */
import process from 'node:process'
import { onParentGone } from './parent.ts'
import { exitCodeBy, SIGNALS } from './signals.ts'

const WIRE = 3

/** `run` and what follows it are the words of the command. Ends this process as the child ends. */
export function isolate([run = '', ...words]: readonly string[]): void {
  const [, program = ''] = process.argv
  const child = process.getBuiltinModule('node:child_process').spawn(process.execPath, [...process.execArgv, program, run, `--wire=${WIRE}`, ...words], { stdio: ['inherit', 2, 2, 1] })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  onParentGone(() => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => process.exit(signal ? exitCodeBy(signal) : (code ?? 1)))
}
