/** Hooks module resolution, for `import` and `require`, so that each reload loads all files again and reports them. */
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import { isModuleNamespaceObject } from 'node:util/types'
import { MessageChannel } from 'node:worker_threads'
import { withGeneration } from '../load/generation.ts'
import { addModuleHook } from '../load/module-hooks.ts'
import { Generations, type Report } from './generations.ts'
import { isOwnFile } from './own-files.ts'

export interface ModulesOptions {
  readonly report: (report: Report) => void
  /** The current reload, for CommonJS modules, which have no URL with a query. */
  readonly generation: () => number
}

export function followModules({ report, generation }: ModulesOptions): void {
  const generations = new Generations(report)
  addModuleHook('reload', {
    resolve(specifier, context, next) {
      try {
        return generations.resolved(next(specifier, context) as { url: string }, context.parentURL)
      } catch (error) {
        generations.missed(specifier, context.parentURL)
        throw error
      }
    },
    resolveRequire(request, importer, next, options) {
      try {
        const file = next(request, importer, options)
        if (isAbsolute(file) && isOwnFile(file)) report({ file, generation: generation() })
        return file
      } catch (error) {
        generations.missed(request, importer)
        throw error
      }
    },
    thread: () => {
      const { port1, port2 } = new MessageChannel()
      port1.on('message', report).unref()
      return { file: 'reload-hooks.js', data: { port: port2 }, transferList: [port2] }
    },
  })
}

/** Tells the hooks, which may run on another thread, before any file is imported. */
export async function announceGeneration(generation: number): Promise<void> {
  await import(withGeneration('data:text/javascript,//', generation))
}

const { cache } = createRequire(import.meta.url)

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
