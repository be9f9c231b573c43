/** Shows an address in the user's browser, if there is one. */
import { spawn } from 'node:child_process'
import process from 'node:process'

/** No shell sees the address: `start` is one's own, and would take its `&` for something else. */
export function opener(platform: NodeJS.Platform, url: string): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', [url]]
  return platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler', url]] : ['xdg-open', [url]]
}

export function openBrowser(url: string): void {
  const [program, args] = opener(process.platform, url)
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {}) // The address has been printed.
    .unref()
}
