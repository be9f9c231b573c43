/** Detects whether a module is the program that was started, or was imported by it. */
import { GangwayError } from '../gangway-error.ts'
import { hostProcess, type HostProcess } from './host-process.ts'
import { currentLaunch } from './launch.ts'
import { unsupportedNode } from './supported-node.ts'

/** The members of `import.meta` that `isMain` reads. */
interface ModuleMeta {
  readonly url?: string | undefined
  readonly main?: boolean | undefined
}

/**
 * Returns true if Node.js, Bun, Deno, PM2 or a TypeScript runner was started with this module as its program.
 * Returns false if the module was imported, or if `gangway run` loads it and starts the server itself.
 *
 * Throws `GANGWAY_E_MAIN` if the answer cannot be known. A CommonJS bundle removes `import.meta.url`, and `jiti` replaces it with a `data:` URL.
 * `vite-node` without `--script` hides the name of the program.
 *
 * @example if (isMain(import.meta)) await server.run()
 */
export function isMain(meta: ImportMeta | ModuleMeta): boolean {
  if (currentLaunch()) return false
  if (typeof meta !== 'object' || meta === null) throw new GangwayError('GANGWAY_E_MAIN', 'isMain() needs the current module. Write isMain(import.meta)')
  const { main, url } = meta as ModuleMeta
  if (main === true) return true
  const process = hostProcess()
  const program = process && programOf(process)
  if (!process || program === undefined) return false // No program file exists in a worker, with `node --eval`, or in a REPL.
  if (unsupportedNode(process)) return true // So that the program calls run(), which reports the version.
  if (isUrlOf(process, program, url)) return true
  const reason = unknowable(process, program, url)
  if (reason !== undefined) throw new GangwayError('GANGWAY_E_MAIN', `isMain(import.meta) cannot tell whether this module is the program: ${reason}`)
  return false
}

const PM2_CONTAINER = /[\\/]ProcessContainer(?:Fork)?(?:Bun)?\.js$/
const VITE_NODE = /[\\/]vite-node(?:\.mjs|[\\/]dist[\\/]cli\.mjs)?$/

/** PM2 starts its own file, which loads the program. Child processes inherit the variable but start another file, so both are checked. */
function programOf({ argv, env }: HostProcess): string | undefined {
  const entry = argv[1]
  return (entry !== undefined && PM2_CONTAINER.test(entry) ? env['pm_exec_path'] : entry) || undefined
}

/** Node.js resolves symbolic links and adds a missing extension, unless `--preserve-symlinks-main` is set, so both forms of the path are compared. */
function isUrlOf(process: HostProcess, program: string, url: string | undefined): boolean {
  const { pathToFileURL } = process.getBuiltinModule('node:url')
  try {
    if (pathToFileURL(program).href === url) return true
    return pathToFileURL(process.getBuiltinModule('node:module').createRequire(program).resolve(program)).href === url
  } catch {
    return false // The program is not a file.
  }
}

function unknowable({ env }: HostProcess, program: string, url: string | undefined): string | undefined {
  if (url === undefined || url === '') {
    if (env['NEXT_RUNTIME'] !== undefined) return undefined // A module of a Next.js application is never the program.
    return 'import.meta.url is missing, as in a CommonJS bundle. Call server.run() in the entry file without isMain(), or build an ES module'
  }
  if (url.startsWith('data:')) return 'its URL is a data: URL, as under jiti. Write isMain({ url: import.meta.url }), or call server.run() in the entry file without isMain()'
  if (VITE_NODE.test(program)) return 'vite-node hides the name of the program. Start it with vite-node --script'
  return undefined
}
