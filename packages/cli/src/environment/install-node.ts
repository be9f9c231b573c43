/** Installs another version of Node.js into the cache. */
import { isGangwayError, GangwayError } from '@gangway/core'
import { installed, type InstallOptions } from './installed.ts'
import { nodePackage, nodeProgram } from './node-binary.ts'

export interface NodeRequest {
  /** An npm version range. */
  readonly range: string
  /** The option, file or program that requests it. */
  readonly origin: string
  /** Printed before the download. */
  readonly note?: string
}

/** Resolves with the path of the executable. Throws `GANGWAY_E_NODE` if the registry has no such version for this platform. */
export async function installNode({ range, origin, note }: NodeRequest, options: InstallOptions): Promise<string> {
  const name = nodePackage()
  const folder = await installed({ kind: 'node', identity: [name, range], files: { 'package.json': '{"private":true}' }, npm: ['install', `${name}@${range}`], what: `Node.js ${range}`, note }, options).catch((cause: unknown) => {
    if (!isGangwayError(cause) || cause.code !== 'GANGWAY_E_PACKAGE_VERSION') throw cause
    throw new GangwayError('GANGWAY_E_NODE', `The npm registry has no Node.js ${range} for this platform (${origin}). Choose another version`, { cause })
  })
  return nodeProgram(folder, name)
}
