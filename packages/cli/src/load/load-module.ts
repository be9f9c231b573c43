/** Imports a server's file: JavaScript and type-stripped TypeScript with Node.js, all other TypeScript with jiti. */
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

/** Errors of linking that jiti may avoid. No code has run yet, so loading again is safe. */
const RETRY_WITH_JITI: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
])

/** A load that must not reuse modules of earlier loads. */
export interface Fresh {
  readonly generation: number
  /** Called for files that jiti loads, which Node's hooks do not see. */
  readonly onFile: (file: string) => void
}

/** Takes an absolute path. Rejects with a `loadError`. */
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
  if (native.started || !canRetry(native.error)) throw native.error
  return transform(file, environment, fresh)
}

/** Node.js rejects `import` in such files, but TypeScript users expect it to work; `npm init` creates CommonJS packages. */
const isCommonJs = (file: string): boolean => file.endsWith('.cts') || (file.endsWith('.ts') && packageType(file) === 'commonjs')

/** Decorators and unmarked type imports are plain syntax errors in Node.js. */
function canRetry(error: unknown): boolean {
  return RETRY_WITH_JITI.has(codeOf(error)) || (error instanceof SyntaxError && codeOf(error) === undefined)
}

/** jiti supports decorators with `experimentalDecorators`, but silently ignores standard decorators. */
async function transform(file: string, environment: Environment | undefined, fresh: Fresh | undefined): Promise<object> {
  const { createJiti } = await import('jiti')
  const settings: JitiOptions = {
    tsconfigPaths: environment?.tsconfig ?? true,
    nativeModules: ['@gangway'], // One copy of each, also for require().
    sourceMaps: true, // For debuggers. Stacks need none: line numbers do not change.
    jsx: JSX.test(file),
    // With an environment, the transformed code differs (jiti-overlay.ts).
    fsCache: cacheDirectory(environment ? 'modules-in-environment' : 'modules') ?? false,
  }
  const plain = (options?: JitiOptions): Jiti => createJiti(file, { ...settings, ...options })
  const create = fresh ? reporting(plain, fresh) : plain
  if (!environment) return create().import(file)
  const { jitiWithOverlay } = await import('../environment/jiti-overlay.ts')
  return jitiWithOverlay(create, environment.overlay).import(file)
}

/** Wraps the cached loader in one without a cache, so that every file is reported. */
const reporting =
  (create: (options?: JitiOptions) => Jiti, { onFile }: Fresh) =>
  (options?: JitiOptions): Jiti => {
    const cached = create(options)
    const transformed: JitiOptions['transform'] = (given) => {
      if (given.filename !== undefined) onFile(given.filename)
      return { code: cached.transform(given) }
    }
    return create({ ...options, fsCache: false, transform: transformed })
  }
