/** `gangway version`: what a bug report should name. */
import process from 'node:process'
import type { Command } from 'commander'
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core'
import { print } from '../output.ts'
import { version } from '../version.ts'

const EXAMPLES = `
Examples:
  $ gangway version
  $ gangway version --json      { "gangway", "node", "platform", "arch", "revisions" }`

export function addVersion(program: Command): void {
  program
    .command('version')
    .description('print the versions of Gangway, of Node, and of the protocol')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(({ json = false }: { json?: boolean }) => print(json ? JSON.stringify(facts(), null, 2) : text(facts())))
}

const facts = () => ({ gangway: version, node: process.versions.node, platform: process.platform, arch: process.arch, revisions: [...MODERN_REVISIONS, ...LEGACY_REVISIONS] })

const text = ({ gangway, node, platform, arch, revisions }: ReturnType<typeof facts>): string => `gangway ${gangway} (node ${node}, ${platform} ${arch})\nMCP ${revisions.join(', ')}`
