/** `gangway uninstall`: removes a server from a host's configuration. */
import { Argument, Option, type Command } from 'commander'
import { setHelp, type HelpText } from '../help.ts'
import { findTarget, TARGETS } from '../install/hosts.ts'
import type { UninstallOptions } from '../install/uninstall-command.ts'

const HELP: HelpText = {
  examples: [['gangway uninstall claude-desktop notes'], ['gangway uninstall claude-code server.ts --scope project'], ['gangway uninstall cursor notes --dry-run']],
}

export function addUninstall(program: Command): void {
  const command = program
    .command('uninstall')
    .description("remove a server from a host's configuration")
    .usage('<target> <name> [options]')
    .addArgument(new Argument('<target>', 'host').choices([...TARGETS.keys()]))
    .addArgument(new Argument('<name>', 'name of the entry, or the file that was installed'))
    .addOption(new Option('--scope <scope>', 'change the configuration of the user, or of the project in the working directory (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', 'change this file instead').conflicts('scope'))
    .option('--force', 'remove an entry that gangway did not create')
    .option('--dry-run', 'show the changes without writing them')
    .option('--debug', 'print the stack of an error')
    .action(async (target: string, name: string, options: UninstallOptions) => {
      const { uninstall } = await import('../install/uninstall-command.ts')
      await uninstall(findTarget(target), name, options)
    })
  setHelp(command, HELP)
}
