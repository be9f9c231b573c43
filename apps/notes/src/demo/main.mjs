/** The demo of `npm start`: serves the notes, shows them with an official client of each era, and runs until Ctrl+C. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from './serve.mjs'
import { tour, VISITS } from './tour.mjs'

/**
 * Resolves with the exit code when everything has stopped.
 * @param {number} port
 */
export async function demo(port) {
  const directory = mkdtempSync(join(tmpdir(), 'gangway-notes-'))
  const served = serve({ port, database: join(directory, 'notes.db') })
  let stopping = false
  const stop = () => {
    stopping = true
    served.stop()
  }
  // When a signal stops npm, its script keeps running.
  const parent = process.ppid
  const orphaned = setInterval(() => process.ppid !== parent && stop(), 500)
  const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    const url = await served.url
    if (url === undefined) return await served.ended
    console.log(`\nServing apps/notes at ${url}`)
    try {
      for (const visit of VISITS) await tour(url, visit, console.log)
      console.log(farewell(url, directory))
    } catch (error) {
      if (!stopping) throw error // Otherwise the server stopped during the tour, because of a signal.
    }
    return await served.ended
  } finally {
    if (!stopping) served.stop()
    await served.ended
    for (const signal of SIGNALS) process.off(signal, stop)
    clearInterval(orphaned)
    rmSync(directory, { recursive: true })
  }
}

/**
 * @param {string} url
 * @param {string} directory
 */
const farewell = (url, directory) => `
Connect  any MCP client that supports Streamable HTTP. Many accept this in their settings:
         { "mcpServers": { "notes": { "type": "http", "url": "${url}" } } }
Notes    in ${directory}, deleted when the demo stops
Stop     Ctrl+C`

// `npm start` installs and builds first, and has the same default port.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await demo(Number(process.env['PORT'] || 8000))
