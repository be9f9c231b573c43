/** Parses `file:export`. */

export interface Spec {
  readonly path: string
  /** May be dotted: `servers.weather`. */
  readonly exportName: string | undefined
}

const EXPORT = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u
const DRIVE = /^[a-z]$/i

/** A file name may contain `:` or `#`, so an existing file takes precedence. `C:server.ts` is a path. */
export function parseSpec(spec: string, isFile: (path: string) => boolean): Spec {
  const at = Math.max(spec.lastIndexOf(':'), spec.lastIndexOf('#'))
  const path = spec.slice(0, Math.max(at, 0))
  const exportName = spec.slice(at + 1)
  const split = path !== '' && EXPORT.test(exportName) && !(DRIVE.test(path) && spec[at] === ':') && !isFile(spec)
  return split ? { path, exportName } : { path: spec, exportName: undefined }
}
