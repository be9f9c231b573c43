/** `gangway version`: prints the versions that a bug report needs. */
import process from 'node:process'
import type { Command } from 'commander'
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import { setHelp, type HelpText } from '../help.ts'
import { print } from '../output.ts'
import { version } from '../own-version.ts'

const HELP: HelpText = { examples: [['gangway version'], ['gangway version --json']] }

export function addVersion(program: Command): void {
  const command = program
    .command('version')
    .description('print the versions of gangway, Node.js and the protocol')
    .option('--json', 'print JSON')
    .action(({ json = false }: { json?: boolean }) => print(json ? JSON.stringify(facts(), null, 2) : text(facts())))
  setHelp(command, HELP)
}

const facts = () => ({ gangway: version, node: process.versions.node, platform: process.platform, arch: process.arch, revisions: [...MODERN_REVISIONS, ...LEGACY_REVISIONS] })

const text = ({ gangway, node, platform, arch, revisions }: ReturnType<typeof facts>): string => `gangway ${gangway} (node ${node}, ${platform} ${arch})\nMCP ${revisions.join(', ')}`
