/** `gangway version`: what a bug report should name. */
import process from 'node:process'
import type { Command } from 'commander'
import { version } from '../version.ts'

export function addVersion(program: Command): void {
  program
    .command('version')
    .description('print the versions of Gangway and Node')
    .action(() => console.log(`gangway ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})`))
}
