/** Applies the overlay on the loader thread of Node.js 20. */
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

/** The URL of a file in the folder. It need not exist: only its location matters for resolution. */
const urlIn = (folder: string): string => pathToFileURL(join(folder, 'package.json')).href
