/** Binds every server of the process to loopback, unless it says where: the mock servers of the conformance suite listen everywhere. */
import { Server } from 'node:net'

// The step after the look-up of the host: to name one to `listen` would make it asynchronous, and the suite asks for the port at once.
const STEP = '_listen2'
const server = /** @type {Record<typeof STEP, (address: string | null, port: number | null, type: number, ...rest: unknown[]) => unknown>} */ (/** @type {unknown} */ (Server.prototype))
const listen = server[STEP]
server[STEP] = function (address, port, type, ...rest) {
  const isEverywhere = (address === null || address === '::' || address === '0.0.0.0') && typeof port === 'number' && port >= 0
  return isEverywhere ? listen.call(this, '127.0.0.1', port, 4, ...rest) : listen.call(this, address, port, type, ...rest)
}
