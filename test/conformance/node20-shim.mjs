/** Lets the conformance suite start on Node 20: its bundle imports `globSync` from `fs`, which Node has from 22 on, and which only its `tier-check` uses. */
import { register } from 'node:module'

const fs = `
  import fs from 'node:fs'
  export * from 'node:fs'
  export default fs
  export const globSync = fs.globSync ?? (() => { throw new Error('fs.globSync needs Node 22') })
`
/** @param {string} source */
const toUrl = (source) => `data:text/javascript,${encodeURIComponent(source)}`

const hooks = `
  export async function resolve(specifier, context, next) {
    const isSuite = specifier === 'fs' && /\\/conformance\\/dist\\//.test(context.parentURL ?? '')
    return isSuite ? { url: ${JSON.stringify(toUrl(fs))}, format: 'module', shortCircuit: true } : next(specifier, context)
  }
`
register(toUrl(hooks))
