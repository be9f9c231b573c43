/** `gangway uninstall`: takes a server's entry out of a host's configuration. */
import { Argument, Option, type Command } from 'commander'
import { findTarget, TARGETS } from '../install/targets.ts'
import type { UninstallOptions } from '../install/uninstall.ts'

const EXAMPLES = `
Examples:
  $ gangway uninstall claude-desktop notes
  $ gangway uninstall claude-code server.ts --scope project
  $ gangway uninstall cursor notes --dry-run`

export function addUninstall(program: Command): void {
  program
    .command('uninstall')
    .description("take a server's entry out of a host's configuration")
    .usage('<target> <name> [options]')
    .addArgument(new Argument('<target>', 'who starts it').choices([...TARGETS.keys()]))
    .addArgument(new Argument('<name>', 'the name of the entry, or what was installed without one'))
    .addOption(new Option('--scope <scope>', 'yours, or that of the project in this folder (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', "write to this file instead of the host's own").conflicts('scope'))
    .option('--force', 'remove it though it is not from gangway')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, name: string, options: UninstallOptions) => {
      const { uninstall } = await import('../install/uninstall.ts')
      await uninstall(findTarget(target), name, options)
    })
}
