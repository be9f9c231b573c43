/** `gangway cache`: shows or clears the cache. */
import { Argument, type Command } from 'commander'
import { setHelp, type HelpText } from '../help.ts'

const HELP: HelpText = {
  examples: [
    ['gangway cache', 'show its folder and size'],
    ['gangway cache clear', 'remove it; running servers may fail'],
  ],
  notes: [
    'The cache contains packages for --with and --with-package-json, Node.js versions for --node, and transformed and compiled code. Missing entries are created again when needed. The cache is in XDG_CACHE_HOME, or in your system cache folder.',
  ],
}

export function addCache(program: Command): void {
  const command = program
    .command('cache')
    .description('show or clear the cache')
    .addArgument(new Argument('[clear]', 'remove the cache').choices(['clear']))
    .option('--debug', 'print the stack of an error')
    .action(async (clear: string | undefined) => {
      const { clearCache, showCache } = await import('../cache-contents.ts')
      if (clear === undefined) showCache()
      else clearCache()
    })
  setHelp(command, HELP)
}
