/** Hooks module resolution, for `import` and `require`, so that each reload loads all files again and reports them. */
import * as nodeModule from 'node:module'
import { isAbsolute } from 'node:path'
import { isModuleNamespaceObject } from 'node:util/types'
import { MessageChannel } from 'node:worker_threads'
import { withGeneration } from '../load/generation.ts'
import { hooksAreSound, type RegisterHooks } from '../load/module-hooks.ts'
import { Generations, type Report } from './generations.ts'
import { isOwnFile } from './own-files.ts'

/** Undocumented: see environment/install-hooks.ts. */
interface ModuleInternals {
  _resolveFilename(request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean, options?: object): string
}

export interface ModulesOptions {
  readonly report: (report: Report) => void
  /** The current reload, for CommonJS modules, which have no URL with a query. */
  readonly generation: () => number
}

export function followModules({ report, generation }: ModulesOptions): void {
  const generations = new Generations(report)
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  if (registerHooks && hooksAreSound()) {
    registerHooks({
      resolve(specifier, context, next) {
        try {
          return generations.resolved(next(specifier, context) as { url: string }, context.parentURL)
        } catch (error) {
          generations.missed(specifier, context.parentURL)
          throw error
        }
      },
    })
  } else {
    const { port1, port2 } = new MessageChannel()
    port1.on('message', report).unref()
    nodeModule.register(new URL('reload-hooks.js', import.meta.url), { data: { port: port2 }, transferList: [port2] })
  }
  followRequire(generations, { report, generation })
}

/** Tells the hooks, which may run on another thread, before any file is imported. */
export async function announceGeneration(generation: number): Promise<void> {
  await import(withGeneration('data:text/javascript,//', generation))
}

function followRequire(generations: Generations, { report, generation }: ModulesOptions): void {
  /* oxlint-disable no-underscore-dangle -- Node's own name */
  const internals = nodeModule.Module as unknown as ModuleInternals
  const original = internals._resolveFilename
  internals._resolveFilename = (request, parent, isMain, options) => {
    try {
      const file = original.call(internals, request, parent, isMain, options)
      if (isAbsolute(file) && isOwnFile(file)) report({ file, generation: generation() })
      return file
    } catch (error) {
      generations.missed(request, parent?.filename ?? undefined)
      throw error
    }
  }
}

const { cache } = nodeModule.createRequire(import.meta.url)

/** Clears the cache of CommonJS and jiti. Returns a function that restores it for the previous version, if the reload fails. */
export function forgetModules(): () => void {
  const known = ownModules()
  for (const [file] of known) Reflect.deleteProperty(cache, file)
  return () => {
    for (const [file] of ownModules()) Reflect.deleteProperty(cache, file)
    Object.assign(cache, Object.fromEntries(known))
  }
}

/** ES modules that CommonJS has required. Their URLs cannot have the query parameter, so they are loaded only once. */
export const lastingModules = (): string[] => ownModules().filter(([, module]) => isModuleNamespaceObject(module?.exports)).map(([file]) => file)

/** Without native addons, which cannot be loaded twice. */
const ownModules = () => Object.entries(cache).filter(([file]) => !file.endsWith('.node') && isOwnFile(file))
