/** `npm start`: from a fresh clone to a running demo, on `PORT` or 8000. */

import { createServer } from 'node:net'
import { build, install } from './steps.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Gangway requires Node.js 20.19 or later, and this is ${process.versions.node}. Install a newer version from https://nodejs.org`)
  process.exit(6)
}

const port = Number(process.env['PORT'] || 8000)
const obstacle = await obstacleAt(port) // Checked before the installation, which takes a minute.
if (obstacle) {
  console.error(`${obstacle}. Choose another port: PORT=${port === 8001 ? 8002 : 8001} npm start`)
  process.exitCode = 3
} else {
  install()
  build()
  const { demo } = await import('../apps/notes/src/demo/main.mjs')
  process.exitCode = await demo(port)
}

/**
 * The reason why no server can listen on the port, or undefined.
 * @param {number} port
 * @returns {Promise<string | undefined>}
 */
function obstacleAt(port) {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return Promise.resolve(`PORT must be an integer from 0 to 65535, not ${process.env['PORT']}`)
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => resolve('code' in error && error.code === 'EADDRINUSE' ? `Port ${port} is in use` : error.message))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)))
  })
}
