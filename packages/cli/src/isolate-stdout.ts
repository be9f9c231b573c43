/** `--isolate-stdout`: runs the server in a child process. Its stdout is our stderr, and it writes messages to file descriptor 3, which is our stdout. */
import process from 'node:process'
import { runInstead } from './process/child-process.ts'

const MESSAGE_DESCRIPTOR = 3

/** Takes the arguments of this command. Does not return: this process exits with the exit code of the child. */
export function isolate([run = '', ...words]: readonly string[]): Promise<never> {
  const [, program = ''] = process.argv
  return runInstead(process.execPath, [...process.execArgv, program, run, `--wire=${MESSAGE_DESCRIPTOR}`, ...words], { stdio: ['inherit', 2, 2, 1], followsParent: true })
}
