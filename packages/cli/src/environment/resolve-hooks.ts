/** Answers imports from an overlay on the thread that Node 20 keeps hooks on. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Overlay, type OverlayFolders } from './overlay.ts'

interface Context {
  readonly parentURL?: string
}
type Resolve = (specifier: string, context: Context) => unknown

let overlay: Overlay | undefined

export function initialize(folders: OverlayFolders): void {
  overlay = new Overlay(folders)
}

export function resolve(specifier: string, context: Context, next: Resolve): unknown {
  const folder = overlay?.locate(specifier, context.parentURL)
  return next(specifier, folder === undefined ? context : { ...context, parentURL: urlIn(folder) })
}

/** A file need not exist for imports to start from it. */
const urlIn = (folder: string): string => pathToFileURL(join(folder, 'package.json')).href
