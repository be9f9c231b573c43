/** Redirects writes to descriptor 1 through `fs` to descriptor 2. */
import fs from 'node:fs'
import { replaceMethods, type Callable } from './replace.ts'

const WRITERS = ['write', 'writeSync', 'writev', 'writevSync', 'writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'] as const

/** Calls `onStrayWrite` with our replacement function that was called. Returns a function that restores `fs`. */
export function redirectFs(onStrayWrite: (called: Callable) => void): () => void {
  return replaceMethods(fs, WRITERS, (write) => function redirected(this: unknown, descriptor: unknown, ...rest: unknown[]) {
    if (descriptor === 1) onStrayWrite(redirected)
    return Reflect.apply(write, this, [descriptor === 1 ? 2 : descriptor, ...rest])
  })
}
