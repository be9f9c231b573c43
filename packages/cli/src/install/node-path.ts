/** A path of the running Node that the next upgrade leaves in place. */
import { realpathSync } from 'node:fs'

const HOMEBREW = /^(?<prefix>.*)\/Cellar\/(?<formula>node(?:@\d+)?)\/[^/]+\/bin\/node$/

/** Homebrew removes the folder of the old version when it upgrades, and keeps a link to the new one. */
export function stableNodePath(node: string): string {
  const { prefix, formula } = HOMEBREW.exec(node)?.groups ?? {}
  const link = `${prefix}/opt/${formula}/bin/node`
  try {
    return prefix !== undefined && realpathSync(link) === realpathSync(node) ? link : node
  } catch {
    return node
  }
}
