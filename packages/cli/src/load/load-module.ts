/** Imports a server's file: JavaScript and plain TypeScript by Node itself, all other TypeScript by jiti. */
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Jiti, JitiOptions } from 'jiti'
import { cacheDirectory } from '../cache-directory.ts'
import type { Environment } from '../environment/prepare.ts'
import { codeOf } from '../errors.ts'
import { withGeneration } from './generation.ts'
import { resolveJsAsTs } from './js-for-ts.ts'
import { loadError } from './load-error.ts'
import { importNative, revealPosition } from './native-import.ts'
import { packageType } from './package-type.ts'
import { syntaxPosition } from './position.ts'

const TYPESCRIPT = /\.([cm]?tsx?|jsx)$/
const JSX = /x$/

const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript)

/** All are faults of linking, found before any code of the file runs, so that it may be loaded once more. */
const CURABLE: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
])

/** Of a load that is to have modules of its own. */
export interface Fresh {
  readonly generation: number
  /** Told of files that Node's own resolution does not see. */
  readonly onFile: (file: string) => void
}

/** Takes an absolute path. Rejects with what `loadError` makes of the fault. */
export async function loadModule(file: string, environment?: Environment, fresh?: Fresh): Promise<object> {
  try {
    return TYPESCRIPT.test(file) ? await loadTypeScript(file, environment, fresh) : await loadJavaScript(addressOf(file, fresh))
  } catch (error) {
    throw loadError(error, file)
  }
}

async function loadJavaScript(url: string): Promise<object> {
  const native = await importNative(url)
  if ('module' in native) return native.module
  const { error, started } = native
  if (!started && error instanceof SyntaxError && syntaxPosition(error) === undefined) revealPosition(error, url)
  throw error
}

const addressOf = (file: string, fresh: Fresh | undefined): string => (fresh ? withGeneration(pathToFileURL(file).href, fresh.generation) : pathToFileURL(file).href)

async function loadTypeScript(file: string, environment: Environment | undefined, fresh: Fresh | undefined): Promise<object> {
  if (!stripsTypes || JSX.test(file) || isCommonJs(file)) return transform(file, environment, fresh)
  resolveJsAsTs()
  const native = await importNative(addressOf(file, fresh))
  if ('module' in native) return native.module
  if (native.started || !isCurable(native.error)) throw native.error
  return transform(file, environment, fresh)
}

/** There Node refuses `import`, which is what TypeScript's users write all the same; `npm init` makes such packages. */
const isCommonJs = (file: string): boolean => file.endsWith('.cts') || (file.endsWith('.ts') && packageType(file) === 'commonjs')

/** Decorators, and imports that are types only, are plain syntax errors to Node. */
function isCurable(error: unknown): boolean {
  return CURABLE.has(codeOf(error)) || (error instanceof SyntaxError && codeOf(error) === undefined)
}

/** Standard decorators pass through jiti without effect, and it says nothing; those of `experimentalDecorators` work. */
async function transform(file: string, environment: Environment | undefined, fresh: Fresh | undefined): Promise<object> {
  const { createJiti } = await import('jiti')
  const settings: JitiOptions = {
    tsconfigPaths: environment?.tsconfig ?? true,
    nativeModules: ['@gangway'], // One copy of each, also where a file asks for it with require().
    sourceMaps: true, // For debuggers. Node does not apply them to stacks here, but lines are kept.
    jsx: JSX.test(file),
    // What an environment adds to the text is of no use without one.
    fsCache: cacheDirectory(environment ? 'modules-in-environment' : 'modules') ?? false,
  }
  const plain = (options?: JitiOptions): Jiti => createJiti(file, { ...settings, ...options })
  const create = fresh ? telling(plain, fresh) : plain
  if (!environment) return create().import(file)
  const { jitiWithOverlay } = await import('../environment/jiti-overlay.ts')
  return jitiWithOverlay(create, environment.overlay).import(file)
}

/** The outer loader is asked for every file, and the inner one has the cache. */
const telling =
  (create: (options?: JitiOptions) => Jiti, { onFile }: Fresh) =>
  (options?: JitiOptions): Jiti => {
    const cached = create(options)
    const transformed: JitiOptions['transform'] = (given) => {
      if (given.filename !== undefined) onFile(given.filename)
      return { code: cached.transform(given) }
    }
    return create({ ...options, fsCache: false, transform: transformed })
  }
