/** A path of the running Node.js that stays valid after an upgrade. */
import { realpathSync } from 'node:fs'

const HOMEBREW = /^(?<prefix>.*)\/Cellar\/(?<formula>node(?:@\d+)?)\/[^/]+\/bin\/node$/

/** Homebrew removes the folder of the old version, but updates this link. */
export function stableNodePath(node: string): string {
  const { prefix, formula } = HOMEBREW.exec(node)?.groups ?? {}
  const link = `${prefix}/opt/${formula}/bin/node`
  try {
    return prefix !== undefined && realpathSync(link) === realpathSync(node) ? link : node
  } catch {
    return node
  }
}
