/** Rejects a Node.js that lacks what `run()` needs, before anything fails with a bare TypeError. */
import { GangwayError } from '../gangway-error.ts'
import type { HostProcess } from './host.ts'

/** The error to report; undefined where `run()` works. */
export function unsupportedNode({ getBuiltinModule, version }: Partial<Pick<HostProcess, 'getBuiltinModule' | 'version'>>): GangwayError | undefined {
  if (typeof getBuiltinModule === 'function') return undefined
  return new GangwayError('GANGWAY_E_NODE_VERSION', `This is Node.js ${version?.replace('v', '') ?? 'of an unknown version'}, and Gangway needs 20.19 or later (22.3 or later of Node.js 22): install a newer one from https://nodejs.org`)
}
