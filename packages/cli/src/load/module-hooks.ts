/** The only place that hooks module resolution, for `import` and for `require`. */
import * as nodeModule from 'node:module'
import process from 'node:process'
import type { MessagePort } from 'node:worker_threads'

export interface ResolveContext {
  readonly parentURL?: string
}
type Resolve = (specifier: string, context: ResolveContext) => unknown
/** `importer` is a path. */
type ResolveRequire = (request: string, importer: string | undefined, options?: RequireOptions) => string

interface RequireOptions {
  readonly paths?: readonly string[]
}

export interface ModuleHook {
  resolve(specifier: string, context: ResolveContext, next: Resolve): unknown
  /** The hooks of Node.js 20 cover only `import`, and newer ones do not report the importer of a `require`. */
  resolveRequire?(request: string, importer: string | undefined, next: ResolveRequire, options?: RequireOptions): string
  /** Does the same as `resolve` on the loader thread, in versions without reliable synchronous hooks. A file in dist/. */
  thread?(): { readonly file: string; readonly data: unknown; readonly transferList?: MessagePort[] }
}

/** Each hook calls the next one: TypeScript extensions are tried first, so that reloading sees the file that exists, and the overlay decides the folder last. */
const ORDER = ['typescript', 'reload', 'overlay'] as const
const active = new Map<(typeof ORDER)[number], ModuleHook>()

/** Undocumented, but stable: many tools have patched it for ten years. */
interface ModuleInternals {
  _resolveFilename(request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean, options?: RequireOptions): string
}
type RegisterHooks = (hooks: { resolve: ModuleHook['resolve'] }) => void

/** Earlier versions have bugs in the synchronous hooks. The limits were found by testing. */
function synchronousHooks(): RegisterHooks | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const areSound = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19)
  return areSound ? (nodeModule as { registerHooks?: RegisterHooks }).registerHooks : undefined
}

/** Takes effect for modules that are resolved later. The second hook with the same name replaces the first. */
export function addModuleHook(name: (typeof ORDER)[number], hook: ModuleHook): void {
  const isFirst = active.size === 0
  active.set(name, hook)
  const registerHooks = synchronousHooks()
  if (!registerHooks) registerOnThread(hook)
  else if (isFirst) registerHooks({ resolve: (specifier, context, next) => innermostFirst().reduce<Resolve>((inner, { resolve }) => (...given) => resolve(...given, inner), next)(specifier, context) })
  if (hook.resolveRequire && !patched) patchRequire()
}

/** Here the hook that is registered last runs first, so `overlay` must be registered before `reload`. */
function registerOnThread({ thread }: ModuleHook): void {
  const { file, ...options } = thread?.() ?? {}
  if (file !== undefined) nodeModule.register(new URL(file, import.meta.url), options)
}

const innermostFirst = (): ModuleHook[] => ORDER.flatMap((name) => active.get(name) ?? []).toReversed()

let patched = false

function patchRequire(): void {
  patched = true
  /* oxlint-disable no-underscore-dangle -- Node's own name */
  const internals = nodeModule.Module as unknown as ModuleInternals
  const original = internals._resolveFilename
  internals._resolveFilename = (request, parent, isMain, given) => {
    const last: ResolveRequire = (name, _, options) => original.call(internals, name, parent, isMain, options)
    const first = innermostFirst().reduce<ResolveRequire>((inner, { resolveRequire }) => (resolveRequire ? (name, importer, options) => resolveRequire(name, importer, inner, options) : inner), last)
    return first(request, parent?.filename ?? undefined, given)
  }
}
