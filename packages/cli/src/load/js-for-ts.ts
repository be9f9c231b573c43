/** Lets TypeScript say `./x.js` for what is `./x.ts` until it is built, where Node takes names as they are. */
import * as nodeModule from 'node:module'
import process from 'node:process'

interface Resolution {
  readonly parentURL?: string
}
type Resolve = (specifier: string, context: Resolution) => unknown
type RegisterHooks = (hooks: { resolve(specifier: string, context: Resolution, next: Resolve): unknown }) => void

let hooked = false

export function resolveJsAsTs(): void {
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

/** Found by trying; where they are not, the other loader takes over. */
function hooksAreSound(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19)
}
