/** What brings the end of a server on stdio about. */
import { modernText, type Message } from './message.ts'
import { isAlive, programFile, startProgram, until, type Program } from './program.ts'

/** Starts it where its parent can be killed while we still hold the other ends of its pipes. */
const UNDER_A_SHELL = ['-c', '"$@" <&3 & wait', 'sh', process.execPath]

export interface Started {
  readonly program: Program
  readonly messages: Message[]
}

/** What brings the end about, and whether the client is still there to be answered. */
export const endings: Readonly<Record<string, { end(started: Started): void; readonly deaf?: true }>> = {
  'the end of stdin': { end: ({ program }) => void program.stdin.end() },
  'a client that is gone (EPIPE)': {
    end: ({ program }) => {
      program.stdout.destroy()
      program.stdin.write(`${modernText('into the void', 'server/discover')}\n`)
    },
    deaf: true,
  },
  SIGTERM: { end: ({ program }) => program.kill('SIGTERM') },
  SIGINT: { end: ({ program }) => program.kill('SIGINT') },
  SIGHUP: { end: ({ program }) => program.kill('SIGHUP') },
  // The first leaves it with pipes that we hold the other ends of; with the second, all that it is connected to is gone at once.
  'the death of the shell that started it': { end: ({ program }) => program.kill('SIGKILL') },
  'the death of its host': { end: ({ program }) => program.kill('SIGKILL'), deaf: true },
}

/** For the endings that are a parent's. */
export function underParent(ending: string, args: readonly string[]): Program | undefined {
  if (ending === 'the death of its host') return startProgram(process.execPath, [programFile('host.mjs'), ...args])
  return ending === 'the death of the shell that started it' ? startProgram('sh', [...UNDER_A_SHELL, ...args], { input: 3 }) : undefined
}

/** Until every process is gone that it told of. */
export async function gone({ program, children }: { readonly program: Program; readonly children: () => number[] }): Promise<number | string | null> {
  const outcome = await program.ended
  await until(() => !children().some(isAlive))
  return outcome
}
