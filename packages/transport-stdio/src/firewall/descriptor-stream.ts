/** Opens a writable stream on a descriptor: a terminal, a pipe, a socket or a file. */
import { createWriteStream, fstatSync } from 'node:fs'
import process from 'node:process'
import type { Writable } from 'node:stream'

export function openDescriptor(descriptor: number): Writable {
  const { isatty, WriteStream } = process.getBuiltinModule('node:tty')
  const { Socket } = process.getBuiltinModule('node:net')
  if (isatty(descriptor)) return new WriteStream(descriptor)
  const status = fstatSync(descriptor)
  // Files have no asynchronous mode.
  return status.isFIFO() || status.isSocket() ? new Socket({ fd: descriptor, readable: false, writable: true }) : createWriteStream('', { fd: descriptor })
}
