/** Serves the notes over HTTP in a child process, with the built `gangway` command. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const gangway = fileURLToPath(new URL('../../../../packages/cli/dist/bin.js', import.meta.url))
const server = fileURLToPath(new URL('../server.ts', import.meta.url))

/**
 * @typedef {object} Served
 * @property {Promise<string | undefined>} url Undefined if the server exited before it listened. Its log has the reason.
 * @property {Promise<number>} ended The exit code.
 * @property {() => void} stop Stops the server gracefully. A second call stops it at once.
 */

/**
 * @param {{ port: number, database: string }} options
 * @returns {Served}
 */
export function serve({ port, database }) {
  const args = [gangway, 'run', server, '--transport', 'http', '--host', '127.0.0.1', '--port', `${port}`, '--log-level', 'info']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, NOTES_DB: database } })
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    // A process that a signal stops before it handles signals has no exit code.
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 0 : 1)))
  })
  const announced = new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const { url } = parse(line)
      if (typeof url === 'string') resolve(url)
      else console.error(line)
    })
  })
  return { url: Promise.race([announced, ended.then(() => undefined)]), ended, stop: () => void child.kill('SIGINT') }
}

/**
 * Parses a log line, which is JSON because stderr is not a terminal.
 * @param {string} line
 * @returns {{ url?: unknown }}
 */
function parse(line) {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {} // Plain text, such as the reason why the server cannot start.
  }
}
