/** `node bundle.mjs <bundler> <entry>… <output folder>`: bundles each entry into one file of each format, `<output folder>/<entry>.[mc]js`. */
import { basename, join } from 'node:path'
import { argv } from 'node:process'

const [bundler = '', ...rest] = argv.slice(2)
const out = rest.pop() ?? ''

/** These packages are installed by the slow tests alone, so the compiler does not know them.
 * @param {string} name */
const load = (name) => import(name)

/** @typedef {{ input: string, format: 'esm' | 'cjs', file: string }} Bundle */

/** @type {Record<string, (bundle: Bundle) => Promise<unknown>>} */
const BUNDLERS = {
  esbuild: async ({ input, format, file }) => (await load('esbuild')).build({ entryPoints: [input], bundle: true, platform: 'node', format, outfile: join(out, file), logLevel: 'error' }),
  rollup: async ({ input, format, file }) => {
    const [{ rollup }, resolve, commonjs, json] = await Promise.all([load('rollup'), ...['node-resolve', 'commonjs', 'json'].map((name) => load(`@rollup/plugin-${name}`))])
    const bundle = await rollup({ input, plugins: [resolve.default({ exportConditions: ['node'] }), commonjs.default(), json.default()], logLevel: 'silent' })
    await bundle.write({ file: join(out, file), format, inlineDynamicImports: true })
  },
  tsdown: async ({ input, format, file }) => {
    const { build } = await load('tsdown')
    await build({ entry: { [basename(file, `.${file.at(-3)}js`)]: input }, format, outDir: out, deps: { alwaysBundle: [/./], onlyBundle: false }, platform: 'node', logLevel: 'error', config: false, dts: false, clean: false, outputOptions: { codeSplitting: false }, fixedExtension: true })
  },
  tsup: async ({ input, format, file }) => {
    const { build } = await load('tsup')
    await build({ entry: { [basename(file, `.${file.at(-3)}js`)]: input }, format: [format], outDir: out, noExternal: [/./], platform: 'node', silent: true, config: false, splitting: false, outExtension: () => ({ js: file.slice(-4) }) })
  },
  vite: async ({ input, format, file }) => {
    const { build } = await load('vite')
    const output = { format: format === 'esm' ? 'es' : 'cjs', entryFileNames: file, codeSplitting: false }
    await build({ configFile: false, logLevel: 'error', ssr: { noExternal: true }, build: { ssr: input, outDir: out, emptyOutDir: false, target: 'node20', rollupOptions: { output } } })
  },
  webpack: async ({ input, format, file }) => {
    const { default: webpack } = await load('webpack')
    const esm = format === 'esm' && { module: true, chunkFormat: 'module', library: { type: 'module' } }
    const compiler = webpack({ mode: 'none', target: 'node20', entry: input, experiments: { outputModule: Boolean(esm), topLevelAwait: true }, output: { path: out, filename: file, ...esm } })
    const stats = await new Promise((resolve, reject) => compiler.run((/** @type {unknown} */ error, /** @type {unknown} */ result) => (error ? reject(error) : resolve(result))))
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }))
  },
}

for (const input of rest) {
  for (const format of /** @type {const} */ (['esm', 'cjs'])) {
    // A CommonJS file cannot wait at its top level.
    if (format === 'cjs' && basename(input) === 'stdio.js') continue
    await BUNDLERS[bundler]?.({ input, format, file: `${basename(input, '.js')}.${format === 'esm' ? 'mjs' : 'cjs'}` })
  }
}
