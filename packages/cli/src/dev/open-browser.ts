/** Shows an address in the browser of whoever sits at the terminal. */
import { spawn } from 'node:child_process'
import process from 'node:process'

/** Only on a terminal. No failure if there is no browser, for the address has been printed. */
export function openBrowser(url: string, platform: NodeJS.Platform = process.platform): void {
  if (!process.stderr.isTTY) return
  const [program, args] = opener(platform, url)
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

/** No shell sees the address: that of Windows, of which `start` is a part, would take its `&` for something else. */
function opener(platform: NodeJS.Platform, url: string): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', [url]]
  return platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler', url]] : ['xdg-open', [url]]
}
