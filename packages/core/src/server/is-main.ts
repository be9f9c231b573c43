/** Tells whether a module is the program, as opposed to being imported by it. */
import { hostProcess } from './host.ts'
import { currentLaunch } from './launch.ts'

/**
 * `if (isMain(import.meta)) await server.run()` starts the server when the file is run by Node, Bun or Deno,
 * and not when it is imported or loaded by `gangway run`, which starts it itself.
 */
export function isMain(meta: ImportMeta): boolean {
  if (currentLaunch()) return false
  const { main, url } = meta as ImportMeta & { main?: boolean }
  if (typeof main === 'boolean') return main
  const process = hostProcess()
  const entry = process?.argv[1]
  if (!process || !entry) return false
  try {
    // Resolving follows links and adds a missing extension, as Node did when it started the program.
    const resolved = process.getBuiltinModule('node:module').createRequire(entry).resolve(entry)
    return process.getBuiltinModule('node:url').pathToFileURL(resolved).href === url
  } catch {
    return false // The program is not a file: `node --eval`, a REPL.
  }
}
