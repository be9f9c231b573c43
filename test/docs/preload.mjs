/** Loaded before what runs a block: whatever port it names, it listens on a free one of this machine, and says which. */
import { Server } from 'node:net'
import process from 'node:process'

const listen = Server.prototype.listen

/** @type {(this: Server, ...args: any[]) => Server} */
Server.prototype.listen = function (...args) {
  const [first] = args
  const callback = args.find((arg) => typeof arg === 'function')
  this.once('listening', () => {
    const address = this.address()
    if (address !== null && typeof address === 'object') process.stderr.write(`\nblock ${process.pid} listens on ${address.port}\n`)
  })
  return typeof first === 'string' || first?.path ? Reflect.apply(listen, this, args) : listen.call(this, { port: 0, host: '127.0.0.1' }, callback)
}
