/** Detects a Node.js version that is too old for `run()`, before something fails with an unhelpful TypeError. */
import { GangwayError } from '../gangway-error.ts'
import type { HostProcess } from './host-process.ts'

/** Returns the error to report; undefined if this version works. */
export function unsupportedNode({ getBuiltinModule, version }: Partial<Pick<HostProcess, 'getBuiltinModule' | 'version'>>): GangwayError | undefined {
  if (typeof getBuiltinModule === 'function') return undefined
  return new GangwayError('GANGWAY_E_NODE_VERSION', `Node.js ${version?.replace('v', '') ?? '(unknown version)'} is too old: Gangway needs 20.19 or later, and on Node.js 22 at least 22.3. Install a newer version from https://nodejs.org`)
}
