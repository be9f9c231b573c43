/** Explains a failed import: which file imports what, and how to fix it. */
import { dirname, isAbsolute, resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { codeOf } from '../errors.ts'
import { nearest } from './find-file.ts'
import { syntaxPosition } from './position.ts'

/** The last one is the name of the second in Node.js 20. */
const NOT_CODE: readonly unknown[] = ['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_IMPORT_ATTRIBUTE_MISSING', 'ERR_IMPORT_ASSERTION_TYPE_MISSING']
const CODES: ReadonlySet<unknown> = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_ESM_URL_SCHEME',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'ERR_INVALID_MODULE_SPECIFIER',
  'ERR_INVALID_PACKAGE_CONFIG',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  ...NOT_CODE,
])
const MISSING = /Cannot find (?:module|package) '(?<what>.+?)'(?: imported from (?<importer>\S.*)|\nRequire stack:\n- (?<requirer>.*)|$)/m
const NO_SUCH_EXPORT = /does not provide an export named|^Named export/
const PACKAGE = /^(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*/

export const isImportError = (error: Error): boolean => CODES.has(codeOf(error)) || (error instanceof SyntaxError && NO_SUCH_EXPORT.test(error.message))

/** `file` is the server's file, used if the error does not name the importing file. */
export function importError(error: Error, file: string): GangwayError {
  return new GangwayError('GANGWAY_E_IMPORT', explain(error, file), { cause: error })
}

function explain(error: Error, file: string): string {
  const { what, importer, requirer } = MISSING.exec(error.message)?.groups ?? {}
  if (what !== undefined) return missing(what, importer ?? requirer ?? file)
  const reason = error.message.split('\n')[0] ?? ''
  const code = codeOf(error)
  if (code === 'ERR_UNKNOWN_BUILTIN_MODULE') return `${reason}. Node.js ${process.versions.node} does not have this module: use a newer version`
  if (NOT_CODE.includes(code)) return `${reason}. Pass a TypeScript or JavaScript file`
  return `${reason}. Check the import${code === undefined ? ` in ${syntaxPosition(error) ?? file}` : ' and the version of the package'}`
}

function missing(what: string, importer: string): string {
  const [name] = PACKAGE.exec(what) ?? []
  if (isAbsolute(what) || what.startsWith('.')) {
    const target = resolve(dirname(importer), what)
    const near = nearest(target)
    return `${importer} imports ${target}, which does not exist. ${near ? `Did you mean ${near}?` : 'Check the path'}`
  }
  return `${importer} imports ${what}, which is not installed. ${name ? `Run npm install ${name}` : 'Check "paths" in tsconfig.json'}`
}
