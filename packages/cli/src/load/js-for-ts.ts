/** Lets TypeScript say `./x.js` for what is `./x.ts` until it is built, where Node takes names as they are. */
import * as nodeModule from 'node:module'
import { hooksAreSound, type RegisterHooks } from './hooks.ts'

let hooked = false

export function resolveJsAsTs(): void {
  // Where they cannot be relied on, the other loader takes over.
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  if (hooked || !registerHooks || !hooksAreSound()) return
  hooked = true
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        const mayBeTypeScript = /^\.{1,2}\/.*\.[cm]?js$/.test(specifier) && /\.[cm]?ts$/.test(context.parentURL ?? '')
        if (!mayBeTypeScript) throw error
        try {
          return next(specifier.replace(/js$/, 'ts'), context)
        } catch {
          throw error // It speaks of the name that is in the file.
        }
      }
    },
  })
}
