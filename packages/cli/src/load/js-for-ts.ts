/** Resolves `./x.js` to `./x.ts` in TypeScript files, as TypeScript does. */
import { addModuleHook } from './module-hooks.ts'

let hooked = false

/** Without reliable hooks, such imports fail and jiti loads the file instead. */
export function resolveJsAsTs(): void {
  if (hooked) return
  hooked = true
  addModuleHook('typescript', {
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        const mayBeTypeScript = /^\.{1,2}\/.*\.[cm]?js$/.test(specifier) && /\.[cm]?ts$/.test(context.parentURL ?? '')
        if (!mayBeTypeScript) throw error
        try {
          return next(specifier.replace(/js$/, 'ts'), context)
        } catch {
          throw error // The original error names the path as the file has it.
        }
      }
    },
  })
}
