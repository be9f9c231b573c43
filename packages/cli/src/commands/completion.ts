/** `gangway completion`: prints a completion script for a shell. */
import { Argument, type Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { describe, type DescribedCommand } from '../completion/describe.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { setHelp, type HelpText } from '../help.ts'
import { write } from '../output.ts'

const SHELLS: Readonly<Record<string, (commands: readonly DescribedCommand[]) => string>> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

const HELP: HelpText = {
  examples: [
    ['eval "$(gangway completion bash)"', 'in ~/.bashrc'],
    ['eval "$(gangway completion zsh)"', 'in ~/.zshrc, after compinit'],
    ['gangway completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
}

export function addCompletion(program: Command): void {
  const command = program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'shell').choices(Object.keys(SHELLS)))
    .action((shell: string) => write(SHELLS[shell]?.(describe(program)) ?? ''))
  setHelp(command, HELP)
}
