/** A stream on a descriptor, whatever it stands for. */
import { createWriteStream, fstatSync } from 'node:fs'
import process from 'node:process'
import type { Writable } from 'node:stream'

export function openWire(descriptor: number): Writable {
  const { isatty, WriteStream } = process.getBuiltinModule('node:tty')
  const { Socket } = process.getBuiltinModule('node:net')
  if (isatty(descriptor)) return new WriteStream(descriptor)
  const status = fstatSync(descriptor)
  // Files know no other way than to block.
  return status.isFIFO() || status.isSocket() ? new Socket({ fd: descriptor, readable: false, writable: true }) : createWriteStream('', { fd: descriptor })
}
