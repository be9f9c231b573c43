/** Opens a URL in the default browser. */
import { spawn } from 'node:child_process'
import process from 'node:process'

/** Does nothing without a terminal, and ignores errors, because the URL has been printed. */
export function openBrowser(url: string, platform: NodeJS.Platform = process.platform): void {
  if (!process.stderr.isTTY) return
  const [program, args] = opener(platform, url)
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

/** Without a shell: on Windows, `start` would interpret the `&` in the URL. */
function opener(platform: NodeJS.Platform, url: string): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', [url]]
  return platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler', url]] : ['xdg-open', [url]]
}
