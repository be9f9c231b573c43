/** Hooks the overlay into module resolution, for `import` and for `require`. */
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hooksAreSound, type RegisterHooks } from '../load/module-hooks.ts'
import { Overlay, type OverlayFolders } from './overlay.ts'

/** Resolves every `require`. Undocumented, but stable: many tools have patched it for ten years. */
interface ModuleInternals {
  _resolveFilename(request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean, options?: { paths?: readonly string[] }): string
}

export function installHooks(folders: OverlayFolders): Overlay {
  const overlay = new Overlay(folders)
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  if (registerHooks && hooksAreSound()) {
    registerHooks({
      resolve(specifier, context, next) {
        const folder = overlay.locate(specifier, context.parentURL)
        return next(specifier, folder === undefined ? context : { ...context, parentURL: pathToFileURL(join(folder, 'package.json')).href })
      },
    })
  } else {
    nodeModule.register(new URL('resolve-hooks.js', import.meta.url), { data: folders })
  }
  patchRequire(overlay) // The hooks of Node.js 20 cover only `import`, and newer ones do not report the importer of a `require`.
  return overlay
}

function patchRequire(overlay: Overlay): void {
  /* oxlint-disable no-underscore-dangle -- Node's own name */
  const internals = nodeModule.Module as unknown as ModuleInternals
  const original = internals._resolveFilename
  internals._resolveFilename = (request, parent, isMain, options) => {
    const folder = options?.paths ? undefined : overlay.locate(request, parent?.filename ?? undefined)
    return original.call(internals, request, parent, isMain, folder === undefined ? options : { ...options, paths: [folder] })
  }
}
