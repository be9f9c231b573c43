/** `gangway cache`: what the command keeps to be quick, and its end. */
import { Argument, type Command } from 'commander'

const EXAMPLES = `
Examples:
  $ gangway cache                            where it is, and how large
  $ gangway cache clear                      remove all of it; servers that run on it may fail

In it are packages of --with and --with-package-json, Node of --node, TypeScript that was transformed, and what
Node made of the files of servers. Whatever is missing is made again when it is needed. It lies in
XDG_CACHE_HOME, or where the system keeps caches.`

export function addCache(program: Command): void {
  program
    .command('cache')
    .description('show or clear what gangway keeps to be quick')
    .addArgument(new Argument('[clear]', 'remove it').choices(['clear']))
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action(async (clear: string | undefined) => {
      const { clearCache, showCache } = await import('../cache-contents.ts')
      if (clear === undefined) showCache()
      else clearCache()
    })
}
