/** A server that takes its time to start, or never does: when, and a file for its last words, are its arguments. It imports late what starts children. */
import { appendFileSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { isMain, McpServer } from '@gangway/core'
import { stdio } from '@gangway/transport-stdio'

const [, , when = '', notes = ''] = process.argv
/** @param {string} line */
const tell = (line) => appendFileSync(notes, `${line}\n`)

async function begin() {
  const { spawn, spawnSync } = await import('node:child_process')
  spawnSync('echo', ['<child>'], { stdio: 'inherit' })
  tell(`pid ${process.pid}`)
  tell(`pid ${spawn('sleep', ['1000'], { stdio: 'ignore' }).pid}`)
  tell('begun')
}

async function hang() {
  await begin()
  setInterval(() => {}, 1000)
  await new Promise(() => {})
}

if (when === 'loads for ever') await hang()

const server = new McpServer({ name: 'starting', version: '1.0.0' })
  .tool('late', {}, () => 'in time')
  .onStart(async () => {
    if (when === 'starts for ever') await hang()
    await begin()
    await after(500)
  })
  .onClose(() => tell('closed'))

export default server
if (isMain(import.meta)) await server.run(stdio({ drainTimeout: 1000 }))
