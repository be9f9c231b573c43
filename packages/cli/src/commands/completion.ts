/** `gangway completion`: a script with which a shell completes this command. */
import { Argument, type Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { describe, type DescribedCommand } from '../completion/describe.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { write } from '../output.ts'

const SHELLS: Readonly<Record<string, (commands: readonly DescribedCommand[]) => string>> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

const EXAMPLES = `
Examples:
  $ eval "$(gangway completion bash)"        in ~/.bashrc
  $ eval "$(gangway completion zsh)"         in ~/.zshrc, after compinit
  $ gangway completion fish | source         in ~/.config/fish/config.fish`

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes gangway in a shell')
    .addArgument(new Argument('<shell>', 'the shell that is to read it').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: string) => write(SHELLS[shell]?.(describe(program)) ?? ''))
}
