/** Applies the overlay to TypeScript files that jiti loads, because jiti does not use Node's resolution hooks. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Jiti, JitiOptions } from 'jiti'
import type { Overlay } from './overlay.ts'

interface Redirect {
  import(specifier: string, importer: string): string
  require(specifier: string, importer: string): string
}

const KEY = Symbol.for('gangway.overlay')

/** Wraps the `require` and `jitiImport` parameters of a transformed module. On the module's first line, so that line numbers do not change. */
const PROLOGUE = `"use strict";{const o=globalThis[Symbol.for('gangway.overlay')],i=jitiImport,r=require;jitiImport=i&&((s,...a)=>i(o.import(s,__filename),...a));require=Object.assign((s,...a)=>r(o.require(s,__filename),...a),r,{resolve:(s,...a)=>r.resolve(o.require(s,__filename),...a)})}`

/** `create` creates a loader with the given options. */
export function jitiWithOverlay(create: (options: JitiOptions) => Jiti, overlay: Overlay): Jiti {
  const plain = create({ fsCache: false })
  const redirect: Redirect = {
    import: (specifier, importer) => follow(specifier, importer, (folder) => plain.esmResolve(specifier, join(folder, 'package.json'))),
    require: (specifier, importer) => follow(specifier, importer, (folder) => createRequire(join(folder, 'package.json')).resolve(specifier)),
  }
  function follow(specifier: string, importer: string, resolve: (folder: string) => string): string {
    const folder = overlay.locate(specifier, importer)
    return folder === undefined ? specifier : resolve(folder)
  }
  Object.assign(globalThis, { [KEY]: redirect })
  return create({ transform: (options) => ({ code: PROLOGUE + plain.transform(options) }) })
}
