/** Keeps others from descriptor 1 through `fs`: what they write there goes to descriptor 2. */
import fs from 'node:fs'
import { replaceMethods } from './replace.ts'

const WRITERS = ['write', 'writeSync', 'writev', 'writevSync', 'writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'] as const

/** Returns what undoes it. */
export function divertFiles(stray: () => void): () => void {
  return replaceMethods(fs, WRITERS, (write) => function (this: unknown, descriptor: unknown, ...rest: unknown[]) {
    if (descriptor === 1) stray()
    return Reflect.apply(write, this, [descriptor === 1 ? 2 : descriptor, ...rest])
  })
}
