/** Gets a Node that is not this one. */
import { isGangwayError, GangwayError } from '@gangway/core'
import { installed, type InstallOptions } from './installed.ts'
import { nodePackage, nodeProgram } from './node-binary.ts'

export interface NodeRequest {
  /** As npm takes it. */
  readonly range: string
  /** Who asks for it. */
  readonly origin: string
  /** Said before it is fetched. */
  readonly note?: string
}

/** Its program. Throws `GANGWAY_E_NODE` if the registry has none for this machine. */
export async function installNode({ range, origin, note }: NodeRequest, options: InstallOptions): Promise<string> {
  const name = nodePackage()
  const folder = await installed({ kind: 'node', identity: [name, range], files: { 'package.json': '{"private":true}' }, npm: ['install', `${name}@${range}`], what: `Node ${range}`, note }, options).catch((cause: unknown) => {
    if (!isGangwayError(cause) || cause.code !== 'GANGWAY_E_PACKAGE_VERSION') throw cause
    throw new GangwayError('GANGWAY_E_NODE', `There is no Node ${range} in the registry (${origin}): choose another version`, { cause })
  })
  return nodeProgram(folder, name)
}
