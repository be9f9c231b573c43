/** Takes `file:export` apart. */

export interface Spec {
  readonly path: string
  /** May be dotted: `servers.weather`. */
  readonly exportName: string | undefined
}

const EXPORT = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u
const DRIVE = /^[a-z]$/i

/** A name may have a colon or a `#` in it, so a file that exists is taken as it is, and `C:server.ts` is a path. */
export function parseSpec(spec: string, isFile: (path: string) => boolean): Spec {
  const at = Math.max(spec.lastIndexOf(':'), spec.lastIndexOf('#'))
  const path = spec.slice(0, Math.max(at, 0))
  const exportName = spec.slice(at + 1)
  const split = path !== '' && EXPORT.test(exportName) && !(DRIVE.test(path) && spec[at] === ':') && !isFile(spec)
  return split ? { path, exportName } : { path: spec, exportName: undefined }
}
