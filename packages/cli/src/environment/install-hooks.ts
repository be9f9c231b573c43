/** Hooks the overlay into module resolution. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addModuleHook } from '../load/module-hooks.ts'
import { Overlay, type OverlayFolders } from './overlay.ts'

export function installHooks(folders: OverlayFolders): Overlay {
  const overlay = new Overlay(folders)
  addModuleHook('overlay', {
    resolve(specifier, context, next) {
      const folder = overlay.locate(specifier, context.parentURL)
      return next(specifier, folder === undefined ? context : { ...context, parentURL: pathToFileURL(join(folder, 'package.json')).href })
    },
    resolveRequire(request, importer, next, options) {
      const folder = options?.paths ? undefined : overlay.locate(request, importer)
      return next(request, importer, folder === undefined ? options : { ...options, paths: [folder] })
    },
    thread: () => ({ file: 'resolve-hooks.js', data: folders }),
  })
  return overlay
}
