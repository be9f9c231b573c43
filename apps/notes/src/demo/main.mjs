/** The demo behind `npm start`: the notes are served, an official client of each era uses them, and they stay up until Ctrl+C. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from './serve.mjs'
import { tour, VISITS } from './tour.mjs'

/**
 * Resolves with an exit code, once everything has ended.
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
  // npm, ended by a signal, leaves its script behind.
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
      if (!stopping) throw error // Else the server has left in the midst of the tour, as it was asked to.
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
Connect  any MCP client that speaks Streamable HTTP; many take this in their settings:
         { "mcpServers": { "notes": { "type": "http", "url": "${url}" } } }
Notes    in ${directory}, which goes when the demo ends
Stop     Ctrl+C`

// The default is that of `npm start`, which installs and builds before.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await demo(Number(process.env['PORT'] || 8000))
