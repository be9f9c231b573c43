/** Keeps others from descriptor 1 through `fs`: what they write there goes to descriptor 2. */
import fs from 'node:fs'
import { replaceMethods, type Callable } from './replace.ts'

const WRITERS = ['write', 'writeSync', 'writev', 'writevSync', 'writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'] as const

/** `stray` is told which of our functions was called. Returns a function that restores Node's functions. */
export function divertFiles(stray: (called: Callable) => void): () => void {
  return replaceMethods(fs, WRITERS, (write) => function diverted(this: unknown, descriptor: unknown, ...rest: unknown[]) {
    if (descriptor === 1) stray(diverted)
    return Reflect.apply(write, this, [descriptor === 1 ? 2 : descriptor, ...rest])
  })
}
