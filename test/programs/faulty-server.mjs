/** A server whose tools fail behind their own backs. */
import { closeSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { inspect } from 'node:util'
import { isMain, McpServer } from '@gangway/core'

/** @param {string} text */
const fail = async (text) => {
  await after(1)
  throw new Error(text)
}
const never = () => new Promise(() => {})

let wanted = false
setInterval(() => {
  if (wanted) void fail('of no request')
  wanted = false
}, 1)

const ignore = () => {}
const fails = () => {
  throw new Error('the log is full')
}
const logger = process.argv[2] === 'with a logger that fails' ? { debug: ignore, info: ignore, warn: ignore, error: fails } : undefined

const server = new McpServer({ name: 'faulty', version: '1.0.0', ...(logger && { logger }) })
  .tool('reject', {}, () => {
    void fail('nobody awaits this')
    return never()
  })
  .tool('throw', {}, () => {
    setTimeout(() => void Object(undefined).missing.property, 1)
    return never()
  })
  .tool('emit', {}, () => {
    process.nextTick(() => {
      throw new TypeError('thrown by an event')
    })
    return never()
  })
  .tool('microtask', {}, () => {
    queueMicrotask(() => {
      throw new RangeError('thrown by a microtask')
    })
    return never()
  })
  .tool('microtask-later', {}, () => {
    setTimeout(() => queueMicrotask(() => Object(undefined).missing.property), 1)
    return never()
  })
  .tool('microtask-first', {}, async () => {
    queueMicrotask(() => {
      throw new Error('before there is an answer')
    })
    await undefined
    return 'answered'
  })
  .tool('microtasks', {}, () => {
    for (const text of ['one', 'two', 'three']) {
      queueMicrotask(() => {
        throw new Error(text)
      })
    }
    return never()
  })
  .tool('unshowable', {}, () => {
    setTimeout(() => {
      throw { large: 1n, [inspect.custom]: fails }
    }, 1)
    return never()
  })
  .tool('circular', {}, () => {
    /** @type {Record<string, unknown>} */
    const response = { status: 500 }
    response.request = { response }
    void Promise.reject(response)
    return never()
  })
  .tool('bigint', {}, () => {
    setTimeout(() => {
      throw 42n
    }, 1)
    return never()
  })
  .tool('too-late', {}, () => {
    void fail('its request is answered')
    return 'answered'
  })
  .tool('elsewhere', {}, () => void (wanted = true))
  .tool('close-stdout', {}, () => {
    closeSync(1)
    return 'unheard'
  })
  .tool('fine', {}, () => 'fine')
  .resource('faulty://reject', {}, () => {
    void fail('a resource')
    return /** @type {Promise<string>} */ (never())
  })

if (process.argv[2] === 'while loading') await fail('while loading')
if (process.argv[2] === 'beside') {
  void fail('beside the loading')
  await after(20)
}

export default server
if (isMain(import.meta)) {
  await server.run()
  if (process.argv[2] === 'right after run()') throw new Error('right after run()')
  if (process.argv[2] === 'some time after run()') await fail('some time after run()')
}
