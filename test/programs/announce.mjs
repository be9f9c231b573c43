/** A preload that binds the servers of a program to loopback, and says on stderr which port they got: for programs of others, that do neither. */
import { Server } from 'node:net'

const { listen, emit } = Server.prototype
/** @this {Server} @param {any[]} args */
Server.prototype.listen = function (...args) {
  return Reflect.apply(listen, this, [0, '127.0.0.1', ...args.filter((argument) => typeof argument === 'function')])
}
/** @this {Server} @param {string} name @param {any[]} args */
Server.prototype.emit = function (name, ...args) {
  const address = name === 'listening' ? this.address() : undefined
  if (typeof address === 'object' && address) console.error(`announced: port ${address.port}`)
  return Reflect.apply(emit, this, [name, ...args])
}
